"""What the body of a scenario may say, carried out on a stage. See `plan.scenario.Scenario`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from planc_runtime.engine import conditions
from planc_runtime.engine.block import Block, block
from planc_runtime.engine.conditions import Monitor
from planc_runtime.engine.explore import explore
from planc_runtime.engine.nodes.texts import filled, number
from planc_runtime.engine.steps import Steps
from planc_runtime.engine.verdicts.concerns import NeverCame, concern_of
from planc_runtime.engine.verdicts.judge import judge
from planc_runtime.errors import StepFailed
from planc_runtime.history.verdict import Concern
from planc_runtime.history.windows import Window
from planc_runtime.plan import declarations
from planc_runtime.plan.actions import Action, Step
from planc_runtime.plan.expr import Expr, Known, describe, evaluate, value_of
from planc_runtime.plan.nodeset import NodeSet
from planc_runtime.plan.nouns import Client, Cluster, Machine, Nodes, NormalLinks, Workload
from planc_runtime.plan.requests import NOTHING
from planc_runtime.plan.scope import Missing
from planc_runtime.plan.spot import Spot, here, result_is_kept

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage


class Script:
    """Plays `Scenario` for one running body."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._steps = Steps(stage)
        self._monitors: list[tuple[Monitor, asyncio.Task[None]]] = []
        self._performer = stage.performer()
        stage.step_taker = self.take

    async def judge_monitors(self) -> None:
        """Judge what was to hold until now."""
        for monitor, task in self._monitors:
            await monitor.once()
            task.cancel()
            monitor.judge()
        await asyncio.gather(*(task for _, task in self._monitors), return_exceptions=True)
        self._monitors.clear()

    async def close(self) -> None:
        for _, task in self._monitors:
            task.cancel()
        await self._steps.close()

    # --- blocks --------------------------------------------------------------------------------

    def run(
        self, *workloads: Workload, seconds: Any = None, rate: Any = None
    ) -> AbstractAsyncContextManager[Block]:
        return block(self._stage, workloads, seconds, rate)

    def over(self, seconds: Any) -> AbstractAsyncContextManager[Block]:
        return block(self._stage, (), seconds, None)

    async def do(self, action: Action) -> None:
        self._tell(action.spot or here(), action.describe())
        await self._performer.perform(action)

    # --- steps ---------------------------------------------------------------------------------

    async def call(self, client: Client, op: str, *args: Any, on: Any = None) -> Expr:
        spot = here()
        self._tell(spot, f"call {client.name}.{op}")
        must = not result_is_kept()
        return _known(await self._steps.call(client, op, args, on, must=must), spot)

    async def http(
        self,
        method: Any,
        url: Any,
        *,
        headers: Mapping[str, Any] | None = None,
        json: Any = NOTHING,
        body: Any = None,
        timeout: Any = None,  # noqa: ASYNC109
    ) -> Expr:
        spot = here()
        self._tell(spot, f"http {describe(method)} {describe(url)}")
        must = not result_is_kept()
        found = await self._steps.http(
            method, url, headers=headers, json=json, body=body, timeout=timeout, must=must
        )
        return _known(found, spot)

    async def exec(self, text: Any, on: Any = None) -> Expr:
        spot = here()
        self._tell(spot, f"exec {describe(text)}")
        must = not result_is_kept()
        return _known(await self._steps.exec(text, on, must=must), spot)

    async def python(self, ref: str, *args: Any) -> Expr:
        spot = here()
        self._tell(spot, f"python {ref}")
        return _known(await self._steps.python(ref, args), spot)

    async def cluster(
        self,
        name: str,
        *members: Nodes,
        set: Mapping[str, Any] | None = None,
        links: NormalLinks | None = None,
        retransmit: Any = None,
    ) -> Cluster:
        made = declarations.cluster(name, *members, set=set, links=links, retransmit=retransmit)
        await self._stage.bring_up(made)
        return made

    async def wait(self, seconds: Any) -> None:
        await asyncio.sleep(number(seconds, self._stage.scope()))

    async def wait_until(self, condition: Any, within: Any) -> None:
        self._tell(here(), f"wait until {describe(condition)}")
        await self._wait_until(condition, within)

    def mark(self, name: Any) -> None:
        word = filled(name, self._stage.scope())
        self._stage.marks[word] = self._stage.world.now()
        self._stage.tell("mark", name=word)

    def let(self, name: str, value: Any) -> Expr:
        """Name a value as it is now: `let old = leader(store)` stays that node."""
        try:
            return Known(value_of(value, self._stage.scope(self._stage.rng("let", name))), name)
        except Missing as nothing:
            raise StepFailed(f"{describe(value)} has no value: {nothing}") from None

    async def each(self, values: Any) -> Sequence[Expr]:
        found = await evaluate(values, self._stage.scope())
        return [Known(v) for v in (found.one_by_one() if isinstance(found, NodeSet) else found)]

    async def when(self, condition: Any) -> bool:
        await self._stage.observer.look_at_all()
        return bool(await evaluate(condition, self._stage.scope()))

    def times(self, n: Any) -> Iterator[int]:
        return iter(range(int(value_of(n, self._stage.scope()))))

    # --- expectations --------------------------------------------------------------------------

    async def eventually(self, condition: Any, within: Any) -> None:
        await self._eventually(here(), condition, within)

    async def stays(self, condition: Any, seconds: Any) -> None:
        await self._stays(here(), condition, seconds)

    def always(self, condition: Any) -> None:
        self._watch(Monitor(condition, True, self._stage, here()))

    def never(self, condition: Any) -> None:
        self._watch(Monitor(condition, False, self._stage, here()))

    async def expect(self, expectation: Any, window: Window | None = None) -> None:
        await self._expect(here(), expectation, window)

    async def explore(self, machine: Machine, steps: Any) -> None:
        spot = here()
        count = int(number(steps, self._stage.scope()))
        found = await explore(machine, count, self._stage, self._steps)
        self._stage.judged(spot, f"explore {machine.name} for {count} steps", found.verdict())

    # --- steps as actions ----------------------------------------------------------------------

    async def take(self, step: Step) -> None:
        """Carry out a step that stood among actions."""
        options = dict(step.options)
        match step.kind:
            case "call":
                client, operation, *args = step.arguments
                await self._steps.call(client, operation, args, options["on"], must=True)
            case "http":
                method, url = step.arguments
                unset = {"headers": None, "json": NOTHING, "body": None, "timeout": None}
                await self._steps.http(method, url, **{**unset, **options}, must=True)
            case "exec":
                await self._steps.exec(step.arguments[0], options["on"], must=True)
            case "python":
                reference, *args = step.arguments
                await self._steps.python(reference, args)
            case "wait":
                await self.wait(step.arguments[0])
            case "wait_until":
                await self._wait_until(step.arguments[0], options["within"])
            case "mark":
                self.mark(step.arguments[0])
            case "eventually":
                await self._eventually(step.spot, step.arguments[0], options["within"])
            case "stays":
                await self._stays(step.spot, step.arguments[0], options["seconds"])
            case "expect":
                await self._expect(step.spot, step.arguments[0], options["window"])

    async def _wait_until(self, condition: Any, within: Any) -> None:
        seconds = number(within, self._stage.scope())
        since = self._stage.world.now()
        after, last = await conditions.becomes_true(condition, seconds, self._stage, since)
        if after is None:
            seen = "; ".join(last.seen)
            raise NeverCame(f"it did not come true within {seconds:g} s: {seen}")

    async def _eventually(self, spot: Spot | None, condition: Any, within: Any) -> None:
        seconds = number(within, self._stage.scope())
        verdict = await conditions.eventually(condition, seconds, self._stage)
        words = f"eventually within {seconds:g}s {describe(condition)}"
        self._stage.judged(spot, words, verdict, Concern.LIVENESS)

    async def _stays(self, spot: Spot | None, condition: Any, seconds: Any) -> None:
        length = number(seconds, self._stage.scope())
        verdict = await conditions.stays(condition, length, self._stage)
        self._stage.judged(spot, f"stays for {length:g}s {describe(condition)}", verdict)

    async def _expect(self, spot: Spot | None, expectation: Any, window: Window | None) -> None:
        verdict = await judge(expectation, window, self._stage)
        words = f"expect {describe(expectation)}"
        words = words if window is None else f"{words} {window}"
        self._stage.judged(spot, words, verdict, concern_of(expectation))

    def _watch(self, monitor: Monitor) -> None:
        self._monitors.append((monitor, asyncio.create_task(monitor.watch())))

    def _tell(self, spot: Spot, text: str) -> None:
        self._stage.tell("step", line=str(self._stage.line(spot)), text=text)


def _known(value: Any, spot: Spot) -> Expr:
    return Known(value, None, spot)
