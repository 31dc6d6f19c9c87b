"""A client that speaks the protocol byte by byte: for what well-behaved clients never do."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

COMMAND = (str(Path(sys.executable).with_name("planc")), "lsp")
PATIENCE = 300.0
"""Seconds after which a server that does not answer is ended, so that its test fails."""


class Gone(Exception):
    """The server has closed its output."""


class Wire:
    """One server and its pipes; `told` holds notifications that nobody has waited for yet."""

    def __init__(self, folder: Path) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            COMMAND, cwd=folder, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        self.alarm = threading.Timer(PATIENCE, self.process.kill)
        self.alarm.start()
        self.number = 0
        self.told: list[dict[str, Any]] = []
        self.answers: dict[int, dict[str, Any]] = {}

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        self.alarm.cancel()
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    # --- messages ---

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        """Return the next message, whatever it is."""
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            if not line:
                raise Gone
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message

    def notify(self, method: str, **parameters: Any) -> None:
        self.send(method=method, params=parameters)

    def ask(self, method: str, **parameters: Any) -> int:
        """Send a request and return its number; `answer` has what came of it."""
        self.number += 1
        self.send(id=self.number, method=method, params=parameters or None)
        return self.number

    def answer(self, number: int) -> dict[str, Any]:
        while number not in self.answers:
            self._keep(self.read())
        return self.answers.pop(number)

    def call(self, method: str, **parameters: Any) -> Any:
        answer = self.answer(self.ask(method, **parameters))
        assert "error" not in answer, answer
        return answer["result"]

    def _keep(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            assert message["id"] not in self.answers, "answered twice"
            self.answers[message["id"]] = message
        elif "id" in message:
            self.send(id=message["id"], result=None)
        else:
            self.told.append(message)

    # --- what an editor does ---

    def begin(self, *folders: Path, **capabilities: Any) -> dict[str, Any]:
        listed = [{"uri": each.as_uri(), "name": each.name} for each in folders]
        result: dict[str, Any] = self.call(
            "initialize", processId=None, rootUri=folders[0].as_uri(), capabilities=capabilities,
            workspaceFolders=listed,
        )  # fmt: skip
        self.notify("initialized")
        return result

    def open(self, path: Path, text: str | None = None) -> str:
        text = path.read_text("utf-8") if text is None else text
        item = {"uri": path.as_uri(), "languageId": "plan", "version": 1, "text": text}
        self.notify("textDocument/didOpen", textDocument=item)
        return path.as_uri()

    def change(self, uri: str, version: int, *changes: dict[str, Any]) -> None:
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", textDocument=document, contentChanges=[*changes])

    def about(self, method: str, uri: str, **parameters: Any) -> Any:
        return self.call(f"textDocument/{method}", textDocument={"uri": uri}, **parameters)

    def found(self, uri: str, version: int | None = None) -> list[str]:
        """Wait for the next diagnostics of a file, of one version of it, and return their codes."""
        while True:
            while self.told:
                said = self.told.pop(0)
                here = said["params"]
                if (
                    said["method"] == "textDocument/publishDiagnostics"
                    and here["uri"] == uri
                    and version in (None, here.get("version"))
                ):
                    return [each["code"] for each in here["diagnostics"]]
            self._keep(self.read())

    def until(self, uri: str, code: str, *, there: bool = True) -> None:
        """Wait until a code is found in a file, or is no more."""
        while (code in self.found(uri)) is not there:
            pass

    def end(self) -> int:
        """End the session as the protocol wants it, and return the server's status."""
        self.call("shutdown")
        self.notify("exit")
        return self.process.wait()


@contextmanager
def session(*folders: Path, **capabilities: Any) -> Iterator[Wire]:
    with Wire(folders[0]) as wire:
        wire.begin(*folders, **capabilities)
        yield wire


def place(text: str, words: str, skip: int = 0) -> dict[str, int]:
    """Return where some words stand, in units of UTF-16."""
    before = text[: text.index(words) + skip]
    line = before[before.rfind("\n") + 1 :]
    return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}
