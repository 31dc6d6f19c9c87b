"""Clocks: `time`, `datetime` and the time zone."""

from __future__ import annotations

import datetime
import logging
import os
import time
from typing import Any

from planc_runtime.clusters.sim.clock import EPOCH
from planc_runtime.clusters.sim.patches.patching import Patches, per_process
from planc_runtime.clusters.sim.process import PROCESS, Process

_NANO = 1_000_000_000


def apply(patches: Patches) -> None:
    simulated: dict[str, Any] = {
        "time": Process.wall,
        "time_ns": lambda process: round(process.wall() * _NANO),
        "monotonic": Process.monotonic,
        "monotonic_ns": lambda process: round(process.monotonic() * _NANO),
        "perf_counter": Process.monotonic,
        "perf_counter_ns": lambda process: round(process.monotonic() * _NANO),
        "process_time": Process.now,
        "process_time_ns": lambda process: round(process.now() * _NANO),
        "thread_time": Process.now,
        "thread_time_ns": lambda process: round(process.now() * _NANO),
        "sleep": _sleep,
        "clock_gettime": _clock_gettime,
        "clock_gettime_ns": lambda process, clock: round(_clock_gettime(process, clock) * _NANO),
    }
    for name, function in simulated.items():
        patches.function(time, name, per_process(getattr(time, name), function))
    for name in ("localtime", "gmtime", "ctime"):
        patches.function(time, name, _at_wall_time(getattr(time, name)))
    patches.function(time, "asctime", _of_broken_down(time.asctime, 0))
    patches.function(time, "strftime", _of_broken_down(time.strftime, 1))
    _patch_datetime(patches)
    patches.set(logging, "_startTime", EPOCH)
    _use_utc(patches)


def _sleep(process: Process, seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    process.occupy(seconds)


def _clock_gettime(process: Process, clock: int) -> float:
    return process.wall() if clock == time.CLOCK_REALTIME else process.monotonic()


def _at_wall_time(real: Any) -> Any:
    def simulated(process: Process, seconds: float | None = None) -> Any:
        return real(process.wall() if seconds is None else seconds)

    return per_process(real, simulated)


def _of_broken_down(real: Any, position: int) -> Any:
    """For functions whose argument at `position` is, by default, the local time now."""
    local = time.localtime

    def simulated(process: Process, *args: Any) -> Any:
        return real(*args) if len(args) > position else real(*args, _local(process))

    def _local(process: Process) -> Any:
        return local(process.wall())

    return per_process(real, simulated)


def _patch_datetime(patches: Patches) -> None:
    """`datetime.datetime` stays the class it is, for code that holds it or checks against it."""
    for type_, name, simulated in (
        (datetime.datetime, "now", _now),
        (datetime.datetime, "utcnow", _utcnow),
        (datetime.date, "today", _today),
    ):
        real = vars(type_)[name]
        patches.method_of_type(type_, name, classmethod(_per_class(real, simulated)))


def _per_class(real: Any, simulated: Any) -> Any:
    def answer(cls: Any, *args: Any, **keywords: Any) -> Any:
        process = PROCESS.get()
        if process is None:
            return real.__get__(None, cls)(*args, **keywords)
        return simulated(process, cls, *args, **keywords)

    return answer


def _now(process: Process, cls: Any, tz: datetime.tzinfo | None = None) -> Any:
    return cls.fromtimestamp(process.wall(), tz)


def _utcnow(process: Process, cls: Any) -> Any:
    return cls.fromtimestamp(process.wall(), datetime.UTC).replace(tzinfo=None)


def _today(process: Process, cls: Any) -> Any:
    return cls.fromtimestamp(process.wall())


def _use_utc(patches: Patches) -> None:
    """The time zone of the machine that runs the simulation is none of its business."""
    before = os.environ.get("TZ")

    def put(zone: str | None) -> None:
        if zone is None:
            os.environ.pop("TZ", None)
        else:
            os.environ["TZ"] = zone
        time.tzset()

    put("UTC")
    patches.undo(put, before)
