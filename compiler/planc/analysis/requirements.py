"""What a place in a plan needs of the expression that stands there: a type, a range, a constant."""

from __future__ import annotations

from abc import ABC, abstractmethod

from planc import model as m
from planc.analysis import numbers
from planc.analysis.problems import Problems
from planc.analysis.scope import Scope
from planc.analysis.types import EXAMPLES, fits, named, replace, with_unit
from planc.source.span import Span
from planc.syntax import nodes as n


class Requirements(ABC):
    """Analyse an expression and hold it against what its place needs.

    What is wrong is reported once, where it stands; in its place comes a value of type `any`,
    which fits everywhere and therefore causes no second report.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    @abstractmethod
    def analyse(self, node: n.Expr, scope: Scope) -> m.Expression:
        """Resolve and type any expression."""

    def anything(self, span: Span) -> m.Constant:
        """Stand for an expression that is wrong."""
        return m.Constant(span=span, type="any", value=None)

    def typed(
        self, node: n.Expr, scope: Scope, want: str, what: str, *, small: bool = False
    ) -> m.Expression:
        """Analyse an expression that must be of type `want`; `what` names the place in a message.

        `small` says that a bare number is probably in milliseconds.
        """
        found = self.analyse(node, scope)
        if not fits(found.type, want):
            self.mismatch(node, found.type, want, what, small=small)
            return self.anything(node.span)
        return found

    def like(self, node: n.Expr, scope: Scope, model: m.Expression, what: str) -> m.Expression:
        """Analyse what takes the place of `model`, and is therefore of its type."""
        want = "any" if model.type == "none" else model.type
        return self.typed(node, scope, want, what)

    def mismatch(
        self, node: n.Expr, got: str, want: str, what: str, *, small: bool = False
    ) -> None:
        proposed = with_unit(node, want, small=small)
        if proposed:
            help = f"did you mean `{proposed}`?"
            name = "missing-unit"
        else:
            help = f"for instance `{EXAMPLES[want]}`" if want in EXAMPLES else ""
            name = "wrong-type"
        fix = replace(node.span, proposed)
        message = f"{what} is {named(want)}, this is {named(got)}"
        self.problems.report(name, node.span, message, help=help, fix=fix)

    def constant(self, node: n.Expr, scope: Scope, want: str, what: str) -> m.Scalar:
        """Analyse what must be known at compile time; None when it is wrong."""
        found = self.typed(node, scope, want, what)
        if numbers.known(found):
            return numbers.value_of(found)
        self.problems.report(
            "not-constant",
            node.span,
            f"{what} must be known when the plan is compiled",
            label="this is known only when the test runs",
        )
        return None

    def number(
        self,
        node: n.Expr,
        scope: Scope,
        want: str,
        what: str,
        *,
        least: float | None = None,
        positive: bool = False,
        most: float | None = None,
    ) -> float | None:
        """Analyse a number known at compile time and inside its range."""
        value = self.constant(node, scope, want, what)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        self.in_range(value, node.span, want, what, least=least, positive=positive, most=most)
        return value

    def amount(
        self,
        node: n.Expr,
        scope: Scope,
        want: str,
        what: str,
        *,
        least: float | None = None,
        positive: bool = False,
        most: float | None = None,
    ) -> m.Expression:
        """Analyse a number of any time; its range is checked where its value is known."""
        found = self.typed(node, scope, want, what)
        for end in _ends(found):
            value = numbers.number_of(end)
            if value is not None:
                self.in_range(
                    value, node.span, want, what, least=least, positive=positive, most=most
                )
        return found

    def in_range(
        self,
        value: float,
        span: Span,
        want: str,
        what: str,
        *,
        least: float | None,
        positive: bool,
        most: float | None,
    ) -> None:
        if want == "percent":
            least, most = (0 if least is None else least), (1 if most is None else most)
            if not least <= value <= most:
                limits = f"{least:.0%} and {most:.0%}"
                self.problems.report(
                    "percent-out-of-range", span, f"{what} must be between {limits}"
                )
        elif positive and value <= 0:
            self.problems.report("not-positive", span, f"{what} must be more than zero")
        elif least is not None and value < least:
            self.problems.report("out-of-range", span, f"{what} must be at least {least:g}")
        elif most is not None and value > most:
            self.problems.report("out-of-range", span, f"{what} must be at most {most:g}")

    def text(self, node: n.Expr, scope: Scope, what: str) -> m.Expression:
        return self.typed(node, scope, "text", what)

    def plain(self, node: n.Expr, what: str) -> str:
        """Read a text that no name may be interpolated into."""
        if isinstance(node, n.Text):
            if all(isinstance(part, str) for part in node.parts):
                return "".join(part for part in node.parts if isinstance(part, str))
            self.problems.report(
                "interpolation-not-allowed",
                node.span,
                f"{what} is taken as it stands: nothing can be interpolated into it",
                help="write `{{` and `}}` for braces",
            )
            return ""
        self.problems.report("wrong-type", node.span, f"{what} is a text in quotes")
        return ""


def _ends(expression: m.Expression) -> tuple[m.Expression, ...]:
    """Return the values between which an amount lies."""
    match expression:
        case m.Interval(low=low, high=high):
            return (low, high)
        case m.Spread(center=center):
            return (center,)
    return (expression,)
