"""A plan in plain sentences: a paragraph for each scenario, as one engineer would tell another.

Every number and every name is the plan's own; where the language already reads as English, its own
words are used. Nothing is left out but addresses and how calls are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from planc import model as m
from planc.show.words import Words, listed, seconds


def explain(plan: m.Plan, words: Words) -> str:
    """Return a plan as Markdown."""
    return _Telling(plan, words).plan_text()


class _Telling:
    def __init__(self, plan: m.Plan, words: Words) -> None:
        self.plan = plan
        self.words = words
        self.declared = {each.key: each for each in plan.declarations}

    def plan_text(self) -> str:
        plan = self.plan
        parts = [f"# {plan.title}", ""]
        if plan.about:
            parts += [plan.about, ""]
        parts += [self.header(), ""]
        if surroundings := self.surroundings():
            parts += [surroundings, ""]
        if faults := self.faults():
            parts += ["Its own faults:", "", *faults, ""]
        for each in plan.scenarios:
            parts += [f"## {each.name}", "", self.scenario(each), ""]
        return "\n".join(parts)

    def header(self) -> str:
        plan = self.plan
        owner = f" It belongs to the {plan.owner.removeprefix('the ')}." if plan.owner else ""
        number = len(plan.scenarios)
        tests = f"{number} scenario{'s' * (number != 1)}"
        return f"This plan has {tests}; a failure would be of {plan.severity} severity.{owner}"

    # --- what there is --------------------------------------------------------------------------

    def surroundings(self) -> str:
        """Tell of clusters, load and stand-ins, which all scenarios share."""
        told: list[str] = []
        for each in self.plan.declarations:
            match each:
                case m.Cluster():
                    told.append(self.cluster(each))
                case m.Workload():
                    told.append(self.workload(each))
                case m.Mock():
                    told.append(f"The mock `{each.name}` stands in for a service.")
        return " ".join(told)

    def faults(self) -> list[str]:
        """Tell once what each declared fault is made of."""
        told = []
        for each in self.plan.declarations:
            if isinstance(each, m.Fault):
                name = each.name.replace("_", " ")
                of = f" of {listed(list(each.parameters))}" if each.parameters else ""
                told.append(f"- *{name}*{of}: {self.block(each.body)}")
        return told

    def cluster(self, cluster: m.Cluster) -> str:
        members = []
        for each in cluster.members:
            count = self.text(each.count)
            where = f" in zone {each.zone}" if each.zone else ""
            spare = "spare " if each.spare else ""
            noun = "node" if count == "1" else "nodes"
            members.append(f"{count} {spare}{noun} of `{each.service.name}`{where}")
        told = f"The cluster `{cluster.name}` has {listed(members)}"
        if cluster.links is not None:
            links = cluster.links
            jitter = f" give or take {seconds(links.jitter)}" if links.jitter else ""
            loss = f" and loses {links.loss * 100:.6g}% of the packets" if links.loss else ""
            told += f"; its network takes {seconds(links.delay)}{jitter}{loss} also on good days"
        return f"{told}."

    def workload(self, load: m.Workload) -> str:
        clients = self.text(load.clients) if load.clients else "one"
        noun = "client" if clients in ("1", "one") else "clients"
        who = f"`{load.name}` is {clients} {noun} of `{load.cluster.name}`"
        if load.rate is None:
            pace = "each of which waits for its answer before it asks again"
        elif load.rate.end is None:
            pace = f"asking at {self.text(load.rate.start)} whether or not answers come"
        else:
            pace = (f"asking at {self.text(load.rate.start)}, rising to "
                    f"{self.text(load.rate.end)}, whether or not answers come")  # fmt: skip
        mix = [f"{share * 100:.6g}% {name}" for name, share in load.mix]
        return f"{who}, {pace}{': ' + listed(mix) if mix else ''}."

    # --- scenarios ------------------------------------------------------------------------------

    def scenario(self, scene: m.Scenario) -> str:
        told = [*self.conditions(scene), *self.statements(scene.body), *self.claims(scene)]
        return " ".join(told)

    def conditions(self, scene: m.Scenario) -> list[str]:
        told = []
        if scene.cases is not None:
            rows = len(scene.cases.rows)
            columns = listed([f"`{each}`" for each in scene.cases.columns])
            told.append(f"Once for each of the {rows} rows of a table of {columns}:")
        for loop in scene.loops:
            told.append(f"For each `{loop.name}` of {self.text(loop.values)}:")
        for own in scene.own_clusters:
            told.append(self.cluster(own))
        if scene.only_on:
            told.append(f"This runs only on {listed(list(scene.only_on))}.")
        for backend, reason in scene.skip_on:
            told.append(f"It is skipped on {backend}{f': {reason}' if reason else ''}.")
        return told

    def claims(self, scene: m.Scenario) -> list[str]:
        told = []
        if scene.timeout is not None:
            told.append(f"All of it must be done within {seconds(scene.timeout)}.")
        if scene.covers:
            told.append(f"This covers {listed(list(scene.covers))}.")
        if scene.catches:
            plants = {plant.name: plant.sentence for each in self.declared.values()
                      if isinstance(each, m.Service) for plant in each.plants}  # fmt: skip
            bugs = [f"`{each}` ({plants[each]})" if each in plants else f"`{each}`"
                    for each in scene.catches]  # fmt: skip
            told.append(f"It would catch a system with the bug {listed(bugs, 'or')}.")
        return told

    # --- statements -----------------------------------------------------------------------------

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

_TOLD: dict[type[m.Statement], Callable[[_Telling, Any], str]] = {
    m.Run: _Telling.run,
    m.Over: _Telling.over,
    m.At: _Telling.at,
    m.RepeatTimes: _Telling.times,
    m.RepeatEvery: _Telling.every,
    m.Pick: _Telling.pick,
    m.For: _Telling.loop,
    m.When: _Telling.when,
    m.Together: _Telling.together,
    m.Wait: _Telling.wait,
    m.WaitUntil: _Telling.until,
    m.Trouble: _Telling.trouble,
    m.FaultUse: _Telling.fault,
    m.Bind: _Telling.bind,
    m.Invoke: _Telling.invoke,
    m.Explore: _Telling.explore,
    m.Heal: _Telling.heal,
    m.Mark: _Telling.mark,
    m.Always: _Telling.held,
    m.Never: _Telling.held,
    m.Eventually: _Telling.eventually,
    m.Expect: lambda telling, part: f"expect that {telling.expected(part)}",
    m.Stays: _Telling.stays,
}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
