"""What happened: operations, faults and marks on one clock, and the windows cut out of them.

A history is the only thing a checker may look at. It is recorded while the scenario runs, written
as one line per operation, and can be judged again later from that file alone.
"""

from __future__ import annotations

from planc_runtime.history.history import History
from planc_runtime.history.operation import Operation, Outcome
from planc_runtime.history.verdict import FaultWindow, Result, Verdict
from planc_runtime.history.windows import Intervals, Timeline, Window, WindowKind

__all__ = [
    "FaultWindow",
    "History",
    "Intervals",
    "Operation",
    "Outcome",
    "Result",
    "Timeline",
    "Verdict",
    "Window",
    "WindowKind",
]
