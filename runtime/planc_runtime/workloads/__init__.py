"""Load: what is asked of the system, by whom, how often, and when exactly it was asked."""

from planc_runtime.workloads.drive import Load, drive
from planc_runtime.workloads.spec import KeySpace, LoadSpec, OperationShape, Ramp, ValueShape

__all__ = ["KeySpace", "Load", "LoadSpec", "OperationShape", "Ramp", "ValueShape", "drive"]
