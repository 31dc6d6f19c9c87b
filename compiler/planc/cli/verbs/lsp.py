"""`planc lsp`: the language server, spoken to by an editor over standard input and output."""

from __future__ import annotations

from collections.abc import Sequence

from planc.cli.crash import version
from planc.cli.errors import UsageError
from planc.cli.parser import Parser


def main(arguments: Sequence[str]) -> int:
    parser = Parser("lsp", "Serve editors: the language server, over standard input and output.")
    parser.add_argument("--stdio", action="store_true", help="what it does anyway; editors say it")
    parser.read(arguments)
    try:
        from planc.lsp.serving import serve
    except ModuleNotFoundError as error:
        if error.name not in ("pygls", "lsprotocol"):
            raise
        raise UsageError(
            "the language server needs pygls", "install it: pip install 'planc[lsp]'"
        ) from error
    return serve(version())
