"""Flipped bits: so many, where they were asked for, the same for the same seed."""

import random
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.clusters.machine.conftest import Run, Stage

from planc_runtime.clusters.machine import bits
from planc_runtime.protocols.evidence import Hold

CONTENTS = st.dictionaries(
    st.sampled_from(["wal-1", "wal-2", "sub/wal-3", "other"]), st.binary(max_size=200), min_size=1
)


def content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
    return folder


@given(CONTENTS, st.integers(1, 40), st.integers())
def test_exactly_so_many_bits_are_different(files: dict[str, bytes], count: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        one, two = written(Path(first), files), written(Path(second), files)
        flipped = bits.flip(one, "*wal*", count, random.Random(seed))
        matching = {name: text for name, text in files.items() if "wal" in name}
        changed = content(one)

        assert len(flipped) == min(count, 8 * sum(map(len, matching.values())))
        different = sum(
            (a ^ b).bit_count()
            for name, text in matching.items()
            for a, b in zip(text, changed[name], strict=True)
        )
        assert different == len(flipped)
        assert changed.get("other") == files.get("other")
        assert bits.flip(two, "*wal*", count, random.Random(seed)) == flipped
        assert content(two) == changed


def test_what_lies_behind_a_link_is_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("x")
    data = tmp_path / "data"
    data.mkdir()
    (data / "link").symlink_to(outside)

    assert bits.flip(data, "*", 3, random.Random(1)) == []
    assert outside.read_text() == "x"


def test_nothing_to_flip_is_no_fault(run: Run) -> None:
    async def main(stage: Stage) -> None:
        stage.place("n1")
        assert (await stage.world.flip_bits("n1", "*.wal", 1)).hold is Hold.SKIPPED

    run(main)
