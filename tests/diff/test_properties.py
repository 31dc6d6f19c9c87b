"""What must hold of the diff of any two plans, not only of those in cases/."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planc.diff import Comparison, Snapshot, compare
from planc.format import format_source
from planc.pipeline.snapshots import snapshot

CASES = Path(__file__).parent / "cases"
BASE = CASES / "threshold-loosened" / "previous"
PLAN = (BASE / "store.plan").read_text().replace("tags     store", "tags     storage")
LIBRARY = (BASE / "systems/kv.plan").read_text()
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

EDITS = [
    ("availability >= 95%", "availability >= 90%"),
    ("after each fault < 3s", "after each fault < 2s"),
    ("let limit = 100ms", "let limit = 250ms"),
    ("p99 latency outside faults", "p95 latency"),
    ("by term) <= 1", "by term) < 2"),
    ("  expect no acknowledged write is lost\n", ""),
    ("is linearizable", "is sequential"),
    ("crash leader(store) for 5s", "pause any 2 of store for 6s"),
    ("at 15s  partition leader(store) | others", "at 14s  partition minority(store) | others"),
    ("drop 10%", "drop 20%"),
    ("    at 22s  drop", "    at 21s  isolate n1 for 1s\n    at 22s  drop"),
    ("nodes 5 of kv", "nodes 4 of kv"),
    ("rate    100/s", "rate    150/s"),
    ("read 60%, write 40%", "read 50%, write 50%"),
    ("run registers for 30s", "run registers for 40s"),
    ("timeout 90s", "timeout 80s"),
    ("| viewer | 403    |", "| viewer | 404    |\n    | editor | 200    |"),
    ("[50, 100]", "[50, 100, 200]"),
    ("stays for 2s", "stays for 3s"),
    ("tags    quick", "tags    quick, nightly"),
    ("con-failover, con-linear", "con-linear"),
    ("  down -> up by start\n", ""),
    (
        'scenario "the cluster lives',
        'scenario "new" {\n  wait 1s\n}\n\nscenario "the cluster lives',
    ),
    ("at 3s  skew n1 by 5s for 2s", "at 3s  skew [n1, n2] by 7s for 1s"),
]


def resolve(plan: str, library: str = LIBRARY) -> Snapshot:
    """Resolve two files as a project; nothing of them is left on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "systems").mkdir()
        (root / "systems/kv.plan").write_text(library, "utf-8")
        (root / "store.plan").write_text(plan, "utf-8")
        found = snapshot(folder, ["store.plan"])
        assert all(found.sources[path].text for path in found.sources)
    return found


def edited(chosen: set[int]) -> str:
    text = PLAN
    for index in sorted(chosen):
        before, after = EDITS[index]
        assert before in text
        text = text.replace(before, after)
    return text


chosen = st.sets(st.integers(0, len(EDITS) - 1), max_size=6)


def told(comparison: Comparison, *, mirrored: bool = False) -> Counter[tuple[str, str]]:
    return Counter(
        (str(each.verdict.mirrored if mirrored else each.verdict), each.kind)
        for each in comparison.changes
    )


@QUICK
@given(chosen)
def test_nothing_differs_from_itself(picked: set[int]) -> None:
    assert compare(resolve(edited(picked)), resolve(edited(picked))).changes == ()


REPOSITORY = Path(__file__).parents[2]


@cache
def real() -> Snapshot:
    """Every plan of this repository that can be resolved."""
    plans = sorted(path.relative_to(REPOSITORY) for path in (REPOSITORY / "plans").rglob("*.plan"))
    return snapshot(str(REPOSITORY), [path.as_posix() for path in plans])


@QUICK
@given(st.data())
def test_any_two_real_plans_are_each_others_mirror(data: st.DataObject) -> None:
    """Plans that have nothing to do with each other, compared all the same."""
    found = real()
    paths = st.sampled_from(sorted(found.plans))
    one, other = data.draw(paths), data.draw(paths)
    old, new = (
        Snapshot({"a.plan": found.plans[path].changed(path="a.plan")}, found.sources)
        for path in (one, other)
    )

    forwards, backwards = compare(old, new), compare(new, old)
    assert bool(forwards.changes) == (one != other)
    assert told(forwards) == told(backwards, mirrored=True)


@QUICK
@given(chosen, chosen)
def test_weaker_and_stronger_are_each_others_mirror(one: set[int], other: set[int]) -> None:
    old, new = resolve(edited(one)), resolve(edited(other))

    assert not old.broken
    assert not new.broken
    assert told(compare(old, new)) == told(compare(new, old), mirrored=True)


@QUICK
@given(chosen)
def test_every_edit_is_told(picked: set[int]) -> None:
    comparison = compare(resolve(PLAN), resolve(edited(picked)))

    assert bool(comparison.changes) == bool(picked)
    assert len(comparison.changes) >= len(picked)


@QUICK
@given(chosen, st.randoms(use_true_random=False))
def test_formatting_changes_nothing(picked: set[int], chance: object) -> None:
    text = edited(picked)
    spaced = re.sub(r"(?<=\S)  +(?=\S)", lambda found: " " * chance.randint(1, 4), text)  # type: ignore[attr-defined]
    spaced = re.sub(r"\n(?=scenario|cluster|workload)", lambda _: "\n\n# words\n", spaced)
    old = resolve(text)

    assert compare(old, resolve(spaced)).changes == ()
    assert compare(old, resolve(format_source(spaced))).changes == ()


NAMES = {
    "registers": "traffic", "limit": "longest", "store": "shelf", "billing": "prices",
    "lifecycle": "life", "reply": "answer", "load": "size", "kv_client": "web", "chaos": "mayhem",
    "kv": "keyvalue", "patience": "endurance",
}  # fmt: skip
"""Every name that is a plan's own affair; roles, operations and params are the system's."""


def renamed(text: str, names: set[str]) -> str:
    for name in names:
        # Neither within a text that is sent, nor the name of a file.
        text = re.sub(rf"(?<![\w/\"{{.]){name}(?![\w/\".])", NAMES[name], text)
        text = re.sub(rf"(?<=\(){name}\.", f"{NAMES[name]}.", text)
        text = re.sub(rf"(?<=expect ){name}\.", f"{NAMES[name]}.", text)
    return text.replace('"keyvalue ', '"kv ')


@QUICK
@given(chosen, st.sets(st.sampled_from(sorted(NAMES))))
def test_renaming_changes_nothing(picked: set[int], names: set[str]) -> None:
    text = edited(picked)
    old = resolve(text)
    new = resolve(renamed(text, names), renamed(LIBRARY, names))

    assert not new.broken, [each.message for held in new.broken.values() for each in held]
    assert compare(old, new).changes == ()


@QUICK
@given(chosen, st.randoms(use_true_random=False))
def test_the_order_of_what_has_none_changes_nothing(picked: set[int], chance: object) -> None:
    text = edited(picked)
    head, *parts = re.split(r"(?m)^(?=let |cluster |workload |machine |mock |scenario )", text)
    chance.shuffle(parts)  # type: ignore[attr-defined]

    assert compare(resolve(text), resolve(head + "".join(parts))).changes == ()


@pytest.mark.parametrize("index", range(len(EDITS)))
def test_one_edit_is_one_story(index: int) -> None:
    """A single edit is told in few lines, and read backwards in as many."""
    old, new = resolve(PLAN), resolve(edited({index}))
    forwards = compare(old, new).changes

    assert 1 <= len(forwards) <= 3, [each.text for each in forwards]
