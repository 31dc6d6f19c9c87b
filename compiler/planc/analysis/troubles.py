"""Resolve faults: those of the language, and the declared ones made of them."""

from __future__ import annotations

from planc import model as m
from planc.analysis import numbers
from planc.analysis.expressions import Expressions
from planc.analysis.parameters import parameter_types
from planc.analysis.places import Place
from planc.analysis.scope import Scope
from planc.analysis.types import fits
from planc.analysis.usage import needed
from planc.syntax import nodes as n
from planc.vocabulary import FAULTS, FaultWord


class Troubles:
    def __init__(self, of: Expressions) -> None:
        self.of = of
        self.problems = of.problems

    def trouble(self, node: n.Fault, scope: Scope) -> m.Trouble:
        """Resolve a fault of the list."""
        word = FAULTS[node.kind]
        targets = tuple(self.of.functions.nodes(target, scope) for target in node.targets)
        self.check_sides(node, targets)
        self.check_hooks(node, word, targets)
        pattern = node.pattern
        return m.Trouble(
            span=node.span,
            name=node.kind,
            targets=targets,
            links=self.links(node.links, scope) if node.links else None,
            amount=self.amount(node, word, scope),
            pattern=self.of.text(pattern, scope, "the files") if pattern else None,
            duration=self.duration(node, word, scope),
            every=self.every(node, targets, scope),
            ability=None if word.ability == "hooks" else word.ability,
        )

    def links(self, node: n.Links, scope: Scope) -> m.Links:
        a = self.of.functions.nodes(node.a, scope)
        b = self.of.functions.nodes(node.b, scope) if node.b else None
        return m.Links(span=node.span, form=node.form, a=a, b=b)

    # --- how much, how long ---------------------------------------------------------------------

    def amount(self, node: n.Fault, word: FaultWord, scope: Scope) -> m.Expression | None:
        if node.amount is None or word.amount is None:
            return None
        what = f"the amount of `{word.form}`"
        if isinstance(node.amount, n.Spread) and not word.spread:
            message = f"`{word.form}` takes no `+/-`"
            self.problems.report("needless-spread", node.amount.span, message)
        if word.negative:
            least = -1.0 if word.amount == "percent" else None
            return self.of.amount(node.amount, scope, word.amount, what, least=least)
        found = self.of.amount(node.amount, scope, word.amount, what, positive=True)
        if numbers.number_of(found) == 0 and word.amount == "percent":
            self.problems.report("fault-of-nothing", node.amount.span, f"{what} is nothing at all")
        return found

    def duration(self, node: n.Fault, word: FaultWord, scope: Scope) -> m.Expression | None:
        if node.duration is None:
            return None
        if not word.lasts:
            self.problems.report(
                "cannot-last",
                node.duration.span,
                f"`{word.form}` is done at once: there is nothing that could last",
                help="leave out `for`",
            )
        return self.of.amount(node.duration, scope, "duration", "how long it lasts", positive=True)

    def every(
        self, node: n.Fault, targets: tuple[m.Expression, ...], scope: Scope
    ) -> m.Expression | None:
        if node.every is None:
            return None
        first = targets[0] if targets else None
        if not (isinstance(first, m.Apply) and first.function == "each"):
            self.problems.report(
                "every-without-each",
                node.every.span,
                "`every` says how far apart the nodes follow each other",
                help=f"write `{node.kind} each of CLUSTER every 2s`",
            )
        return self.of.amount(node.every, scope, "duration", "`every`", positive=True)

    # --- which nodes ----------------------------------------------------------------------------

    def check_sides(self, node: n.Fault, targets: tuple[m.Expression, ...]) -> None:
        """A node is on one side of a partition, and `others` need somebody to be other than."""
        others = [target for target in targets if _is_others(target)]
        if others and (len(others) > 1 or len(targets) == 1):
            self.problems.report(
                "others-alone",
                others[-1].span,
                "`others` are the nodes that no other side of the statement names: one side only",
            )
        if not node.kind.startswith("partition"):
            return
        if len(targets) == 1 and not others:
            self.problems.report(
                "one-sided-partition",
                node.span,
                "a partition of one side cuts nothing",
                help="write `partition A | others`, or `partition A | B`; "
                "`isolate A` cuts nodes off from clients, too",
            )
        seen: dict[tuple[str, str], m.NodeReference] = {}
        for target in targets:
            for reference in _named(target):
                place = (reference.cluster.key, reference.name)
                if place in seen:
                    self.problems.report(
                        "node-on-two-sides",
                        reference.span,
                        f"`{reference.name}` is on two sides of the partition",
                        first=seen[place].span,
                    )
                seen.setdefault(place, reference)

    def check_hooks(
        self, node: n.Fault, word: FaultWord, targets: tuple[m.Expression, ...]
    ) -> None:
        """A byzantine fault is the service's own doing: it must offer it."""
        if word.ability != "hooks":
            return
        for target in targets:
            services = self.of.names.services(target)
            offered = {hook.name for service in services for hook in service.hooks}
            if services and word.kind not in offered:
                self.problems.report(
                    "no-such-hook",
                    target.span,
                    f"the service `{services[0].name}` has no hook `{word.kind}`: "
                    f"it cannot do `{word.form}`",
                    help=f"declare in the service what it does: hook {word.kind} ...",
                )

    # --- declared faults ------------------------------------------------------------------------

    def use(self, node: n.FaultCall, scope: Scope, place: Place) -> m.FaultUse | None:
        """Resolve the use of a declared fault."""
        arguments = tuple(self.of.analyse(each, scope) for each in node.arguments)
        symbol = self.of.names.symbol(node.name, scope, "fault")
        if symbol is None:
            return None
        if symbol.kind != "fault":
            self.problems.report(
                "wrong-kind", node.name.span, f"`{symbol.name}` is a {symbol.kind}, not a fault"
            )
            return None
        model = symbol.model
        if not isinstance(model, m.Fault):
            return None
        self.check_arity(node, model)
        self.check_arguments(node, arguments, model)
        made = m.FaultUse(
            span=node.span,
            key=symbol.key,
            name=symbol.name,
            parameters=model.parameters,
            arguments=arguments,
        )
        if node.duration is not None:
            self.problems.report(
                "declared-fault-for",
                node.duration.span,
                f"`{symbol.name}` says itself how long it lasts",
                help=self.without_for(made, place),
            )
        return made

    def without_for(self, use: m.FaultUse, place: Place) -> str:
        """Say what to do instead of a `for` behind a declared fault."""
        if not self.repeats(use):
            return "leave `for` out here; put it behind the statements in the fault"
        if place.ends:
            return "leave `for` out: it goes on until the run or the `over` around it ends"
        return "leave `for` out, and put it inside `over D { }`: it goes on until that ends"

    def repeats(self, use: m.FaultUse) -> bool:
        """Say whether a declared fault goes on until the block around it ends."""
        declared = [self.of.names.model(use.key), *needed([use.key], self.of.names.registry)]
        items = (item for each in declared for item in m.walk(each))
        return any(isinstance(item, m.RepeatEvery) for item in items)

    def check_arity(self, node: n.FaultCall, model: m.Fault) -> None:
        wanted, given = len(model.parameters), len(node.arguments)
        if wanted != given:
            listed = ", ".join(model.parameters)
            self.problems.report(
                "wrong-arity",
                node.span,
                f"`{model.name}` takes {wanted} argument{'s' * (wanted != 1)}, not {given}",
                help=f"write {model.name}({listed})",
            )

    def check_arguments(
        self, node: n.FaultCall, arguments: tuple[m.Expression, ...], model: m.Fault
    ) -> None:
        """What a fault is given must be what its statements make of it."""
        wanted = parameter_types(model)
        for name, written, given in zip(model.parameters, node.arguments, arguments, strict=False):
            want = wanted.get(name, "any")
            if not fits(given.type, want):
                what = f"the parameter `{name}` of `{model.name}`"
                self.of.mismatch(written, given.type, want, what)


def _is_others(target: m.Expression) -> bool:
    return isinstance(target, m.Apply) and target.function == "others"


def _named(target: m.Expression) -> list[m.NodeReference]:
    match target:
        case m.NodeReference():
            return [target]
        case m.Apply(function="group", arguments=arguments):
            return [each for each in arguments if isinstance(each, m.NodeReference)]
    return []
