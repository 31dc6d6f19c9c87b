"""The statements of a scenario as sentences, and as parts of sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from planc import model as m
from planc.show.words import Words, listed


class Statements:
    """Tell statements of one plan."""

    def __init__(self, plan: m.Plan, words: Words) -> None:
        self.plan = plan
        self.words = words
        self.declared = {each.key: each for each in plan.declarations}

    def statements(self, body: Iterable[m.Statement]) -> list[str]:
        """Tell statements as sentences; expectations that follow each other share one."""
        told: list[str] = []
        expected: list[str] = []
        for each in body:
            if isinstance(each, m.Expect):
                expected.append(self.expected(each))
                continue
            told += self.expectations(expected)
            expected = []
            told.append(_sentence(self.statement(each)))
        return [*told, *self.expectations(expected)]

    def expectations(self, expected: list[str]) -> list[str]:
        if not expected:
            return []
        if len(expected) == 1:
            return [f"Then we expect that {expected[0]}."]
        return [f"Then we expect that {'; that '.join(expected[:-1])}; and that {expected[-1]}."]

    def statement(self, part: m.Statement) -> str:
        tell = _TOLD.get(type(part))
        return tell(self, part) if tell else f"do `{self.words.of(part.span)}`"

    def block(self, body: Iterable[m.Statement]) -> str:
        return listed([self.statement(each) for each in body], "and then") or "do nothing"

    def text(self, part: m.Item) -> str:
        """Return an expression as it stands, with the value of a name beside it."""
        words = self.words.of(part.span)
        if isinstance(part, m.Reference) and part.known and part.means == "let":
            let = self.declared.get(part.key)
            value = self.words.of(let.value.span) if isinstance(let, m.Let) else ""
            return f"{words} ({value})" if value else words
        return words

    def code(self, part: m.Item) -> str:
        return f"`{self.words.of(part.span, 120)}`"

    # --- load and time --------------------------------------------------------------------------

    def run(self, part: m.Run) -> str:
        loads = listed([f"`{each.name}`" for each in part.workloads])
        lasting = f" for {self.text(part.duration)}" if part.duration else " until it is done"
        rate = f" at {self.text(part.rate)}" if part.rate else ""
        return f"run {loads}{lasting}{rate}{self.meanwhile(part.body)}"

    def over(self, part: m.Over) -> str:
        return f"without any load, for {self.text(part.duration)}{self.meanwhile(part.body)}"

    def meanwhile(self, body: tuple[m.Statement, ...]) -> str:
        if not body:
            return ""
        events = [each for each in body if not isinstance(each, m.Always | m.Never)]
        rules = [each for each in body if isinstance(each, m.Always | m.Never)]
        told = f"; meanwhile {'; '.join(map(self.statement, events))}" if events else ""
        if rules:
            told += f"; all the time {listed([self.held(each) for each in rules])}"
        return told

    def at(self, part: m.At) -> str:
        return f"at {self.text(part.when)} {self.block(part.body)}"

    def times(self, part: m.RepeatTimes) -> str:
        return f"{self.text(part.times)} times, {self.block(part.body)}"

    def every(self, part: m.RepeatEvery) -> str:
        return f"every {self.text(part.every)} {self.block(part.body)}"

    def pick(self, part: m.Pick) -> str:
        count = self.text(part.count) if part.count else "one"
        chances = [f"{self.block(each.body)} (weight {self.text(each.weight)})"
                   for each in part.choices]  # fmt: skip
        return f"let chance pick {count} of: {'; '.join(chances)}"

    def loop(self, part: m.For) -> str:
        return f"for each `{part.name}` of {self.text(part.values)} {self.block(part.body)}"

    def when(self, part: m.When) -> str:
        told = f"if {self.code(part.condition)}, {self.block(part.body)}"
        return f"{told}, otherwise {self.block(part.otherwise)}" if part.otherwise else told

    def together(self, part: m.Together) -> str:
        return f"at the same time {listed([self.statement(each) for each in part.body])}"

    def wait(self, part: m.Wait) -> str:
        return f"wait {self.text(part.duration)}"

    # --- what is done ---------------------------------------------------------------------------

    def trouble(self, part: m.Trouble) -> str:
        return self.words.of(part.span, 120)

    def fault(self, part: m.FaultUse) -> str:
        arguments = listed([self.text(each) for each in part.arguments])
        name = part.name.replace("_", " ")
        return f"cause *{name}* on {arguments}" if arguments else f"cause *{name}*"

    def bind(self, part: m.Bind) -> str:
        if part.call is not None:
            return f"take as `{part.name}` the result of {self.call(part.call)}"
        value = self.text(part.value) if part.value else ""
        return f"let `{part.name}` be {value}"

    def invoke(self, part: m.Invoke) -> str:
        verb = {"exec": "run", "http": "make"}.get(part.call.kind, "call")
        return f"{verb} {self.call(part.call)}"

    def call(self, call: m.Call) -> str:
        match call:
            case m.ClientCall():
                values = f" of {listed([self.text(e) for e in call.arguments])}" if (
                    call.arguments) else ""  # fmt: skip
                place = f" on {self.text(call.on)}" if call.on else ""
                return f"`{call.client.name}.{call.operation}`{values}{place}"
            case m.HttpCall():
                method = call.method
                verb = "request"
                if isinstance(method, m.Constant):
                    verb = str(method.value)
                elif isinstance(method, m.Reference):
                    verb = f"`{method.name}`"
                return f"an HTTP {verb} of {self.text(call.url)}"
            case m.ExecCall():
                place = f" on {self.text(call.on)}" if call.on else ""
                return f"the command {self.text(call.command)}{place}"
            case m.PythonCall():
                return f"the Python function `{call.reference}`"

    def explore(self, part: m.Explore) -> str:
        name, steps = part.machine.name, self.text(part.steps)
        return f"walk the state machine `{name}` at random for {steps} steps, forbidden ones too"

    def heal(self, part: m.Heal) -> str:
        return f"heal {self.text(part.target)}" if part.target else "heal everything"

    def mark(self, part: m.Mark) -> str:
        return f"remember this moment as {self.text(part.name)}"

    # --- what must hold -------------------------------------------------------------------------

    def held(self, part: m.Always | m.Never) -> str:
        if isinstance(part, m.Always):
            return f"it must hold that {self.code(part.condition)}"
        return f"it must never be that {self.code(part.condition)}"

    def eventually(self, part: m.Eventually) -> str:
        return f"within {self.text(part.within)} it must come to {self.code(part.condition)}"

    def until(self, part: m.WaitUntil) -> str:
        return (f"wait until {self.code(part.condition)}, which must be so within "
                f"{self.text(part.within)}")  # fmt: skip

    def stays(self, part: m.Stays) -> str:
        return f"for {self.text(part.duration)} it must stay so that {self.code(part.condition)}"

    def expected(self, part: m.Expect) -> str:
        expectation = part.expectation
        match expectation:
            case m.ExpectTransitions():
                return "every illegal transition is refused"
            case m.ExpectHistory(property="no-lost-writes", negated=negated):
                return "some acknowledged write is lost" if negated else (
                    "no acknowledged write is lost")  # fmt: skip
            case m.ExpectHistory():
                return f"the {self.words.of(expectation.span)}"
            case m.ExpectMeasure():
                return self.measured(expectation)
            case m.ExpectNoLogLine():
                return self.words.of(expectation.span)
            case m.ExpectPython():
                return f"the check `{expectation.call.reference}` is content"
        return self.code(expectation)

    def measured(self, part: m.ExpectMeasure) -> str:
        measure = self.words.of(part.measure.span)
        window = f" {self.words.of(part.measure.window.span)}" if part.measure.window else ""
        value = self.text(part.value) if part.value else ""
        amount = self.text(part.amount) if part.amount else ""
        if window and window.strip() in measure:
            window = ""
        if part.form == "within":
            return f"the {measure}{window} is within {amount} of {value}"
        if part.form == "baseline":
            return f"the {measure}{window} is not slower than the baseline by {amount}"
        return f"the {measure}{window} {_COMPARED[part.form]} {value}"


_COMPARED = {
    "<": "stays below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
    "==": "is",
    "!=": "is not",
}

_TOLD: dict[type[m.Statement], Callable[[Statements, Any], str]] = {
    m.Run: Statements.run,
    m.Over: Statements.over,
    m.At: Statements.at,
    m.RepeatTimes: Statements.times,
    m.RepeatEvery: Statements.every,
    m.Pick: Statements.pick,
    m.For: Statements.loop,
    m.When: Statements.when,
    m.Together: Statements.together,
    m.Wait: Statements.wait,
    m.WaitUntil: Statements.until,
    m.Trouble: Statements.trouble,
    m.FaultUse: Statements.fault,
    m.Bind: Statements.bind,
    m.Invoke: Statements.invoke,
    m.Explore: Statements.explore,
    m.Heal: Statements.heal,
    m.Mark: Statements.mark,
    m.Always: Statements.held,
    m.Never: Statements.held,
    m.Eventually: Statements.eventually,
    m.Expect: lambda telling, part: f"expect that {telling.expected(part)}",
    m.Stays: Statements.stays,
}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
