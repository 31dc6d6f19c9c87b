"""One test of each scenario, of each case of its table, and of each repetition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from planc_runtime.pytest_plugin.declared import REPEAT, declaration_of

_LONGEST_ID = 40
_TAGS = pytest.StashKey[set[str]]()


@pytest.fixture
def planc_repeat(request: pytest.FixtureRequest) -> int:
    """Which repetition of a scenario this is, from 0."""
    return int(getattr(request, "param", 0))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each case, and of each repetition."""
    declaration = declaration_of(metafunc)
    if declaration is None:
        return
    for names, rows in declaration.parameters:
        metafunc.parametrize(names, rows, ids=[_case_id(row) for row in rows])
    repeat = metafunc.config.getoption("--planc-repeat")
    if repeat > 1:
        metafunc.fixturenames.append(REPEAT)
        ids = [f"{REPEAT}{number}" for number in range(repeat)]
        metafunc.parametrize(REPEAT, range(repeat), indirect=True, ids=ids)


def _case_id(row: Iterable[Any]) -> str:
    from planc_runtime.plan.expr import Expr
    from planc_runtime.plan.show import as_text

    texts = (v.describe() if isinstance(v, Expr) else as_text(v) for v in row)
    return "-".join(text[:_LONGEST_ID] for text in texts)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a scenario its tags as markers, known to pytest also when it is strict about them."""
    declaration = declaration_of(item)
    if declaration is None:
        return
    known = item.config.stash.setdefault(_TAGS, set())
    for tag in dict.fromkeys((*declaration.plan.tags, *declaration.tags)):
        if tag not in known:
            known.add(tag)
            item.config.addinivalue_line("markers", f"{tag}: a tag of a plan")
        item.add_marker(tag)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With a planted bug, run only the scenarios that claim to catch it."""
    plant = config.getoption("--planc-plant")
    if plant is None:
        return
    others = [i for i in items if (d := declaration_of(i)) is not None and plant not in d.catches]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]
