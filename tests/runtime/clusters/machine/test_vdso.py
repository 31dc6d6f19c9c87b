"""The patch of the vDSO: the code that is put there, and what it does to a process."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.clusters.machine import elf, routines, vdso


def own_vdso() -> bytes:
    with open("/proc/self/maps") as maps:
        line = next(line for line in maps if line.endswith("[vdso]\n"))
    begin, end = (int(word, 16) for word in line.split()[0].split("-"))
    with open("/proc/self/mem", "rb", buffering=0) as memory:
        return os.pread(memory.fileno(), end - begin, begin)


def test_the_code_is_what_its_listing_says(tmp_path: Path) -> None:
    if shutil.which("as") is None or os.uname().machine != vdso.MACHINE:
        pytest.skip("no assembler for x86-64: `apt install binutils`")
    made, plain = tmp_path / "made.o", tmp_path / "plain"
    subprocess.run(["as", "-o", made, "-"], input=routines.LISTING.encode(), check=True)
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", made, plain], check=True)
    names = subprocess.run(["nm", made], capture_output=True, text=True, check=True).stdout
    places = {line.split()[2]: int(line.split()[0], 16) for line in names.splitlines()}

    assert plain.read_bytes() == routines.CODE
    assert {name: places[name] for name in routines.ENTRIES} == routines.ENTRIES
    assert places["slot"] == 0


@pytest.mark.skipif(os.uname().machine != vdso.MACHINE, reason="names differ elsewhere")
def test_the_functions_of_the_vdso_are_found() -> None:
    found = elf.functions(own_vdso())

    assert {"__vdso_clock_gettime", "__vdso_gettimeofday", "__vdso_time"} <= set(found)


@given(st.binary(max_size=400))
def test_what_is_no_image_is_said_so(rest: bytes) -> None:
    for image in (rest, b"\x7fELF\x02\x01" + rest):
        with pytest.raises(ValueError, match="image"):
            elf.functions(image)


@given(st.integers(min_value=64, max_value=4000))
def test_an_image_that_is_cut_off_is_said_so(length: int) -> None:
    image = own_vdso()
    whole = elf.functions(image)
    try:
        assert elf.functions(image[:length]).items() <= whole.items()
    except ValueError as trouble:
        assert "image" in str(trouble)  # noqa: PT017


def test_a_process_that_is_gone_cannot_be_patched() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)

    with pytest.raises(vdso.Unpatchable):
        vdso.Clock(child)


def test_another_kind_of_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")

    with pytest.raises(vdso.Unpatchable, match="x86_64 only"):
        vdso.Clock(os.getpid())


def test_an_image_without_room_is_refused() -> None:
    with pytest.raises(vdso.Unpatchable, match="no room"):
        vdso._cave(b"x" * 4000 + bytes(96))
