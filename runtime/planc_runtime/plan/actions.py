"""What a scenario can do to its world, as values: troubles, and steps that stand among them.

An action is carried out by the engine when its moment comes; until then it only says what is
meant, so that it can stand in a timeline, be drawn by `pick`, or be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planc_runtime.plan.expr import Expr, describe
from planc_runtime.plan.forms import Between
from planc_runtime.plan.spot import Spot, here
from planc_runtime.plan.troubles import trouble_text


class Action:
    """Anything that can be done at a moment of a scenario."""

    __slots__ = ()
    spot: Spot | None

    def describe(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True, eq=False, slots=True)
class Links:
    """Which links a trouble is laid on: `of T`, `to A -> B`, `between A and B`."""

    kind: str
    first: Expr
    second: Expr | None = None

    def describe(self) -> str:
        match self.kind:
            case "of":
                return f"links of {describe(self.first)}"
            case "to":
                return f"links {describe(self.first)} -> {describe(self.second)}"
            case _:
                return f"links between {describe(self.first)} and {describe(self.second)}"


@dataclass(frozen=True, eq=False, slots=True)
class Fault(Action):
    """One trouble. `kind` is its word in planc's vocabulary; `seconds` None: until healed."""

    kind: str
    targets: tuple[Expr, ...] = ()
    links: Links | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    seconds: Any = None
    every: Any = None
    spot: Spot | None = None

    def describe(self) -> str:
        return trouble_text(self)


@dataclass(frozen=True, eq=False, slots=True)
class Heal(Action):
    """Mend what is broken, of some nodes or of all."""

    target: Expr | None = None
    spot: Spot | None = None

    def describe(self) -> str:
        return f"heal {describe(self.target)}" if self.target is not None else "heal all"


@dataclass(frozen=True, eq=False, slots=True)
class Sequence_(Action):
    """One after the other; also a named fault of the plan."""

    actions: tuple[Action, ...]
    name: str = ""
    spot: Spot | None = None

    def describe(self) -> str:
        return self.name or "; ".join(action.describe() for action in self.actions)


@dataclass(frozen=True, eq=False, slots=True)
class Together(Action):
    """All at the same time."""

    actions: tuple[Action, ...]
    spot: Spot | None = None

    def describe(self) -> str:
        return "together { " + "; ".join(a.describe() for a in self.actions) + " }"


@dataclass(frozen=True, eq=False, slots=True)
class Weighted:
    share: Any
    actions: tuple[Action, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Pick(Action):
    """Some of several choices, drawn from the seed."""

    count: Any
    choices: tuple[Weighted, ...]
    spot: Spot | None = None

    def describe(self) -> str:
        inner = " or ".join(c.actions[0].describe() for c in self.choices if c.actions)
        return f"pick {describe(self.count)} of {inner}"


@dataclass(frozen=True, eq=False, slots=True)
class RepeatEvery(Action):
    """Again and again until the block around it ends; a range is drawn anew each time."""

    period: Any
    actions: tuple[Action, ...]
    spot: Spot | None = None

    def describe(self) -> str:
        inner = "; ".join(action.describe() for action in self.actions)
        return f"repeat every {describe(self.period)}s {{ {inner} }}"


@dataclass(frozen=True, eq=False, slots=True)
class Repeat(Action):
    times: Any
    actions: tuple[Action, ...]
    spot: Spot | None = None

    def describe(self) -> str:
        inner = "; ".join(action.describe() for action in self.actions)
        return f"repeat {describe(self.times)} times {{ {inner} }}"


@dataclass(frozen=True, eq=False, slots=True)
class When(Action):
    condition: Any
    then: tuple[Action, ...]
    otherwise: tuple[Action, ...] = ()
    spot: Spot | None = None

    def describe(self) -> str:
        return f"when {describe(self.condition)}"


@dataclass(frozen=True, eq=False, slots=True)
class ForEach(Action):
    name: str
    values: Any
    body: Callable[[Any], Any]
    """Gives the action, or actions, for one value."""
    spot: Spot | None = None

    def describe(self) -> str:
        return f"for {self.name} in {describe(self.values)}"


@dataclass(frozen=True, eq=False, slots=True)
class Step(Action):
    """A step of a scenario where an action is wanted: call, http, exec, wait, expect, ..."""

    kind: str
    arguments: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    spot: Spot | None = None

    def describe(self) -> str:
        first, *rest = self.arguments
        words = [describe(a) if isinstance(a, Expr) else str(a) for a in rest]
        if self.kind == "call":
            return f"call {first.name}.{words[0]}({', '.join(words[1:])})"
        shown = first if isinstance(first, str) else describe(first)
        return " ".join([self.kind.replace("_", " "), shown, *words])


def fault(name: str, *actions: Action) -> Action:
    """Name a trouble that is made of others."""
    return Sequence_(actions, name, here())


def sequence(*actions: Action) -> Action:
    """Do one after the other."""
    return Sequence_(actions, "", here())


def together(*actions: Action) -> Action:
    """Do all at the same time."""
    return Together(actions, here())


def weight(share: Any, *actions: Action) -> Weighted:
    """Give a choice of `pick` its weight."""
    return Weighted(share, actions)


def pick(n: Any, *choices: Weighted) -> Action:
    """Do some of several choices, drawn by weight from the seed."""
    return Pick(n, choices, here())


def repeat_every(period: float | Expr | Between, *actions: Action) -> Action:
    """Do it again and again, so many seconds from start to start."""
    return RepeatEvery(period, actions, here())


def repeat(times: Any, *actions: Action) -> Action:
    """Do it several times, one after the other."""
    return Repeat(times, actions, here())


def when(
    condition: Any, then: Sequence[Action], otherwise: Sequence[Action] | None = None
) -> Action:
    """Do it if a condition holds when its moment comes."""
    return When(condition, tuple(then), tuple(otherwise or ()), here())


def for_each(name: str, values: Any, body: Callable[[Any], Any]) -> Action:
    """Do it for each value of a list, one after the other."""
    return ForEach(name, values, body, here())


def heal(t: Expr | None = None) -> Action:
    """Mend what is broken."""
    return Heal(t, here())


def do_call(client: Any, operation: str, *args: Any, on: Any = None) -> Action:
    """Call an operation of a client, as an action."""
    return Step("call", (client, operation, *args), {"on": on}, here())


def do_http(method: Any, url: Any, **options: Any) -> Action:
    """Send an HTTP request, as an action."""
    return Step("http", (method, url), options, here())


def do_exec(text: Any, on: Any = None) -> Action:
    """Run a program, as an action."""
    return Step("exec", (text,), {"on": on}, here())


def do_python(reference: str, *args: Any) -> Action:
    """Call a function of the plan's author, as an action."""
    return Step("python", (reference, *args), {}, here())


def do_wait(seconds: Any) -> Action:
    """Wait, as an action."""
    return Step("wait", (seconds,), {}, here())


def do_wait_until(condition: Any, within: Any) -> Action:
    """Wait until a condition holds, as an action."""
    return Step("wait_until", (condition,), {"within": within}, here())


def do_mark(name: Any) -> Action:
    """Name this moment, as an action."""
    return Step("mark", (name,), {}, here())


def do_eventually(condition: Any, within: Any) -> Action:
    """Expect a condition to come true, as an action."""
    return Step("eventually", (condition,), {"within": within}, here())


def do_stays(condition: Any, seconds: Any) -> Action:
    """Expect a condition to stay true, as an action."""
    return Step("stays", (condition,), {"seconds": seconds}, here())


def do_expect(expectation: Any, window: Any = None) -> Action:
    """Expect something now, as an action."""
    return Step("expect", (expectation,), {"window": window}, here())
