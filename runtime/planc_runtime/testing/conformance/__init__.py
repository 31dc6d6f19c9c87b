"""What every backend must do, as tests: one suite, whoever wrote the backend.

    from planc_runtime.testing.conformance import *  # noqa: F403 the classes are the tests

    @pytest.fixture
    def backend() -> Backend:
        return MyBackend()

Each class below is about one ability. Tests of an ability that the world does not name are
skipped and say so; nothing else is negotiable. A fault must take hold, must hit exactly what it
names, must leave everything else alone, and must be gone when its lease is healed.
"""

from planc_runtime.testing.conformance.clocks import TestClocks
from planc_runtime.testing.conformance.disks import TestDisks
from planc_runtime.testing.conformance.life import TestLife
from planc_runtime.testing.conformance.links import (
    TestDatagrams,
    TestIPv6,
    TestLinks,
    TestMulticast,
    TestRetransmission,
)
from planc_runtime.testing.conformance.pauses import TestPauses
from planc_runtime.testing.conformance.probes import TestNames, TestProbes, TestResources

__all__ = [
    "TestClocks",
    "TestDatagrams",
    "TestDisks",
    "TestIPv6",
    "TestLife",
    "TestLinks",
    "TestMulticast",
    "TestNames",
    "TestPauses",
    "TestProbes",
    "TestResources",
    "TestRetransmission",
]
