"""Figures from /metrics pages: which samples are chosen, and what is no page."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.engine.watching.prometheus import Unreadable, figure, is_shown, series

PAGE = """
# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000
# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\FILE.TXT",error="Cannot find:\\n\\"F {1}, x\\""} 1.5e9
metric_without_timestamp_and_labels 12.47
something_weird{problem="division by zero"} +Inf -3982045
# TYPE rpc_duration_seconds histogram
rpc_duration_seconds_bucket{le="0.05",} 24054
rpc_duration_seconds_bucket{le="+Inf"} 144320
rpc_duration_seconds_count 144320
# TYPE old_counter counter
old_counter 7
"""


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ("http_requests_total", 1030),
        ('http_requests_total{code="400"}', 3),
        ('http_requests_total{code="200",method="post"}', 1027),
        ('http_requests_total{code="500"}', None),
        ("http_requests", None),
        ("metric_without_timestamp_and_labels", 12.47),
        ("something_weird", inf),
        ('msdos_file_access_time_seconds{error="Cannot find:\\n\\"F {1}, x\\""}', 1.5e9),
        ('rpc_duration_seconds_bucket{le="+Inf"}', 144320),
        ("rpc_duration_seconds_count", 144320),
        ("old_counter", 7),
    ],
)
def test_figures(wanted: str, value: float | None) -> None:
    assert figure(PAGE, wanted) == value


@pytest.mark.parametrize("wanted", ["", "3", "rpc_bucket{le=}", "a b", 'a{b="c"', "a{b}c"])
def test_what_is_no_name_of_a_metric_is_said_to_be_none(wanted: str) -> None:
    with pytest.raises(Unreadable):
        figure(PAGE, wanted)


def test_a_page_is_read_as_far_as_a_metric_needs_it() -> None:
    page = 'a 1\nb{c="d" 2\nb_total 3\n'
    assert series(page, "a") == {(): 1}
    with pytest.raises(Unreadable, match="text format"):
        series(page, "b")
    assert is_shown(page, "b_total")
    assert not is_shown(page, "b_tot")


NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,5}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=8)
SERIES = st.tuples(NAMES, st.dictionaries(NAMES, TEXTS, max_size=3), st.integers(0, 99))


@given(st.lists(SERIES, min_size=1, max_size=5))
@settings(deadline=None)
def test_what_is_written_by_the_rules_is_read_as_it_was(
    written: list[tuple[str, dict[str, str], int]],
) -> None:
    def escaped(text: str) -> str:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')

    lines = []
    for name, labels, value in written:
        inner = ",".join(f'{label}="{escaped(text)}"' for label, text in labels.items())
        lines.append(f"{name}{{{inner}}} {value!r}" if labels else f"{name} {value!r}")
    page = "".join(f"{line}\n" for line in lines)
    for name, labels, _ in written:
        wanted = tuple(sorted(labels.items()))
        same = [value for n, other, value in written if (n, other) == (name, labels)]
        assert series(page, name)[wanted] == sum(same)
        chosen = [v for n, other, v in written if n == name and labels.items() <= other.items()]
        assert sum(series(page, name, labels).values()) == sum(chosen)
