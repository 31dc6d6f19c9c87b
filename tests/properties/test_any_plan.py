"""Whatever the grammar allows, the compiler answers with a module or with diagnostics."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from tests.support.plans import plan_texts

from planc.diagnostics import all_codes
from planc.emit.allowed import require_allowed
from planc.pipeline import compile


@settings(max_examples=60, deadline=None)
@given(plan_texts())
def test_every_plan_is_answered(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.plan")
        path.write_text(text, "utf-8")
        result = compile([path], root=folder, cache=False)
        found = list(result.diagnostics)

    lines = text.count("\n") + 1
    assert all(each.code in all_codes() for each in found)
    assert all(1 <= each.span.line <= lines for each in found)
    assert all(each.message and not each.message.endswith(".") for each in found)
    module = result.plans[0].text
    assert (module is not None) or result.has_errors or text.startswith("library")
    if module is not None:
        require_allowed(module)
