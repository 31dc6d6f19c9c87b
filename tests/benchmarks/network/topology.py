"""How long it takes to bring so many hosts up and down, and to lay and heal a partition."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from network.sides import ip, ip_script, private_names
from planc_runtime.clusters.lab.hub import Hub
from planc_runtime.clusters.lab.station import ROOT, enter_lab
from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings, World
from planc_runtime.protocols.rules import LinkRule

Seconds = tuple[float, float]
"""Of coming and of going."""


def by_lab(count: int) -> Seconds:
    """The lab: namespaces held by descriptors, which let go of all when they are closed."""
    enter_lab(ROOT)
    began = time.perf_counter()
    hub = Hub()
    hosts = [hub.add(f"h{number}") for number in range(count)]
    up = time.perf_counter() - began
    began = time.perf_counter()
    for host in hosts:
        os.close(host.network)
        host.interfaces.close()
    return up, time.perf_counter() - began


def by_ip(count: int) -> Seconds:
    """`ip -batch`: once for the bridge and the cables, once in each namespace, as it must be."""
    enter_lab(ROOT)
    private_names()
    script = ip_script(count)
    began = time.perf_counter()
    ip(script)
    up = time.perf_counter() - began
    gone: dict[str | None, list[str]] = {None: [f"netns del {name}" for name in script if name]}
    began = time.perf_counter()
    ip(gone)
    return up, time.perf_counter() - began


def by_docker(count: int) -> Seconds:
    """Containers on a network of their own, each with a program that only waits."""
    name = "planc-benchmark"
    names = [f"{name}-{number}" for number in range(count)]
    run = ["run", "-d", "--network", name]
    began = time.perf_counter()
    try:
        _docker("network", "create", name)
        for one in names:
            _docker(*run, "--name", one, _IMAGE)
        up = time.perf_counter() - began
    finally:
        began = time.perf_counter()
        _docker("rm", "-f", *names)
        _docker("network", "rm", name)
    return up, time.perf_counter() - began


_IMAGE = "planc-benchmark:latest"
_PROGRAM = "int pause(void); int main(void) { for (;;) pause(); }"


def no_docker() -> str:
    """Return why containers cannot be compared here; empty when they can."""
    if shutil.which("docker") is None:
        return "no program docker"
    if subprocess.run(["docker", "info"], capture_output=True).returncode != 0:
        return 'no engine answers; `eval "$(tests/docker/engine start)"` starts one'
    try:
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "wait")
            build = ["gcc", "-static", "-xc", "-", "-o", str(program)]
            subprocess.run(build, input=_PROGRAM.encode(), check=True, capture_output=True)
            packed = subprocess.run(
                ["tar", "-C", folder, "-c", "wait"], check=True, capture_output=True
            ).stdout
            change = 'CMD ["/wait"]'
            load = ["docker", "import", "--change", change, "-", _IMAGE]
            subprocess.run(load, input=packed, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as trouble:
        return f"no image of a program that waits: {trouble}"
    return ""


def _docker(*words: str) -> None:
    subprocess.run(["docker", *words], check=True, capture_output=True)


# --- partitions -----------------------------------------------------------------------------------


def cuts(hosts: int, times: int) -> dict[str, list[Seconds]]:
    """Lay and heal a partition of half the hosts from the other half, by the lab and by `nft`."""
    enter_lab(ROOT)
    hub = Hub()
    names = [hub.add(f"h{number}").name for number in range(hosts)]
    half = hosts // 2
    pairs = [(a, b) for a in names[:half] for b in names[half:]]
    pairs += [(b, a) for a, b in pairs]
    ports = {name: hub.hosts[name].cable for name in names}
    elements = ", ".join(f"{ports[a]} . {ports[b]}" for a, b in pairs)
    _nft(
        "table bridge other {\n set cut { typeof iifname . oifname; counter; }\n"
        " chain forward {\n type filter hook forward priority 0;\n"
        " iifname . oifname @cut drop\n }\n}\n"
    )
    found: dict[str, list[Seconds]] = {"lab": [], "nft": []}
    for _ in range(times):
        found["lab"].append(
            (_timed(lambda: hub.cut(pairs, [])), _timed(lambda: hub.cut([], pairs)))
        )
        found["nft"].append(
            (
                _timed(lambda: _nft(f"add element bridge other cut {{ {elements} }}")),
                _timed(lambda: _nft("flush set bridge other cut")),
            )
        )
    return found


def proved_cuts(hosts: int, times: int) -> list[Seconds]:
    """Lay and heal the same partition as a scenario does, with the proof of each."""
    names = [f"h{number}" for number in range(hosts)]
    half = hosts // 2
    forth = {(a, b) for a in names[:half] for b in names[half:]}
    pairs = frozenset(forth | {(b, a) for a, b in forth})
    found: list[Seconds] = []

    async def main(world: World) -> None:
        for name in names:
            world.host(name)
        for _ in range(times):
            began = time.perf_counter()
            lease = await world.impair(pairs, LinkRule(cut=True))  # type: ignore[attr-defined]
            laid = time.perf_counter()
            await asyncio.sleep(0)
            again = time.perf_counter()
            await lease.heal()
            found.append((laid - began, time.perf_counter() - again))

    with tempfile.TemporaryDirectory(prefix="planc-bench-") as folder:
        LocalBackend().execute(Settings(seed=1, directory=Path(folder)), main)
    return found


def _nft(text: str) -> None:
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
