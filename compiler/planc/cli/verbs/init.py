"""`planc init`: a small project that works, to start from and to change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from planc.cli import CLEAN
from planc.cli.errors import UsageError
from planc.cli.parser import Parser


def main(arguments: Sequence[str]) -> int:
    parser = Parser(
        "init", "Write a small working project: a plan, a service, a library, planc.yaml."
    )
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="default: here")
    folder = Path(parser.read(arguments).folder)
    files = [(name, data) for name, data in starter_files() if not _is_kept(folder / name)]
    refuse_to_overwrite(folder, [name for name, _ in files])
    for name, data in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(f"wrote {path}")
    _next_steps(folder)
    return CLEAN


def starter_files() -> Iterator[tuple[str, bytes]]:
    """Yield the names and the contents of the project's files."""
    yield from _below(resources.files("planc.cli") / "starter", "")


def _is_kept(path: Path) -> bool:
    """Say whether a file is better left as it is: most projects have a .gitignore of their own."""
    return path.name == ".gitignore" and path.exists()


def refuse_to_overwrite(folder: Path, names: Sequence[str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"`{folder}` is a file", "name a folder: planc init DIR")
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        raise UsageError(
            f"`{folder / taken[0]}` is there already; nothing was written",
            "name another folder: planc init DIR",
        )


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _below(entry, f"{prefix}{entry.name}/")
        elif entry.is_file():
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _next_steps(folder: Path) -> None:
    here = "" if folder == Path(".") else f"cd {folder} && "
    print("\ntry it:")
    for command, sentence in (
        ("planc check", "finds mistakes"),
        ("planc run", "runs the plan on the simulator"),
        ("planc run --on local", "runs it on real processes"),
        ("planc mutate", "shows that the scenarios catch the planted bug"),
    ):
        print(f"  {here}{command:<22} # {sentence}")
