"""Linearizability (Herlihy and Wing, 1990), for registers, maps, sets, counters, queues, locks."""

from __future__ import annotations

from planc_runtime.checkers.linearizable.catalogue import MODELS
from planc_runtime.checkers.linearizable.check import judge_object, linearizable
from planc_runtime.checkers.linearizable.models import ILLEGAL, Model

__all__ = ["ILLEGAL", "MODELS", "Model", "judge_object", "linearizable"]
