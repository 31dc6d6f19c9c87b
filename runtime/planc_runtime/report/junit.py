"""junit.xml: one suite per plan, in the subset of the format that Jenkins and Surefire accept.

The schema knows properties of a suite only. What belongs to one scenario is therefore a property
of the suite under the scenario's name ("test_x.line"), and stands in its system-out once more,
where people look. `inconclusive` is a failure of its own type: it must never turn a build green.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from junit_xml import TestCase, TestSuite

from planc_runtime.history.summary import ScenarioSummary, ScenarioVerdict
from planc_runtime.report.model import PlanReport, ScenarioReport
from planc_runtime.report.text import describe

NOT_XML = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010fffd]"
)
"""Everything that XML 1.0 forbids or discourages."""

UNKNOWN_TO_SCHEMA = "disabled"
"""An attribute that the library writes and Jenkins' schema does not have."""


def render(plan: PlanReport) -> str:
    """Return the XML text for a plan."""
    cases = [_case(plan, scenario) for scenario in plan.scenarios]
    suite = TestSuite(plan.title, cases, package=plan.key, properties=_properties(plan))
    element = suite.build_xml_doc()
    element.attrib.pop(UNKNOWN_TO_SCHEMA, None)
    element.set("time", f"{sum(each.summary.wall for each in plan.scenarios):.3f}")
    root = ET.Element("testsuites", {name: element.get(name, "0") for name in _TOTALS})
    root.append(element)
    _clean(root)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


_TOTALS = ("tests", "failures", "errors", "time")


def _case(plan: PlanReport, scenario: ScenarioReport) -> TestCase:
    summary = scenario.summary
    case = TestCase(
        summary.title,
        classname=plan.key.replace("/", "."),
        elapsed_sec=summary.wall,
        stdout=_system_out(summary),
    )
    because = summary.because or summary.verdict.value
    match summary.verdict:
        case ScenarioVerdict.PASSED:
            pass
        case ScenarioVerdict.SKIPPED:
            case.add_skipped_info(because)
        case ScenarioVerdict.ERROR | ScenarioVerdict.INTERRUPTED:
            case.add_error_info(because, describe(summary), summary.verdict.value)
        case ScenarioVerdict.FAILED | ScenarioVerdict.INCONCLUSIVE:
            case.add_failure_info(because, describe(summary), summary.verdict.value)
    return case


def _properties(plan: PlanReport) -> dict[str, str]:
    properties = {
        "plan": plan.source,
        "owner": plan.owner,
        "covers": ", ".join(plan.covers),
        "seed": _joined(str(each.summary.seed) for each in plan.scenarios),
        "backend": _joined(each.summary.backend for each in plan.scenarios),
        "severity": _joined(each.summary.severity for each in plan.scenarios),
    }
    for scenario in plan.scenarios:
        for name, value in _own(scenario.summary).items():
            properties[f"{scenario.name}.{name}"] = value
    return properties


def _own(summary: ScenarioSummary) -> dict[str, str]:
    return {
        "line": summary.line,
        "seed": str(summary.seed),
        "backend": summary.backend,
        "owner": summary.owner,
        "severity": summary.severity,
        "covers": ", ".join(summary.covers),
    }


def _system_out(summary: ScenarioSummary) -> str:
    lines = [f"{name}: {value}" for name, value in _own(summary).items() if value]
    if summary.replay:
        lines.append(f"replay: {summary.replay}")
    return "\n".join(lines)


def _joined(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(value for value in values if value))


def _clean(root: ET.Element) -> None:
    """Replace what XML can't hold, before the text is made: afterwards it could not be parsed."""
    for element in root.iter():
        if element.text:
            element.text = NOT_XML.sub("\N{REPLACEMENT CHARACTER}", element.text)
        for name, value in element.attrib.items():
            element.set(name, NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value))
