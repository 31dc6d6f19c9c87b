"""Each folder below cases/ is a project before and after a change, with what the diff says of it.

PLANC_UPDATE_GOLDEN=1 writes `changes` anew; read the difference before committing it.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from planc.diff import Comparison, Snapshot, Verdict, compare
from planc.diff.render import Context, render
from planc.pipeline.snapshots import snapshots

CASES = Path(__file__).parent / "cases"
UPDATE = bool(os.environ.get("PLANC_UPDATE_GOLDEN"))
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
MEANT_TO_BE_EQUAL = [name for name in NAMES if name.startswith("same-")]


@cache
def sides(name: str) -> tuple[Snapshot, Snapshot]:
    return snapshots(str(CASES / name / "previous"), str(CASES / name / "current"))


def shown(comparison: Comparison, old: Snapshot, new: Snapshot) -> str:
    context = Context(against="previous", sources=new.sources, former=old.sources)
    return render(comparison, "text", context)


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    old, new = sides(name)
    text = shown(compare(old, new), old, new)
    expected = CASES / name / "changes"
    if UPDATE:
        expected.write_text(text, "utf-8")

    assert text == expected.read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_read_backwards_weaker_is_stronger(name: str) -> None:
    old, new = sides(name)
    forwards, backwards = compare(old, new), compare(new, old)

    def told(comparison: Comparison, *, mirrored: bool) -> Counter[tuple[str, str]]:
        return Counter(
            (str(each.verdict.mirrored if mirrored else each.verdict), each.kind)
            for each in comparison.changes
            if each.kind != "allow"
        )

    assert told(forwards, mirrored=True) == told(backwards, mirrored=False)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", ["previous", "current"])
def test_nothing_differs_from_itself(name: str, side: str) -> None:
    root = str(CASES / name / side)
    plans = sorted(path.relative_to(root).as_posix() for path in Path(root).rglob("*.plan"))
    # Read in full, as if every byte were new: what is the same would not be read at all.
    one = whole(root, plans)

    assert compare(one, one).changes == ()


def whole(root: str, plans: list[str]) -> Snapshot:
    return snapshots(str(CASES), root, files=([], plans))[1]


@pytest.mark.parametrize("name", MEANT_TO_BE_EQUAL)
def test_what_means_the_same_is_no_change(name: str) -> None:
    assert compare(*sides(name)).changes == ()


def test_there_are_enough_cases_of_every_verdict() -> None:
    counts: Counter[Verdict] = Counter()
    kinds = set()
    for name in NAMES:
        changes = compare(*sides(name)).changes
        counts.update({each.verdict for each in changes})
        kinds |= {each.kind for each in changes}

    assert len(NAMES) >= 100
    assert all(counts[verdict] >= 4 for verdict in Verdict), counts
    assert len(kinds) >= 25, kinds
