"""A scenario as a value, and what its body may do while it runs.

The decorators leave a plain function behind, which pytest collects like any other; the engine is
loaded only when it is called. `Scenario` and `Timeline` are what the engine offers to a body: they
are protocols here so that a generated module can be imported without the engine.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from planc_runtime.history.windows import Window
from planc_runtime.plan.actions import Action
from planc_runtime.plan.expr import Expr, Known, let
from planc_runtime.plan.forms import Items
from planc_runtime.plan.nouns import (
    Client,
    Cluster,
    Machine,
    Mock,
    Nodes,
    NormalLinks,
    Plan,
    Workload,
)
from planc_runtime.plan.spot import Spot, here


@dataclass(frozen=True, eq=False, slots=True)
class ScenarioDeclaration:
    plan: Plan
    title: Any
    body: Callable[..., Awaitable[None]]
    clusters: tuple[Cluster, ...] = ()
    mocks: tuple[Mock, ...] = ()
    covers: tuple[str, ...] = ()
    catches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    severity: str | None = None
    timeout: Any = None
    seed: int | None = None
    only_on: tuple[str, ...] = ()
    skip_on: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]], ...] = ()
    """Names and rows of each `cases` and `for`, outermost first."""
    spot: Spot | None = None

    @property
    def function(self) -> str:
        return self.body.__name__


class Timeline(Protocol):
    """What the block of `run` or `over` may say."""

    def at(self, seconds: Any, *actions: Action) -> None:
        """Do something so many seconds after the block began."""

    def do(self, *actions: Action) -> None:
        """Do something when the block begins."""

    def always(self, condition: Any) -> None:
        """Expect a condition to hold with every observation until the block ends."""

    def never(self, condition: Any) -> None:
        """Expect a condition to hold with no observation until the block ends."""


class Scenario(Protocol):
    """What the body of a scenario may do. Expectations are soft, steps are hard."""

    def run(
        self, *workloads: Workload, seconds: Any = None, rate: Any = None
    ) -> AbstractAsyncContextManager[Timeline]:
        """Drive workloads; leaving the block waits until the time is over and heals its faults."""

    def over(self, seconds: Any) -> AbstractAsyncContextManager[Timeline]:
        """Open a timeline without load."""

    async def do(self, action: Action) -> None:
        """Carry out an action; one that lasts takes its time."""

    async def call(self, client: Client, op: str, *args: Any, on: Any = None) -> Expr:
        """Call an operation; raises StepFailed when it does not end ok."""

    async def http(
        self,
        method: Any,
        url: Any,
        *,
        headers: Mapping[str, Any] | None = None,
        json: Any = None,
        body: Any = None,
        timeout: Any = None,  # noqa: ASYNC109
    ) -> Expr:
        """Send an HTTP request; the answer has status, headers, json, text, latency."""

    async def exec(self, text: Any, on: Any = None) -> Expr:
        """Run a program; the result has exit, output, errors."""

    async def python(self, ref: str, *args: Any) -> Expr:
        """Call a function of the plan's author."""

    async def cluster(
        self,
        name: str,
        *members: Nodes,
        set: Mapping[str, Any] | None = None,
        links: NormalLinks | None = None,
        retransmit: Any = None,
    ) -> Cluster:
        """Start a cluster of this scenario alone."""

    async def wait(self, seconds: Any) -> None:
        """Let time pass."""

    async def wait_until(self, condition: Any, within: Any) -> None:
        """Wait for a condition; raises StepFailed when it does not come true in time."""

    def mark(self, name: Any) -> None:
        """Name this moment."""

    async def eventually(self, condition: Any, within: Any) -> None:
        """Expect a condition to come true within so many seconds."""

    async def stays(self, condition: Any, seconds: Any) -> None:
        """Expect a condition to hold for so many seconds from now."""

    def always(self, condition: Any) -> None:
        """Expect a condition to hold until the scenario ends."""

    def never(self, condition: Any) -> None:
        """Expect a condition not to hold until the scenario ends."""

    async def expect(self, expectation: Any, window: Window | None = None) -> None:
        """Judge an expectation."""

    async def explore(self, machine: Machine, steps: Any) -> None:
        """Walk through a machine's states, by legal and illegal events drawn from the seed."""

    def let(self, name: str, value: Any) -> Expr:
        """Name a value."""

    async def each(self, values: Any) -> Sequence[Expr]:
        """Return the values of a list, known now."""

    async def when(self, condition: Any) -> bool:
        """Say whether a condition holds now."""

    def times(self, n: Any) -> Iterator[int]:
        """Count from 0 to n - 1."""


Body = Callable[..., Awaitable[None]]
PARAMETERS = "planc_parameters"
DECLARATION = "planc_scenario"


def scenario(
    plan: Plan,
    title: Any,
    *,
    clusters: Sequence[Cluster] = (),
    mocks: Sequence[Mock] = (),
    covers: Sequence[str] = (),
    catches: Sequence[str] = (),
    tags: Sequence[str] = (),
    severity: str | None = None,
    timeout: Any = None,
    seed: int | None = None,
    only_on: Sequence[str] = (),
    skip_on: Mapping[str, str] | None = None,
) -> Callable[[Body], Callable[..., None]]:
    """Turn a body into a test; `timeout` is in seconds of the controller's clock."""
    spot = here()

    def decorate(body: Body) -> Any:
        declaration = ScenarioDeclaration(
            plan,
            title,
            body,
            clusters=tuple(clusters),
            mocks=tuple(mocks),
            covers=tuple(covers),
            catches=tuple(catches),
            tags=tuple(tags),
            severity=severity,
            timeout=timeout,
            seed=seed,
            only_on=tuple(only_on),
            skip_on=skip_on or {},
            parameters=getattr(body, PARAMETERS, ()),
            spot=spot,
        )
        return _as_test(declaration)

    return decorate


class Runner:
    """Who runs a scenario that is called as a plain function; `planc_runtime.api` says so.

    Values know nothing of the engine: what runs a scenario is built on what describes it.
    """

    run: Callable[[ScenarioDeclaration, Mapping[str, Any]], None]


def _as_test(declaration: ScenarioDeclaration) -> Any:
    def run(**parameters: Any) -> None:
        Runner.run(declaration, parameters)

    body = declaration.body
    names = [name for columns, _ in declaration.parameters for name in columns]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    test: Any = run
    test.__name__, test.__qualname__ = body.__name__, body.__qualname__
    test.__module__, test.__doc__ = body.__module__, body.__doc__
    # pytest reports the line of the code object; the body's is the one a reader wants to see.
    test.__code__ = test.__code__.replace(
        co_filename=body.__code__.co_filename, co_firstlineno=body.__code__.co_firstlineno
    )
    test.__signature__ = inspect.Signature([inspect.Parameter(n, kind) for n in names])
    setattr(test, DECLARATION, declaration)
    return test


def cases(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Callable[[Body], Body]:
    """Run the scenario once for each row of a table."""
    return _parametrized(tuple(names), tuple(tuple(row) for row in rows))


def for_values(name: str, values: Any) -> Callable[[Body], Body]:
    """Run the scenario once for each value of a list."""
    return _parametrized((name,), tuple((value,) for value in _members(values)))


def _members(values: Any) -> Sequence[Any]:
    """Return the members of a list that a plan has written down or named by a `let`."""
    while isinstance(values, Known):
        values = values.known
    return values.members if isinstance(values, Items) else tuple(values)


def _parametrized(
    names: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]
) -> Callable[[Body], Body]:
    def decorate(body: Body) -> Body:
        inner = getattr(body, PARAMETERS, ())
        setattr(body, PARAMETERS, ((names, rows), *inner))
        return body

    return decorate


def bound(declaration: ScenarioDeclaration, parameters: Mapping[str, Any]) -> dict[str, Expr]:
    """Return the parameters of one test as the named values that the body takes."""
    return {name: let(name, value) for name, value in parameters.items()}


__all__ = ["Scenario", "ScenarioDeclaration", "Timeline", "bound", "cases", "for_values"]
