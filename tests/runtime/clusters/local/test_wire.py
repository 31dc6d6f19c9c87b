from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.clusters.local.wire import LineBuffer, encode

messages = st.lists(
    st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.booleans())), max_size=5
)


@given(messages, st.lists(st.integers(min_value=1, max_value=7), min_size=1))
def test_messages_survive_any_chunking(sent: list[dict[str, object]], sizes: list[int]) -> None:
    stream = b"".join(map(encode, sent))
    buffer = LineBuffer()
    received = []
    step = 0
    while stream:
        size = sizes[step % len(sizes)]
        received += buffer.feed(stream[:size])
        stream = stream[size:]
        step += 1
    assert received == sent


def test_half_a_line_is_no_message_yet() -> None:
    buffer = LineBuffer()
    assert buffer.feed(b'{"a":') == []
    assert buffer.feed(b"1}\n{") == [{"a": 1}]
