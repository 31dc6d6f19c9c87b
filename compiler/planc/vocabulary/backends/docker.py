"""Containers of an engine on this machine; their network is the lab of the backend `local`."""

from __future__ import annotations

from planc.vocabulary.backends.ability import Backend, Rung, Way, exact
from planc.vocabulary.backends.local import LOCAL

_ALIKE = LOCAL.rungs[0].ways
_WATCHED = ("slow_disk", "fail_fsync", "fill_disk", "lose_unsynced")
"""What needs a program that is started with its system calls watched."""

_WAYS: dict[str, Way] = {
    **_ALIKE,
    **{
        name: _ALIKE[name]._replace(
            means=f"{_ALIKE[name].means}; not possible for services that have an image"
        )
        for name in _WATCHED
    },
    "crash": exact("SIGKILL to the container's first process, whose end takes all others along"),
    "stop": exact("the service's signal to the container, SIGKILL when it is ignored"),
    "restart": exact("the same container again, with all files that it had written"),
    "pause": exact("the control group is frozen"),
    "probe": exact("/proc of all processes of the container"),
    "throttle_cpu": exact("quota of the container's control group, 1 % of a core at the least"),
}

DOCKER = Backend(
    "docker",
    "a container for every node, on an engine of this machine",
    (
        Rung(
            "docker",
            "containers on the network lab",
            "an engine, and the right to talk to it",
            _WAYS,
        ),
    ),
)
