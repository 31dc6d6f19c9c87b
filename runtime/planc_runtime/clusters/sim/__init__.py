"""The backend `sim`: a deterministic event loop with virtual time and an in-memory network.

Ordinary asyncio code runs in it unmodified. docs/internals/simulator.md tells how the parts fit.
"""

from planc_runtime.clusters.sim.backend import SimBackend

__all__ = ["SimBackend"]
