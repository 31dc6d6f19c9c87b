"""Python services as processes of their own."""

from pathlib import Path
from typing import Any

import pytest

from planc_runtime.engine.nodes.logs import last_lines

from .conftest import Run, Stage, line_in


@pytest.fixture
def systems(tmp_path: Path) -> Path:
    folder = tmp_path / "systems"
    folder.mkdir()
    return folder


async def _started(stage: Stage, systems: Path, source: str, entry: str = "svc:main") -> Any:
    (systems / "svc.py").write_text("import asyncio, signal, sys\n" + source)
    node = stage.place("n1", http=8080)
    await node.start(stage.launch("n1", entry=entry, path=(systems,)))
    return node


def test_the_service_gets_its_description(run: Run, systems: Path) -> None:
    async def main(stage: Stage) -> None:
        node = await _started(
            stage, systems, "async def main(node): print(node.name, node.ports['http'], node.data)"
        )
        assert await node.wait_exit() == 0
        place = node.placement
        assert last_lines(place.log) == [f"n1 8080 {place.data}"]

    run(main)


def test_a_request_to_stop_is_a_cancellation(run: Run, systems: Path) -> None:
    source = """
async def main(node):
    print("up", flush=True)
    try:
        await asyncio.sleep(1000)
    finally:
        print("tidied", flush=True)
"""

    async def main(stage: Stage) -> None:
        node = await _started(stage, systems, source)
        await line_in(node.placement.log, "up")
        evidence = await node.stop()
        assert evidence.data["signal"] == "SIGTERM"
        assert node.exit_status == 0
        assert last_lines(node.placement.log) == ["up", "tidied"]

    run(main)


def test_a_service_may_have_the_signal_for_itself(run: Run, systems: Path) -> None:
    source = """
async def main(node):
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)
    print("up", flush=True)
    await asked.wait()
    sys.exit(9)
"""

    async def main(stage: Stage) -> None:
        node = await _started(stage, systems, source)
        await line_in(node.placement.log, "up")
        await node.stop()
        assert node.exit_status == 9

    run(main)


def test_an_exception_is_in_the_log_and_status_1(run: Run, systems: Path) -> None:
    async def main(stage: Stage) -> None:
        node = await _started(stage, systems, "async def main(node): raise ValueError('broken')")
        assert await node.wait_exit() == 1
        assert last_lines(node.placement.log)[-1] == "ValueError: broken"

    run(main)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("svc:missing", "module 'svc' has no callable 'missing'"),
        ("nowhere:main", "No module named 'nowhere'"),
    ],
)
def test_an_entry_that_is_not_there_is_said(
    run: Run, systems: Path, entry: str, words: str
) -> None:
    async def main(stage: Stage) -> None:
        node = await _started(stage, systems, "", entry)
        assert await node.wait_exit() == 1
        assert words in last_lines(node.placement.log)[-1]

    run(main)


def test_nothing_in_the_data_folder_passes_for_a_module(run: Run, systems: Path) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1", http=8080)
        (node.placement.data / "json.py").write_text("raise SystemExit('wrong json')")
        (systems / "svc.py").write_text("async def main(node): print('right json')")
        await node.start(stage.launch("n1", entry="svc:main", path=(systems,)))
        assert await node.wait_exit() == 0
        assert last_lines(node.placement.log) == ["right json"]

    run(main)
