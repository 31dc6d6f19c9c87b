"""Statements as actions: in timelines, faults and choices a statement is a value that waits."""

from __future__ import annotations

from collections.abc import Iterable

from planc import model as m
from planc.emit.calls import in_action, python
from planc.emit.code import (
    Argument,
    Call,
    Code,
    Constant,
    Lambda,
    List,
    Operation,
    call,
    keyword,
    planc,
    positional,
)
from planc.emit.expressions import Expressions, is_expression
from planc.emit.names import Names, identifier
from planc.emit.places import Places


class Actions:
    """Lower actions; a nested one gets a comment where its plan line differs from its parent's."""

    def __init__(self, of: Expressions, places: Places) -> None:
        self.of = of
        self.places = places

    def arguments(self, body: Iterable[m.Statement], line: m.Item) -> list[Argument]:
        """Lower the statements of a block that belongs to `line`."""
        return [self.argument(each, line) for each in body]

    def argument(self, node: m.Statement, parent: m.Item) -> Argument:
        same = node.span.line == parent.span.line and node.span.path == parent.span.path
        return Argument(self.lower(node), comment=None if same else self.places.comment(node))

    def lower(self, node: m.Statement) -> Code:
        """Lower one action."""
        match node:
            case m.Trouble():
                return planc(node.name, *self.trouble(node))
            case m.FaultUse(key=key, name=name):
                return call(self.of.module.give(key, identifier(name)), *self.given(node))
            case m.Heal(target=target):
                return planc("heal", *([self.of.lower(target)] if target else []))
            case m.Invoke(call=made):
                return in_action(self.of, made)
            case m.Expect(expectation=expectation):
                return planc("do_expect", *expectation_arguments(self.of, expectation))
            case m.Together(body=body):
                return planc("together", *self.arguments(body, node))
            case m.RepeatTimes(times=times, body=body):
                return planc("repeat", self.of.number(times), *self.arguments(body, node))
            case m.RepeatEvery(every=every, body=body):
                return planc("repeat_every", self.of.number(every), *self.arguments(body, node))
            case m.Pick():
                return self.pick(node)
            case m.For():
                return self.loop(node)
            case m.When(condition=condition, body=body, otherwise=otherwise):
                lists = [List(tuple(self.arguments(body, node)))]
                lists += [List(tuple(self.arguments(otherwise, node)))] if otherwise else []
                return planc("when", self.of.lower(condition), *lists)
        return self.step(node)

    def step(self, node: m.Statement) -> Code:
        """Lower what is a step of a scenario elsewhere."""
        of = self.of
        match node:
            case m.Wait(duration=duration):
                return planc("do_wait", of.number(duration))
            case m.WaitUntil(condition=condition, within=within):
                limit = keyword("within", of.number(within))
                return planc("do_wait_until", of.lower(condition), limit)
            case m.Mark(name=name):
                return planc("do_mark", of.lower(name))
            case m.Eventually(condition=condition, within=within):
                limit = keyword("within", of.number(within))
                return planc("do_eventually", of.lower(condition), limit)
            case m.Stays(condition=condition, duration=duration):
                limit = keyword("seconds", of.number(duration))
                return planc("do_stays", of.lower(condition), limit)
        raise TypeError(f"{node.kind} is no action")

    def given(self, use: m.FaultUse) -> list[Code]:
        """Lower the arguments of a declared fault, where a bare value becomes a named one."""
        return [
            self.of.lower(value)
            if is_expression(value)
            else planc("let", Constant(name), self.of.lower(value))
            for name, value in zip(use.parameters, use.arguments, strict=True)
        ]

    # --- composites -----------------------------------------------------------------------------

    def pick(self, node: m.Pick) -> Code:
        count = self.of.number(node.count) if node.count else Constant(1)
        choices = [
            Argument(
                planc(
                    "weight", self.of.number(choice.weight), *self.arguments(choice.body, choice)
                ),
                comment=self.places.comment(choice),
            )
            for choice in node.choices
        ]
        return planc("pick", count, *choices)

    def loop(self, node: m.For) -> Code:
        local = self.of.local.block() if self.of.local else Names()
        name = local.bind(node.name, identifier(node.name))
        inner = Actions(Expressions(self.of.module, local), self.places)
        done = inner.arguments(node.body, node)
        alone = len(done) == 1 and done[0].comment is None
        body = done[0].value if alone else planc("sequence", *done)
        return planc(
            "for_each", Constant(node.name), self.of.lower(node.values), Lambda(name, body)
        )

    # --- troubles -------------------------------------------------------------------------------

    def trouble(self, node: m.Trouble) -> list[Argument]:
        found: list[Argument] = []
        if node.name == "flip_bits":
            found += [Argument(self.of.maybe(node.pattern))]
        if node.links is not None:
            found += [Argument(self.links(node.links))]
        found += [Argument(self.of.lower(target)) for target in node.targets]
        if node.amount is not None:
            found += self.amount(node)
        if node.duration is not None:
            found.append(keyword("seconds", self.of.number(node.duration)))
        if node.every is not None:
            found.append(keyword("every", self.of.number(node.every)))
        return found

    def amount(self, node: m.Trouble) -> list[Argument]:
        match node.amount:
            case m.Spread(center=center, spread=spread):
                jitter = keyword("jitter", self.of.number(spread))
                return [Argument(self.of.number(center)), jitter]
            case None:
                return []
        amount = self.of.number(node.amount)
        return [keyword("count", amount) if node.name == "flip_bits" else Argument(amount)]

    def links(self, node: m.Links) -> Call:
        sides = [self.of.lower(node.a)] + ([self.of.lower(node.b)] if node.b else [])
        return planc(f"links_{node.form}", *sides)


def expectation_arguments(of: Expressions, node: m.Expectation) -> list[Argument]:
    """Give the expectation, and the window of a plain condition."""
    found = [Argument(expectation(of, node))]
    if isinstance(node, m.ExpectCondition) and node.window is not None:
        found.append(keyword("window", of.window(node.window)))
    return found


def expectation(of: Expressions, node: m.Expectation) -> Code:
    """Lower what is expected."""
    match node:
        case m.ExpectCondition(condition=condition):
            return of.lower(condition)
        case m.ExpectHistory():
            return history(of, node)
        case m.ExpectMeasure():
            return measured(of, node)
        case m.ExpectTransitions():
            return planc("every_illegal_transition_is_refused")
        case m.ExpectSchema(value=value, json_schema=schema):
            return planc("matches_schema", of.lower(value), of.lower(schema))
        case m.ExpectNoLogLine():
            return log(of, node)
        case m.ExpectPython(call=made):
            return python(of, made)


def history(of: Expressions, node: m.ExpectHistory) -> Code:
    if node.property == "no-lost-writes":
        some = "some" if node.negated else "no"
        return planc(f"{some}_acknowledged_write_is_lost")
    which = planc("history", *([of.lower(node.workload)] if node.workload else []))
    model = [keyword("model", Constant(node.model))] if node.model else []
    method = "is_not" if node.negated else "is_"
    return which.method(method, Argument(Constant(node.property)), *model)


def log(of: Expressions, node: m.ExpectNoLogLine) -> Code:
    found = [Argument(of.lower(node.pattern)), *of.options(of=node.target)]
    found += [keyword("ignoring_case", Constant(True))] if node.ignoring_case else []
    found += [keyword("window", of.window(node.window))] if node.window is not None else []
    excepted = positional(*map(of.window, node.excepted))
    found += [keyword("excepting", List(excepted))] if node.excepted else []
    return planc("no_log_line_matches", *found)


def measured(of: Expressions, node: m.ExpectMeasure) -> Code:
    measure = of.lower(node.measure)
    value = of.lower(node.value) if node.value is not None else Constant(None)
    amount = of.number(node.amount) if node.amount is not None else Constant(0.1)
    if node.form == "within":
        return planc("near", measure, value, amount)
    if node.form == "baseline":
        return planc("not_slower_than_baseline", measure, keyword("by", amount))
    return Operation(node.form, measure, value)
