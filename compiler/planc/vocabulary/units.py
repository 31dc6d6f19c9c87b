"""Units: what may follow a number without a space, and what it is worth.

Durations are in seconds, sizes in bytes, rates per second, bandwidths in bits per second, a percent
is a fraction. Sizes know both families: `1MB` is a million bytes, `1MiB` is 1,048,576.
"""

from __future__ import annotations

from dataclasses import dataclass

from planc.vocabulary.types import TypeName


@dataclass(frozen=True, slots=True)
class Unit:
    word: str
    type: TypeName
    factor: float


def _units(type_name: TypeName, **factors: float) -> list[Unit]:
    return [Unit(word, type_name, factor) for word, factor in factors.items()]


UNITS: dict[str, Unit] = {
    unit.word: unit
    for unit in [
        *_units("duration", ns=1e-9, us=1e-6, ms=1e-3, s=1.0, min=60.0, h=3600.0, d=86400.0),
        *_units("size", B=1, KB=10**3, MB=10**6, GB=10**9, TB=10**12),
        *_units("size", KiB=2**10, MiB=2**20, GiB=2**30, TiB=2**40),
        *(
            Unit(f"/{per}", "rate", 1 / seconds)
            for per, seconds in {"s": 1, "min": 60, "h": 3600}.items()
        ),
        *(
            Unit(f"{prefix}bit/s", "bandwidth", factor)
            for prefix, factor in {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9}.items()
        ),
        Unit("%", "percent", 0.01),
    ]
}

LIKELY_MEANT: dict[str, str] = {
    **dict.fromkeys(("sec", "secs", "second", "seconds", "S", "Sec"), "s"),
    **dict.fromkeys(("msec", "msecs", "millis", "milliseconds", "MS", "Ms", "mS"), "ms"),
    **dict.fromkeys(("usec", "micros", "µs", "μs", "US"), "us"),
    **dict.fromkeys(("m", "mins", "minute", "minutes", "MIN", "Min", "M"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours", "H"), "h"),
    **dict.fromkeys(("day", "days", "D"), "d"),
    **dict.fromkeys(("b", "byte", "bytes", "Bytes"), "B"),
    **dict.fromkeys(("k", "K", "kb", "kB", "Kb"), "KB"),
    **dict.fromkeys(("kib", "Kib", "kiB"), "KiB"),
    **dict.fromkeys(("mb", "mB", "Mb"), "MB"),
    **dict.fromkeys(("mib", "Mib", "miB"), "MiB"),
    **dict.fromkeys(("G", "g", "gb", "Gb"), "GB"),
    **dict.fromkeys(("gib", "Gib"), "GiB"),
    **dict.fromkeys(("kbit/s", "kbps", "Kbps"), "Kbit/s"),
    **dict.fromkeys(("mbit/s", "mbps", "Mbps"), "Mbit/s"),
    **dict.fromkeys(("gbit/s", "gbps", "Gbps"), "Gbit/s"),
    **dict.fromkeys(("rps", "qps", "ops", "/sec", "/second", "hz", "Hz"), "/s"),
    **dict.fromkeys(("/m", "/minute", "rpm"), "/min"),
    **dict.fromkeys(("/hour",), "/h"),
    **dict.fromkeys(("percent", "pct"), "%"),
}
"""Units as people write them elsewhere, and the one the language has."""
