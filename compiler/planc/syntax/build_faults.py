"""The faults of the list, from the grammar's rules to nodes."""

from __future__ import annotations

from collections.abc import Callable

from planc.source.span import Span
from planc.syntax import nodes as n
from planc.syntax.build_base import Children
from planc.syntax.build_calls import Calls
from planc.vocabulary.faults import FAULTS


class Faults(Calls):
    def fault(self, span: Span, children: Children) -> n.Fault:
        fault, *options = children
        values = self.options(options)
        duration, every = values.get("duration"), values.get("every", fault.every)
        return n.Fault(
            span,
            fault.kind,
            fault.targets,
            fault.links,
            fault.amount,
            fault.pattern,
            duration,
            every,
        )

    def fault_call(self, span: Span, children: Children) -> n.FaultCall:
        return n.FaultCall(span, children[0], children[1] or (), children[2])

    def links_of(self, span: Span, children: Children) -> n.Links:
        return n.Links(span, "of", children[0])

    def links_to(self, span: Span, children: Children) -> n.Links:
        return n.Links(span, "to", children[0], children[1])

    def links_between(self, span: Span, children: Children) -> n.Links:
        return n.Links(span, "between", children[0], children[1])


_FORMS_OF_FAULTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("slow", "limit", "flap"), ("links", "amount")),
    **dict.fromkeys(("drop", "duplicate", "reorder", "corrupt"), ("amount", "links")),
    **dict.fromkeys(("skew", "jump", "drift"), ("target", "amount")),
    **dict.fromkeys(("slow_disk", "limit_memory", "throttle_cpu"), ("target", "amount")),
    "flip_bits": ("amount", "pattern", "target"),
}
"""What the children of a fault's rule are; all others name targets only."""


def _fault(kind: str) -> Callable[..., n.Fault]:
    form = _FORMS_OF_FAULTS.get(kind)

    def build(self: Faults, span: Span, children: Children) -> n.Fault:
        if form is None:
            return n.Fault(span, kind, tuple(each for each in children if each is not None))
        parts = dict(zip(form, children, strict=True))
        target = parts.pop("target", None)
        return n.Fault(span, kind, (target,) if target is not None else (), **parts)

    return build


for _kind in FAULTS:
    setattr(Faults, _kind, _fault(_kind))
