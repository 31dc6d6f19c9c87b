"""What holds for the lines at the top of a file as a whole: one header, and in the first place."""

from __future__ import annotations

from collections.abc import Sequence

from planc.diagnostics.diagnostic import Related
from planc.syntax.build_base import BuilderBase
from planc.syntax.nodes import Broken, ClientCall, ExecCall, Header, HttpCall, Let, Node, PythonCall


def check_order(items: Sequence[Node], builder: BuilderBase) -> None:
    """Report a missing, second or late header, and calls where nothing runs yet."""
    headers = [item for item in items if isinstance(item, Header)]
    if not headers and not any(isinstance(item, Broken) for item in items):
        builder.report(
            "PLC0138",
            builder.span(0, 0),
            "the file has no header",
            label="it begins here",
            help='write `plan "what it shows"`, or `library "name"` in a file for other plans',
        )
    if headers and items[0] is not headers[0] and not isinstance(items[0], Broken):
        builder.report(
            "PLC0140",
            headers[0].span,
            f"`{headers[0].kind}` must stand first in the file",
            label="something stands before it",
            help="move it to the top",
        )
    for second in headers[1:]:
        builder.report(
            "PLC0139",
            second.span,
            "a file has one header only",
            label="the second one",
            help="make two files of it",
            related=(Related(headers[0].span, "the first one"),),
        )
    for item in items:
        if isinstance(item, Let) and isinstance(
            item.value, ClientCall | HttpCall | ExecCall | PythonCall
        ):
            builder.report(
                "PLC0145",
                item.value.span,
                "nothing can be called here: no scenario runs",
                label="a call at the top of a file",
                help="move the line into a scenario",
            )
