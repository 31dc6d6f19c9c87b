"""Values as judges compare them, and as plans print them: alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.checkers.values import canonical
from planc_runtime.plan.show import as_text

SCALARS = st.one_of(
    st.text(), st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False),
    st.binary(),
)  # fmt: skip


@given(SCALARS)
def test_what_a_plan_sends_as_text_is_what_a_judge_compares(value: Any) -> None:
    assert canonical(value) == canonical(as_text(value)) == as_text(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [(7, "7"), (7, 7.0), (True, "true"), ([1, 2], ("1", "2")), ({"a": 1}, {"a": "1"})],
)
def test_equal_values_have_one_form(one: Any, other: Any) -> None:
    assert canonical(one) == canonical(other)
    assert hash(canonical(one)) == hash(canonical(other))


@pytest.mark.parametrize(("one", "other"), [(None, "none"), (None, ""), (1, True), ([], None)])
def test_others_have_two(one: Any, other: Any) -> None:
    assert canonical(one) != canonical(other)
