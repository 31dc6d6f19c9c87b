"""The clocks of one simulated machine, as functions of the virtual time of the world.

Two clocks, as on a real machine: the monotonic one counts from the machine's boot and never goes
back; the wall clock can be wrong (`offset`) and can be set. A drift makes both run fast or slow,
timers included, since a machine sleeps by the same crystal.
"""

from __future__ import annotations

EPOCH = 1_767_225_600.0
"""The wall clock at the beginning of every world: 2026-01-01 00:00:00 UTC."""


class Clock:
    """Convert between virtual time and what one machine believes the time to be."""

    __slots__ = ("_anchor", "_base", "_gained", "drift", "offset")

    def __init__(self, boot: float = 0.0) -> None:
        self._anchor = 0.0
        self._base = boot
        self._gained = 0.0
        self.drift = 0.0
        self.offset = 0.0

    def monotonic(self, virtual: float) -> float:
        if self.drift:
            return self._base + (virtual - self._anchor) * (1.0 + self.drift)
        return self._base + (virtual - self._anchor)

    def wall(self, virtual: float) -> float:
        return EPOCH + virtual + self.offset + self.gained(virtual)

    def gained(self, virtual: float) -> float:
        """Seconds by which drift has moved the wall clock."""
        return self._gained + (virtual - self._anchor) * self.drift

    def span(self, seconds: float) -> float:
        """Virtual seconds that pass while this machine counts `seconds`."""
        return seconds / (1.0 + self.drift) if self.drift else seconds

    def virtual(self, monotonic: float) -> float:
        """The virtual instant at which the monotonic clock shows `monotonic`."""
        return self._anchor + self.span(monotonic - self._base)

    def set_drift(self, drift: float, virtual: float) -> None:
        """Change the rate from now on.

        With the drift gone the wall clock is right again (a time service has set it); the
        monotonic clock keeps what it gained, for it must never jump.
        """
        gained = self.gained(virtual)
        self._base = self.monotonic(virtual)
        self._anchor = virtual
        self._gained = gained if drift else 0.0
        self.drift = drift
