"""Where a statement stands decides what it may be: a step, a point of a timeline, an action."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from planc.syntax import nodes as n

Kind = Literal["scenario", "timeline", "action"]


@dataclass(frozen=True, slots=True)
class Place:
    kind: Kind
    timed: bool = False
    """Whether an end is in sight, so that `repeat every` has one."""
    length: float | None = None
    """Of a timeline, in seconds, where it is known."""
    block: str = ""
    """The word of the block, for messages: run, over, at, together, the fault `x`."""

    @property
    def ends(self) -> bool:
        """Whether the block around has an end."""
        return self.timed or self.kind == "timeline"

    def action(self, block: str) -> Place:
        """Return the place inside a block of actions."""
        return Place("action", timed=self.ends, block=block)

    def same(self) -> Place:
        """Return the place inside `for`, `when` or `repeat`, which change nothing."""
        return replace(self, kind="action") if self.kind == "timeline" else self


SCENARIO = Place("scenario", block="scenario")

_NEVER_INSIDE: tuple[tuple[type[n.Node], str], ...] = (
    (n.Run, "run"),
    (n.Over, "over"),
    (n.Explore, "explore"),
    (n.Let, "let"),
)


def misplaced(node: n.Node, place: Place) -> tuple[str, str, str] | None:
    """Say why a statement cannot stand here: the diagnostic's name, its message, its help."""
    if place.kind == "scenario":
        if isinstance(node, n.At):
            return "at-outside-run", "`at` counts from the start of a run", _AT_HELP
        return _endless(node, place)
    if place.kind == "timeline" and isinstance(node, n.Wait | n.WaitUntil):
        message = f"everything in `{place.block}` begins with it: there is nothing to wait for"
        return "misplaced-step", message, "say when a thing happens: at 5s ..."
    for kind, word in _NEVER_INSIDE:
        if isinstance(node, kind):
            help = _HELP.get(word, f"put it before or after the {place.block} block")
            return "misplaced-step", f"`{word}` cannot stand inside `{place.block}`", help
    if place.kind == "action" and isinstance(node, n.At):
        return "at-outside-run", "`at` cannot stand inside another block of actions", _AT_HELP
    if place.kind == "action" and isinstance(node, n.Always | n.Never):
        word = "always" if isinstance(node, n.Always) else "never"
        message = f"`{word}` cannot stand inside `{place.block}`"
        return "always-outside-run", message, "it holds for a whole run or scenario: put it there"
    return _endless(node, place)


def _endless(node: n.Node, place: Place) -> tuple[str, str, str] | None:
    return ENDLESS if isinstance(node, n.RepeatEvery) and not place.ends else None


ENDLESS = (
    "endless-repeat",
    "`repeat every` would never end here",
    "put it inside `run ... for D` or `over D`",
)
_AT_HELP = "put it directly inside `run ... { }` or `over D { }`; `wait D` waits between steps"
_HELP = {"let": "name the value before the block"}
