"""Statements, from the grammar's rules to nodes."""

from __future__ import annotations

from planc.source.span import Span
from planc.syntax import nodes as n
from planc.syntax.build_base import Children
from planc.syntax.build_expectations import Expectations


class Statements(Expectations):
    def broken(self, span: Span, children: Children) -> n.Broken:
        return n.Broken(span)

    def block(self, span: Span, children: Children) -> tuple[n.Statement, ...]:
        return tuple(children)

    def let(self, span: Span, children: Children) -> n.Let:
        return n.Let(span, children[0], children[1])

    def run(self, span: Span, children: Children) -> n.Run:
        *workloads, duration, rate, body = children
        return n.Run(span, tuple(workloads), duration, rate, body or ())

    def over(self, span: Span, children: Children) -> n.Over:
        return n.Over(span, children[0], children[1])

    def at(self, span: Span, children: Children) -> n.At:
        when, body = children
        braces = isinstance(body, tuple)
        return n.At(span, when, body if braces else (body,), braces)

    def repeat_times(self, span: Span, children: Children) -> n.RepeatTimes:
        return n.RepeatTimes(span, children[0], children[1])

    def repeat_every(self, span: Span, children: Children) -> n.RepeatEvery:
        return n.RepeatEvery(span, children[0], children[1])

    def pick_one(self, span: Span, children: Children) -> n.Pick:
        return n.Pick(span, None, self._choices(children))

    def pick_some(self, span: Span, children: Children) -> n.Pick:
        return n.Pick(span, children[0], self._choices(children[1:]))

    def _choices(self, children: Children) -> tuple[n.Weighted, ...]:
        return tuple(choice for choice in children if isinstance(choice, n.Weighted))

    def weighted(self, span: Span, children: Children) -> n.Weighted:
        weight, body = children
        if body is None:
            return n.Weighted(span, weight, ())
        braces = isinstance(body, tuple)
        return n.Weighted(span, weight, body if braces else (body,), braces)

    def for_loop(self, span: Span, children: Children) -> n.For:
        return n.For(span, *children)

    def when(self, span: Span, children: Children) -> n.When:
        return n.When(span, *children)

    def wait(self, span: Span, children: Children) -> n.Wait:
        return n.Wait(span, children[0])

    def wait_until(self, span: Span, children: Children) -> n.WaitUntil:
        return n.WaitUntil(span, children[0], children[1])

    def mark(self, span: Span, children: Children) -> n.Mark:
        return n.Mark(span, children[0])

    def together(self, span: Span, children: Children) -> n.Together:
        return n.Together(span, children[0])

    def eventually(self, span: Span, children: Children) -> n.Eventually:
        return n.Eventually(span, children[0], children[1])

    def always(self, span: Span, children: Children) -> n.Always:
        return n.Always(span, children[0])

    def never(self, span: Span, children: Children) -> n.Never:
        return n.Never(span, children[0])

    def stays(self, span: Span, children: Children) -> n.Stays:
        return n.Stays(span, children[0], children[1])

    def explore(self, span: Span, children: Children) -> n.Explore:
        return n.Explore(span, children[0], children[1])

    def heal(self, span: Span, children: Children) -> n.Heal:
        return n.Heal(span, children[0] if children else None)
