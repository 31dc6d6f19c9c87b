"""The backends that other packages bring: known by their names, and nothing is imported."""

from __future__ import annotations

from planc.vocabulary.backends import BACKENDS

GROUP = "planc.backends"
"""The entry points by which the runtime finds them."""


def brought_backends() -> tuple[str, ...]:
    """Return their names, in order, as the installed packages' metadata has them."""
    # Costs as much as reading a plan: only for names that are not ours.
    from importlib.metadata import entry_points

    return tuple(sorted({point.name for point in entry_points(group=GROUP)} - set(BACKENDS)))
