"""The tree-sitter parser, compiled from what is committed."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from planc_grammar.editors.files import TREE_SITTER

INSTALL = "pip install -e '.[test]', and a C compiler (apt-get install gcc libc6-dev)"
Parse = Callable[[str], Any]


@pytest.fixture(scope="session")
def language(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The language as tree-sitter's own library loads it."""
    compiler = shutil.which("cc")
    try:
        import tree_sitter
    except ImportError:
        tree_sitter = None
    if compiler is None or tree_sitter is None:
        if os.environ.get("PLANC_REQUIRE_SYSTEMS"):
            pytest.fail(f"tree-sitter or a C compiler is missing: {INSTALL}")
        pytest.skip(f"needs {INSTALL}")
    library = tmp_path_factory.mktemp("tree-sitter") / "plan.so"
    sources = [str(TREE_SITTER / "src" / name) for name in ("parser.c", "scanner.c")]
    flags = ["-shared", "-fPIC", "-Wall", "-Werror", "-I", str(TREE_SITTER / "src")]
    subprocess.run([compiler, *flags, *sources, "-o", str(library)], check=True)
    return tree_sitter.Language(_capsule(ctypes.CDLL(str(library)).tree_sitter_plan))


def _capsule(function: Any) -> Any:
    """Wrap the pointer to the tables the way in which packages of grammars hand it over."""
    function.restype = ctypes.c_void_p
    make = ctypes.pythonapi.PyCapsule_New
    make.restype = ctypes.py_object
    make.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return make(function(), b"tree_sitter.Language", None)


@pytest.fixture(scope="session")
def parse(language: Any) -> Parse:
    import tree_sitter

    parser = tree_sitter.Parser(language)
    return lambda text: parser.parse(text.encode()).root_node


def wrong(node: Any) -> Iterator[str]:
    """Yield the places where a tree is not what the grammar knows."""
    if node.is_error or node.is_missing:
        yield f"{node.start_point.row + 1}: {node.type} {node.text[:60]!r}"
    elif node.has_error:
        for child in node.children:
            yield from wrong(child)
