"""The statements of scenarios and faults, resolved: what happens, and what must hold."""

from __future__ import annotations

from typing import Literal

from planc.model.base import Item
from planc.model.calls import Call, PythonCall
from planc.model.expressions import Expression, Measure, Reference, Window


class Bind(Item):
    """`let name = value`."""

    kind: Literal["bind"] = "bind"
    name: str
    value: Expression | None = None
    call: Call | None = None


class Invoke(Item):
    kind: Literal["invoke"] = "invoke"
    call: Call


class Run(Item):
    kind: Literal["run"] = "run"
    workloads: tuple[Reference, ...]
    duration: Expression | None
    rate: Expression | None
    body: tuple[Statement, ...]


class Over(Item):
    kind: Literal["over"] = "over"
    duration: Expression
    body: tuple[Statement, ...]


class At(Item):
    kind: Literal["at"] = "at"
    when: Expression
    body: tuple[Statement, ...]


class RepeatTimes(Item):
    kind: Literal["repeat_times"] = "repeat_times"
    times: Expression
    body: tuple[Statement, ...]


class RepeatEvery(Item):
    kind: Literal["repeat_every"] = "repeat_every"
    every: Expression
    body: tuple[Statement, ...]


class Weighted(Item):
    weight: Expression
    body: tuple[Statement, ...]


class Pick(Item):
    kind: Literal["pick"] = "pick"
    count: Expression | None
    choices: tuple[Weighted, ...]


class For(Item):
    kind: Literal["for"] = "for"
    name: str
    values: Expression
    body: tuple[Statement, ...]


class When(Item):
    kind: Literal["when"] = "when"
    condition: Expression
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


class Wait(Item):
    kind: Literal["wait"] = "wait"
    duration: Expression


class WaitUntil(Item):
    kind: Literal["wait_until"] = "wait_until"
    condition: Expression
    within: Expression


class Mark(Item):
    kind: Literal["mark"] = "mark"
    name: Expression


class Together(Item):
    kind: Literal["together"] = "together"
    body: tuple[Statement, ...]


class Eventually(Item):
    kind: Literal["eventually"] = "eventually"
    within: Expression
    condition: Expression


class Always(Item):
    kind: Literal["always"] = "always"
    condition: Expression


class Never(Item):
    kind: Literal["never"] = "never"
    condition: Expression


class Stays(Item):
    kind: Literal["stays"] = "stays"
    duration: Expression
    condition: Expression


class Explore(Item):
    kind: Literal["explore"] = "explore"
    machine: Reference
    steps: Expression


class Heal(Item):
    kind: Literal["heal"] = "heal"
    target: Expression | None


class Links(Item):
    """`of` T, `to` (A -> B), `between` (A and B)."""

    form: str
    a: Expression
    b: Expression | None = None


class Trouble(Item):
    """A fault of the vocabulary; `name` is its word there, `ability` what a backend needs."""

    kind: Literal["trouble"] = "trouble"
    name: str
    targets: tuple[Expression, ...] = ()
    links: Links | None = None
    amount: Expression | None = None
    pattern: Expression | None = None
    duration: Expression | None = None
    every: Expression | None = None
    ability: str | None = None


class FaultUse(Item):
    """A declared fault at work."""

    kind: Literal["fault_use"] = "fault_use"
    key: str
    name: str
    parameters: tuple[str, ...]
    """The fault's own names for its arguments."""
    arguments: tuple[Expression, ...]


# --- expectations -------------------------------------------------------------------------------


class ExpectCondition(Item):
    kind: Literal["condition"] = "condition"
    condition: Expression
    window: Window | None = None


class ExpectHistory(Item):
    kind: Literal["history"] = "history"
    property: str
    negated: bool = False
    model: str | None = None
    """One of ours, or the plan's own as "module:function"."""
    workload: Reference | None = None


class ExpectMeasure(Item):
    """`form` is a comparison, "within" (`amount` of `value`) or "baseline" (by `amount`)."""

    kind: Literal["measure"] = "measure"
    measure: Measure
    form: str
    value: Expression | None = None
    amount: Expression | None = None


class ExpectTransitions(Item):
    kind: Literal["transitions"] = "transitions"


class ExpectSchema(Item):
    kind: Literal["schema"] = "schema"
    value: Expression
    json_schema: Expression


class ExpectNoLogLine(Item):
    kind: Literal["log"] = "log"
    pattern: Expression
    target: Expression | None = None
    """None: the nodes of all clusters."""
    ignoring_case: bool = False
    window: Window | None = None
    excepted: tuple[Window, ...] = ()


class ExpectPython(Item):
    kind: Literal["python"] = "python"
    call: PythonCall


Expectation = (
    ExpectCondition
    | ExpectHistory
    | ExpectMeasure
    | ExpectTransitions
    | ExpectSchema
    | ExpectNoLogLine
    | ExpectPython
)


class Expect(Item):
    kind: Literal["expect"] = "expect"
    expectation: Expectation


Statement = (
    Bind
    | Invoke
    | Run
    | Over
    | At
    | RepeatTimes
    | RepeatEvery
    | Pick
    | For
    | When
    | Wait
    | WaitUntil
    | Mark
    | Together
    | Eventually
    | Always
    | Never
    | Stays
    | Explore
    | Heal
    | Trouble
    | FaultUse
    | Expect
)
