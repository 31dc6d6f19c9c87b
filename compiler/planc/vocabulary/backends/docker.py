"""Containers of an engine on this machine; their network is the lab of the backend `local`."""

from __future__ import annotations

from planc.vocabulary.backends.ability import Backend, Rung, Way, exact, impossible
from planc.vocabulary.backends.local import LOCAL

_UNSEEN = impossible(
    "the system calls of a container's program can be watched only by who starts it: the engine"
)
_NODES: dict[str, Way] = {
    "crash": exact("SIGKILL to the container's first process, whose end takes all others along"),
    "stop": exact("the service's signal to the container, SIGKILL when it is ignored"),
    "restart": exact("the same container again, with all files that it had written"),
    "pause": exact("the control group is frozen"),
    "probe": exact("/proc of all processes of the container"),
    "throttle_cpu": exact("quota of the container's control group, 1 % of a core at the least"),
    "limit_memory": LOCAL.rungs[0].ways["limit_memory"],
    "slow_disk": _UNSEEN,
    "fail_fsync": _UNSEEN,
    "fill_disk": _UNSEEN,
    "lose_unsynced": _UNSEEN,
}

DOCKER = Backend(
    "docker",
    "a container for every node, on an engine of this machine",
    (
        Rung(
            "docker",
            "containers on the network lab",
            "an engine, and the right to talk to it",
            {**LOCAL.rungs[0].ways, **_NODES},
        ),
    ),
)
