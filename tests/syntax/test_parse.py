"""From text to tree: what the forms of the language mean, and where their nodes stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planc.source.load import from_text
from planc.syntax import nodes as n
from planc.syntax import parse

FOLDER = Path(__file__).parent
ANY = n.Span("", 0, 0, 1, 1, 1, 1)


def parsed(text: str) -> n.File:
    tree, found = parse(from_text(text, "a.plan"))
    assert found == []
    return tree


def statement(line: str) -> Any:
    """Parse one statement inside a scenario."""
    (scenario,) = parsed(f'plan "x"\nscenario "s" {{\n{line}\n}}\n').declarations
    assert isinstance(scenario, n.Scenario)
    (only,) = scenario.body
    return only


def expression(text: str) -> Any:
    (let,) = parsed(f'plan "x"\nlet a = {text}\n').declarations
    assert isinstance(let, n.Let)
    return let.value


def name(word: str) -> n.Name:
    return n.Name(ANY, word)


def number(value: int) -> n.Number:
    return n.Number(ANY, value)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("everything*.plan.txt")), ids=lambda f: f.stem)
def test_every_construct_parses(file: Path) -> None:
    tree = parsed(file.read_text())

    assert len(tree.declarations) > 10


def test_operators_bind_as_in_arithmetic() -> None:
    assert expression("1 + 2 * 3 == x and not y or z") == n.Binary(
        ANY,
        "or",
        n.Binary(
            ANY,
            "and",
            n.Binary(
                ANY,
                "==",
                n.Binary(ANY, "+", number(1), n.Binary(ANY, "*", number(2), number(3))),
                name("x"),
            ),
            n.Unary(ANY, "not", name("y")),
        ),
        name("z"),
    )


def test_subtraction_is_from_left_to_right() -> None:
    assert expression("3 - 2 - 1") == n.Binary(
        ANY, "-", n.Binary(ANY, "-", number(3), number(2)), number(1)
    )


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("50ms", 50, "ms"),
        ("2.5s", 2.5, "s"),
        ("64KiB", 64, "KiB"),
        ("100/s", 100, "/s"),
        ("5/min", 5, "/min"),
        ("1Mbit/s", 1, "Mbit/s"),
        ("95%", 95, "%"),
        ("0.1%", 0.1, "%"),
        ("1_000/s", 1000, "/s"),
    ],
)
def test_quantities(text: str, value: float, unit: str) -> None:
    assert expression(text) == n.Quantity(ANY, value, unit)


def test_division_is_not_a_rate() -> None:
    assert expression("100/size") == n.Binary(ANY, "/", number(100), name("size"))


def test_ranges_and_spreads() -> None:
    low, high = n.Quantity(ANY, 3, "s"), n.Quantity(ANY, 6, "s")

    assert expression("3s..6s") == n.Range(ANY, low, high)
    assert expression("3s +/- 6s") == n.Spread(ANY, low, high)


def test_texts_hold_expressions_and_escapes() -> None:
    assert expression(r'"a{b.c}{{}}\n\"\\\u00e9{f("x")}"') == n.Text(
        ANY,
        (
            "a",
            n.Attribute(ANY, name("b"), "c"),
            '{}\n"\\é',
            n.Call(ANY, name("f"), (n.Text(ANY, ("x",)),)),
        ),
    )


def test_triple_quoted_text_keeps_quotes_and_lines() -> None:
    assert expression('"""a "b"\n  c"""') == n.Text(ANY, ('a "b"\n  c',), triple=True)


def test_peers_in_a_text() -> None:
    text = expression('"{peers "{name}=http://{ip}:{port.peer}" join ","}"')

    (peers,) = text.parts
    assert isinstance(peers, n.PeersText)
    assert peers.separator == ","
    assert peers.template.parts[0] == name("name")


def test_spans_are_exact_even_inside_texts() -> None:
    text = 'plan "x"\nlet a = "ab{c.d}"\n'
    (let,) = parsed(text).declarations
    assert isinstance(let, n.Let)
    assert isinstance(let.value, n.Text)
    inner = let.value.parts[1]
    assert isinstance(inner, n.Attribute)

    assert text[inner.span.start : inner.span.end] == "c.d"
    assert (inner.span.line, inner.span.column, inner.span.end_column) == (2, 13, 16)
    assert text[let.span.start : let.span.end] == 'let a = "ab{c.d}"'


def test_keywords_stay_names_where_they_mean_nothing_else() -> None:
    tree = parsed(
        """plan "x"
let rate = 5/s
let status = { client: 1, at: 2 }
service service { ports client 1, at 2
  role leader when status.expect == "leader" and rate == client }
scenario "s" {
  cases
    | status | for | expect |
    | 200    | 1   | true   |
  for crash in nodes(cluster) { pause crash }
  expect status == rate
  expect reply.status.at == 200
}
"""
    )

    assert isinstance(tree.declarations[2], n.Service)
    scenario = tree.declarations[3]
    assert isinstance(scenario, n.Scenario)
    assert isinstance(scenario.body[0], n.Cases)
    assert [column.id for column in scenario.body[0].columns] == ["status", "for", "expect"]


def test_measure_words_are_names_elsewhere() -> None:
    assert statement("expect max(a, b) < 5") == n.Expect(
        ANY,
        n.ExpectCondition(
            ANY,
            n.Binary(ANY, "<", n.Call(ANY, name("max"), (name("a"), name("b"))), number(5)),
        ),
    )
    assert statement("expect memory.peak == 3").expectation.condition.left.name == "peak"


def test_newlines_do_not_count_where_a_statement_cannot_end() -> None:
    one = expression("[1, f(2, 3), { a: 1, b: 2 }]")

    assert expression("[\n1,\n\nf(\n2, # two\n3\n),\n{ a:\n1,\nb: 2,\n},\n]") == one
    assert expression("1 +\n2\nand x\n  or y") == expression("1 + 2 and x or y")
    assert statement("run a,\n b for 5s").workloads == (name("a"), name("b"))


def test_block_may_stand_in_one_line() -> None:
    assert statement("over 5s { crash n1 }") == statement("over 5s {\n\n crash n1\n\n}")


def test_brace_of_a_block_may_stand_in_the_next_line() -> None:
    assert statement("over 5s\n{ crash n1 }") == statement("over 5s { crash n1 }")


def test_else_may_begin_a_line() -> None:
    assert statement("when a {\n}\nelse {\nheal\n}").otherwise == (n.Heal(ANY, None),)


def test_targets() -> None:
    assert statement("crash any 2 of store for 5s") == n.Fault(
        ANY, "crash", (n.AnyOf(ANY, number(2), name("store")),), duration=n.Quantity(ANY, 5, "s")
    )
    assert statement("partition n1, n2 | zone east of store | others").targets == (
        n.ListLiteral(ANY, (name("n1"), name("n2"))),
        n.ZoneOf(ANY, "east", name("store")),
        n.Others(ANY),
    )
    assert statement("heal all of store").target == n.AllOf(ANY, name("store"))
    assert statement("heal all").target is None


def test_rolling_fault_takes_its_tail_in_any_order() -> None:
    assert statement("restart each of store every 2s for 9s") == statement(
        "restart each of store for 9s every 2s"
    )


def test_call_of_an_imported_client_keeps_its_path() -> None:
    call = statement('call lib.kv.write("a", 1) on n1').call

    assert call.client == name("lib.kv")
    assert call.operation == name("write")
    assert call.on == name("n1")


def test_window_may_stand_in_the_midst_of_a_measure() -> None:
    expected = statement('expect p99.9 latency of write between "a" and "b" < 1s').expectation

    assert expected.measure == n.Measure(ANY, "latency", "p99.9", "write")
    assert expected.window.kind == "between"
    assert expected.form == "<"


def test_comments_are_kept_beside_the_tree() -> None:
    tree = parsed('# one\nplan "x" # two\n\n  # three\nlet a = [ # four\n 1] # "five\n# six')

    assert [(each.text, each.own_line) for each in tree.comments] == [
        ("# one", True),
        ("# two", False),
        ("# three", True),
        ("# four", False),
        ('# "five', False),
        ("# six", True),
    ]


def test_headers_of_http_calls_are_collected() -> None:
    call = statement('http m "u" header X-Token "a" header "b c" "d" json 1 timeout 2s').call

    assert call.method == "m"
    assert [key.parts[0] for key, _ in call.headers] == ["X-Token", "b c"]
    assert call.json == number(1)
