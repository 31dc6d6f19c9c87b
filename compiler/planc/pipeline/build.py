"""Read, parse, analyse and emit plans that have changed."""

from __future__ import annotations

from pathlib import Path

from planc.analysis import Analyzer, Project
from planc.cache import Cache, Entry, Inputs
from planc.diagnostics import Diagnostic, Severity
from planc.model import Plan
from planc.pipeline.kept import row_of
from planc.source import MAX_BYTES, SourceFile, load
from planc.source.load import decode
from planc.syntax import parse
from planc.syntax.nodes import File


class Build:
    """One run of the compiler: every file is read, parsed and analysed once."""

    def __init__(self, inputs: Inputs, kept: Cache | None) -> None:
        self.inputs = inputs
        self.kept = kept
        self.project = Project(Path(inputs.root), self.read)
        self.analyzer = Analyzer(self.project)

    def read(self, path: str) -> tuple[File, list[Diagnostic]]:
        return parse(self.source(path))

    def source(self, path: str) -> SourceFile:
        """Make a source of the bytes that were hashed; say why when there are none."""
        data = self.inputs.data(path)
        if data is None or len(data) > MAX_BYTES:
            return load(Path(self.inputs.root, path), Path(self.inputs.root))
        return decode(data, path)

    # --- one plan -------------------------------------------------------------------------------

    def plan(self, path: str, *, modules: bool) -> Entry:
        """Build one plan and keep what came of it."""
        plan = self.analyzer.plan(path)
        file = self.project.load(path)
        reach = [path, *(each.path for each in file.reach())]
        found = [each for each in self.project.problems.all() if each.span.path in reach]
        failed = any(each.severity is Severity.ERROR for each in found)

        value: dict[str, object] = {
            "diagnostics": [row_of(each) for each in found],
            "module": None,
            "index": None,
        }
        if plan is not None and not failed:
            value |= self.finished(plan, modules)
        kept_as = {"clean": not found, "whole": modules or plan is None}
        if self.kept is not None and not failed:
            tried = {place for each in file.reach() for place in each.tried}
            self.kept.put(path, sorted({*reach, *tried}), value, **kept_as)
        return Fresh(value, **kept_as)

    def finished(self, plan: Plan, modules: bool) -> dict[str, object]:
        """Return the module, if it is wanted, and the index of a plan without errors."""
        from planc.pipeline.index import index

        if not modules:
            from planc.emit.names import name_all

            return {"index": index(plan, name_all(plan)[1])}
        from planc.emit.module import emit

        module = emit(plan)
        return {"module": module.text, "index": index(plan, module.tests)}

    def model(self, path: str) -> Plan | None:
        """Return the resolved plan, if it is a plan and nothing is wrong with it."""
        plan = self.analyzer.plan(path)
        reach = {each.path for each in self.project.load(path).reach()}
        wrong = (
            each.span.path in reach and each.severity is Severity.ERROR
            for each in self.project.problems.all()
        )
        return None if any(wrong) else plan


class Fresh(Entry):
    """What was just made, which needs no decoding."""

    def __init__(self, value: dict[str, object], *, clean: bool, whole: bool) -> None:
        super().__init__(" ".join(("clean" if clean else "", "whole" if whole else "")), "")
        self._made = value

    def value(self) -> dict[str, object]:
        return self._made
