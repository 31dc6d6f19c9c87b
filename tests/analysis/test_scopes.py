"""What a name means, where."""

from __future__ import annotations

import pytest
from tests.analysis.conftest import Codes, Model

from planc import model as m

HEAD = 'plan "x"\nuse "store.plan"\n'


def scenario(*lines: str) -> str:
    return HEAD + body(*lines)


def body(*lines: str) -> str:
    return 'scenario "a" {\n' + "".join(f"  {line}\n" for line in lines) + "}\n"


@pytest.mark.parametrize(
    "lines",
    [
        ["crash store.n1", "crash n2"],
        ["run load for 5s {", "at 1s crash n3", "}"],
        ["crash n1"],
        ["cluster own {", "nodes 2 of raft_kv as gw", "}", "crash gw2"],
        ["for node in nodes(store) {", "crash node", "}"],
        ["let n1 = 5", "expect n1 == 5", "crash store.n1"],
        ['expect "{n1.name} {n1.ip} {store.n2.zone}" != ""'],
        ["let x = call kv.read(n1.name)", "expect x == none or x.y[0].z == 1"],
        ["let kv = 3", "expect kv == 3"],
    ],
)
def test_what_resolves(codes: Codes, lines: list[str]) -> None:
    assert codes(scenario(*lines)) == []


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["for node in nodes(store) {", "crash node", "}", "crash node"], 7),
        (["expect x == 1", "let x = 1"], 4),
        (["cluster own {", "nodes 2 of raft_kv as gw", "}", "crash gw"], 7),
        (["crash n4"], 4),
    ],
)
def test_what_does_not(codes: Codes, lines: list[str], line: int) -> None:
    assert codes(scenario(*lines)) == [("PLC0201", line)]


def test_an_alias_keeps_names_apart(codes: Codes) -> None:
    text = 'plan "x"\nuse "store.plan" as lib\nlet kv = 1\nscenario "a" {\n'
    assert codes(text + "run lib.load for 5s {\nat 1s crash lib.store.n1\n}\n}\n") == []
    assert codes(text + "run load for 5s\n}\n") == [("PLC0205", 5)]
    assert codes(text + "run lib.laod for 5s\n}\n") == [("PLC0205", 5)]


def test_parameters_of_a_fault_are_known_in_it_alone(codes: Codes) -> None:
    text = HEAD + "fault chaos(who) {\ncrash any 1 of who for 1s\n}\n"
    assert codes(text + 'scenario "a" {\nchaos(store)\n}\n') == []
    assert codes(text + 'scenario "a" {\ncrash who\n}\n') == [("PLC0201", 7)]


@pytest.mark.parametrize(
    "broken",
    ["let y = = 3", "cluster {", "let z 4"],
)
def test_what_cannot_be_read_causes_no_second_report(codes: Codes, broken: str) -> None:
    """A name may have stood in the line that nobody could read."""
    text = HEAD + broken + '\nscenario "a" {\nexpect y == z\nrun w for 5s\ncrash c.n1\n}\n'

    assert {code for code, _ in codes(text) if not code.startswith("PLC01")} == set()


def test_a_library_that_is_missing_causes_no_second_report(codes: Codes) -> None:
    text = 'plan "x"\nuse "gone.plan"\nscenario "a" {\nrun load for 5s\ncrash n1\nx(store)\n}\n'

    assert codes(text) == [("PLC0230", 2)]


def test_a_wrong_declaration_is_reported_once(codes: Codes) -> None:
    text = 'plan "x"\nuse "store.plan"\nworkload w on stor {\n  client kw\n}\n'
    text += 'scenario "a" {\nrun w for 5s\nexpect history of w is linearizable\n}\n'

    assert codes(text) == [("PLC0203", 3), ("PLC0204", 4)]


def test_constants_are_folded_and_keep_their_names(plan: Model) -> None:
    made = plan(HEAD + "let base = 2s\nlet long = base * 3 + 500ms\n" + body("wait long"))

    wait = made.scenarios[0].body[0]
    assert isinstance(wait, m.Wait)
    assert isinstance(wait.duration, m.Reference)
    assert (wait.duration.name, wait.duration.type, wait.duration.value) == (
        "long",
        "duration",
        6.5,
    )


@pytest.mark.parametrize(
    ("written", "type_name", "value"),
    [
        ("50ms", "duration", 0.05),
        ("0.1ms", "duration", 0.0001),
        ("1h + 2min", "duration", 3720.0),
        ("1.5KiB", "size", 1536),
        ("10MB / 2", "size", 5_000_000),
        ("120/min", "rate", 2.0),
        ("3Mbit/s", "bandwidth", 3e6),
        ("95%", "percent", 0.95),
        ("10% * 50", "number", 5.0),
        ("100/s * 3s", "number", 300.0),
        ("6s / 2s", "number", 3.0),
        ("7 / 2", "number", 3.5),
        ("6 / 2", "number", 3),
        ("0.1 + 0.2", "number", 0.3),
        ("-5s", "duration", -5.0),
        ('"a" + "b"', "text", "ab"),
        ("3 < 4", "bool", True),
        ('"a" < "b"', "bool", True),
        ("1s == 1000ms", "bool", True),
    ],
)
def test_units_and_arithmetic(plan: Model, written: str, type_name: str, value: object) -> None:
    made = plan(HEAD + f"let x = {written}\n" + body("wait 1s"))

    let = made.declaration("example.plan#x")
    assert isinstance(let, m.Let)
    assert isinstance(let.value, m.Constant)
    assert (let.value.type, let.value.value) == (type_name, value)
    assert type(let.value.value) is type(value)


def test_a_chain_of_declarations_has_a_limit(codes: Codes) -> None:
    chain = "".join(f"let a{i} = a{i + 1}\n" for i in range(500))

    found = codes('library "x"\n' + chain + "let a500 = 1\n")

    assert {code for code, _ in found} == {"PLC0152"}


def test_a_thousand_mistakes_are_enough(codes: Codes) -> None:
    found = codes('library "x"\n' + "let a = 1\n" * 3000)

    assert len(found) == 1001
    assert found[-1][0] in ("PLC0154", "PLC0225")
