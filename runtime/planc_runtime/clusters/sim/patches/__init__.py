"""What the standard library says of time, chance, files and the system, answered per process.

Each replaced function asks whose code is running: a simulated process gets the simulation's answer,
everything else (the test runner, its threads) the real one. So a reference that outlives the
simulation does no harm; nevertheless everything is put back when a simulation ends.
"""

from planc_runtime.clusters.sim.patches.patching import Patches, install

__all__ = ["Patches", "install"]
