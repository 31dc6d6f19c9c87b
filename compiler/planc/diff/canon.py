"""The one form of everything that means the same: what two sides are compared by.

Places, spellings and names are gone, what has no order is sorted, values with a name are put in.
The result is made of tuples, equal exactly when the meaning is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planc import model as m
from planc.diff.sides import Side
from planc.model.base import Part

Form = Any
Env = Mapping[str, Form]
"""Local names -> what stands for them on both sides."""

_IGNORED = {"span", "written", "key", "folder", "ability", "node_names", "node_services", "counted"}
_UNORDERED = {
    "env",
    "files",
    "ports",
    "params",
    "settings",
    "mix",
    "headers",
    "fields",
    "needs",
    "roles",
    "plants",
    "hooks",
    "operations",
    "fail_on",
    "unknown_on",
    "transitions",
    "sources",
    "choices",
    "workloads",
}
_BLOCKS = ("body", "otherwise")
_MIRRORED = {">": "<", ">=": "<="}
_SYMMETRIC = {"==", "!=", "and", "or"}
FLOATING = (m.At, m.Always, m.Never, m.Expect, m.Mark)
"""Statements whose order among themselves means nothing."""


class Canon:
    """Bring parts of one side into their form.

    `opaque` leaves the names of `let`s in place, `expanded` puts the statements of a declared fault
    where it is used.
    """

    def __init__(self, side: Side, *, opaque: bool = False, expanded: bool = False) -> None:
        self.side = side
        self.opaque = opaque
        self.expanded = expanded

    def of(self, part: Any, env: Env) -> Form:
        if isinstance(part, Part):
            special = _SPECIAL.get(type(part))
            return special(self, part, env) if special else self.plain(part, env)
        if type(part) is tuple:
            return tuple(self.of(each, env) for each in part)
        return number(part)

    def plain(self, part: Part, env: Env, *without: str) -> Form:
        """Take a part field by field."""
        skipped = _IGNORED.union(without)
        if isinstance(part, m.Let | m.Declaration):
            skipped.add("name")
        rows = []
        for name, value in part.__dict__.items():
            if name in skipped:
                continue
            block = name in _BLOCKS and type(value) is tuple
            form = self.block(value, env) if block else self.of(value, env)
            rows.append(
                (name, ordered(form) if name in _UNORDERED and type(value) is tuple else form)
            )
        return (type(part).__name__, *rows)

    # --- expressions ----------------------------------------------------------------------------

    def constant(self, part: m.Constant, env: Env) -> Form:
        return ("=", part.type, number(part.value))

    def reference(self, part: m.Reference, env: Env) -> Form:
        if part.means == "let" and not self.opaque:
            if part.known:
                return ("=", part.type, number(part.value))
            let = self.side.let(part.key)
            return self.of(let.value, {}) if let else ("let", part.key)
        if part.key:
            return ("ref", self.side.identity(part.key))
        return env.get(part.name, ("name", part.name))

    def node(self, part: m.NodeReference, env: Env) -> Form:
        name = self.side.nodes.get((part.cluster.key, part.name), part.name)
        return ("node", self.of(part.cluster, env), name)

    def operator(self, part: m.Operator, env: Env) -> Form:
        operands = [self.of(each, env) for each in part.operands]
        op = part.op
        if op in _MIRRORED:
            op, operands = _MIRRORED[op], operands[::-1]
        if op in ("and", "or"):
            operands = [inner for each in operands for inner in flat(op, each)]
        if op == "in" and isinstance(part.operands[1], m.ListOf):
            operands[1] = _unordered_items(operands[1])
        return (op, *(ordered(tuple(operands)) if op in _SYMMETRIC else operands))

    def apply(self, part: m.Apply, env: Env) -> Form:
        arguments = self.of(part.arguments, env)
        if part.function == "all_of":
            return arguments[0]
        sides = ordered(arguments) if part.function == "group" else arguments
        return ("apply", part.function, part.by, sides)

    def template(self, part: m.Template, env: Env) -> Form:
        found: list[Form] = []
        for each in part.parts:
            form = each if isinstance(each, str) else self.of(each, env)
            if isinstance(form, tuple) and form[:2] == ("=", "text"):
                form = form[2]
            if isinstance(form, str) and found and isinstance(found[-1], str):
                found[-1] += form
            else:
                found.append(form)
        if len(found) == 1 and isinstance(found[0], str):
            return ("=", "text", found[0])
        return ("template", *found)

    # --- statements -----------------------------------------------------------------------------

    def block(self, body: tuple[m.Statement, ...], env: Env) -> Form:
        """Take a block as a whole: its names by their order, its floating statements sorted."""
        inner = dict(env)
        forms: list[tuple[bool, Form]] = []
        for each in body:
            if self.expanded and isinstance(each, m.FaultUse):
                forms += [(False, form) for form in self.inside(each, inner)]
            elif isinstance(each, m.Bind):
                form = self.of(each, inner)
                constant = self.inlined(each)
                inner[each.name] = constant or ("local", depth(inner))
                if constant is None:
                    forms.append((False, form))
            else:
                forms.append((isinstance(each, FLOATING), self.of(each, inner)))
        return tuple(settled(forms))

    def bind(self, part: m.Bind, env: Env) -> Form:
        return self.plain(part, env, "name")

    def inlined(self, bind: m.Bind) -> Form | None:
        """Return the value of a local name that is nothing but a value."""
        match bind.value:
            case m.Constant() | m.Reference(known=True):
                return self.of(bind.value, {})
        return None

    def inside(self, use: m.FaultUse, env: Env) -> tuple[Form, ...]:
        """Return the statements that the use of a declared fault comes to."""
        fault = self.side.declarations.get(use.key)
        if not isinstance(fault, m.Fault):
            return (self.of(use, env),)
        given = zip(fault.parameters, self.of(use.arguments, env), strict=False)
        block: tuple[Form, ...] = self.block(fault.body, dict(given))
        return block

    def always(self, part: m.Always, env: Env) -> Form:
        """Take `always not X` as `never X`."""
        match part.condition:
            case m.Operator(op="not", operands=(inner,)):
                return self.plain(m.Never(span=part.span, condition=inner), env)
        return self.plain(part, env)

    def loop(self, part: m.For, env: Env) -> Form:
        inner = {**env, part.name: ("local", depth(env))}
        return ("For", self.of(part.values, env), self.block(part.body, inner))

    def together(self, part: m.Together, env: Env) -> Form:
        return ("Together", ordered(self.block(part.body, env)))

    def trouble(self, part: m.Trouble, env: Env) -> Form:
        form = self.plain(part, env, "targets")
        targets = self.of(part.targets, env)
        return (*form, ordered(targets) if part.name == "partition" else targets)

    def links(self, part: m.Links, env: Env) -> Form:
        ends = (self.of(part.a, env), self.of(part.b, env))
        return ("Links", part.form, ordered(ends) if part.form == "between" else ends)

    def fault_use(self, part: m.FaultUse, env: Env) -> Form:
        return ("use", self.side.identity(part.key), self.of(part.arguments, env))

    def fault(self, part: m.Fault, env: Env) -> Form:
        names = {each: ("parameter", i) for i, each in enumerate(part.parameters)}
        return ("Fault", len(part.parameters), self.block(part.body, names))

    def cluster(self, part: m.Cluster, env: Env) -> Form:
        form = self.plain(part, env, "members")
        members = tuple(
            (*self.plain(each, env, "label"), ("label", self.label(part.key, each.label)))
            for each in part.members
        )
        labelled = all(each.label for each in part.members)
        return (*form, ordered(members) if labelled else members)

    def label(self, cluster: str, label: str | None) -> str | None:
        """Return what nodes are called on both sides: `b` for `b1`, `b2`, ..."""
        for suffix in ("", "1") if label else ():
            former = self.side.nodes.get((cluster, f"{label}{suffix}"))
            if former and former.endswith(suffix):
                return former.removesuffix(suffix)
        return label

    def service(self, part: m.Service, env: Env) -> Form:
        form = self.plain(part, env, "plants")
        plants = (
            (*self.plain(each, env, "name"), ("name", self.side.plant(part.key, each.name)))
            for each in part.plants
        )
        return (*form, ordered(tuple(plants)))

    def machine(self, part: m.Machine, env: Env) -> Form:
        form = self.plain(part, env, "transitions")
        return (*form, ordered(self.of(one_by_one(part), env)))


def one_by_one(machine: m.Machine) -> tuple[m.Transition, ...]:
    """Return the transitions of a machine with a single source each."""
    return tuple(
        each.changed(sources=(source,)) for each in machine.transitions for source in each.sources
    )


_SPECIAL: dict[type[Part], Callable[[Canon, Any, Env], Form]] = {
    m.Constant: Canon.constant,
    m.Reference: Canon.reference,
    m.NodeReference: Canon.node,
    m.Operator: Canon.operator,
    m.Apply: Canon.apply,
    m.Template: Canon.template,
    m.Bind: Canon.bind,
    m.Always: Canon.always,
    m.Machine: Canon.machine,
    m.Service: Canon.service,
    m.For: Canon.loop,
    m.Together: Canon.together,
    m.Trouble: Canon.trouble,
    m.Links: Canon.links,
    m.FaultUse: Canon.fault_use,
    m.Fault: Canon.fault,
    m.Cluster: Canon.cluster,
}


def _unordered_items(form: Form) -> Form:
    """Sort what a value is looked for in: `[a, b]` of `x in [a, b]`."""
    head, *rows = form
    return (head, *((name, ordered(row) if name == "items" else row) for name, row in rows))


def depth(env: Env) -> int:
    """Count the local names that are more than a name for a value."""
    return sum(form[0] != "=" for form in env.values())


def number(value: Any) -> Any:
    """Return one form of a number, so that 5 and 5.0 are sorted alike."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def ordered(forms: tuple[Form, ...]) -> tuple[Form, ...]:
    return tuple(sorted(forms, key=repr))


def flat(op: str, form: Form) -> tuple[Form, ...]:
    return tuple(form[1:]) if isinstance(form, tuple) and form and form[0] == op else (form,)


def settled(forms: list[tuple[bool, Form]]) -> list[Form]:
    """Sort each stretch of floating statements."""
    found: list[Form] = []
    stretch: list[Form] = []
    for floats, form in [*forms, (False, None)]:
        if floats:
            stretch.append(form)
            continue
        found += sorted(stretch, key=repr)
        stretch = []
        found.append(form)
    return found[:-1]


def leaves(form: Form) -> list[str]:
    """Return the plain values in a form, for telling how alike two are."""
    found: list[str] = []
    waiting = [form]
    while waiting:
        current = waiting.pop()
        if type(current) is tuple:
            waiting.extend(current)
        else:
            found.append(repr(current))
    return found


def likeness(old: Form, new: Form) -> float:
    """Return how much two forms have in common, from 0 to 1."""
    from collections import Counter

    a, b = Counter(leaves(old)), Counter(leaves(new))
    return 2 * (a & b).total() / max(1, a.total() + b.total())
