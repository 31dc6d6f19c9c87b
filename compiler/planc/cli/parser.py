"""argparse with manners: errors in our own form, with the nearest known word."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from planc.cli.errors import UsageError, suggestion

OUTPUT_FORMATS = ("full", "concise", "json", "github", "gitlab", "sarif")
DOCUMENTS = ("json", "gitlab", "sarif")
"""Formats that are a whole document, also where there is nothing to tell."""
FOR_PEOPLE = ("full", "concise")
"""Formats beside which a verb may say in its own words what it did."""


class Parser(argparse.ArgumentParser):
    """Options of one verb. Abbreviations are refused: scripts must not break by a new option."""

    def __init__(self, verb: str, description: str, **more: Any) -> None:
        super().__init__(
            prog=f"planc {verb}",
            description=description,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **more,
        )

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse all arguments; raises UsageError with the nearest known option."""
        options, rest = self.parse_known_args(arguments)
        if rest:
            word = rest[0].partition("=")[0]
            kind = "option" if word.startswith("-") else "argument"
            raise UsageError(
                f"{self.prog} has no {kind} `{word}`",
                suggestion(word, self.known_options(), f"see `{self.prog} --help`"),
            )
        return options

    def known_options(self) -> list[str]:
        return [name for name in self._option_string_actions if name.startswith("--")]

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}", f"see `{self.prog} --help`")

    def paths(self, what: str = "plan files or folders; the default is plans/") -> None:
        self.add_argument("paths", nargs="*", metavar="PATHS", help=what)

    def output_format(self) -> None:
        self.add_argument(
            "--output-format",
            type=one_of("output format", OUTPUT_FORMATS),
            default="full",
            metavar="|".join(OUTPUT_FORMATS),
            help="how findings are shown (default: full)",
        )

    def switch(self, name: str, help: str, default: bool | None = False) -> None:
        action = argparse.BooleanOptionalAction
        self.add_argument(name, action=action, default=default, help=help)

    def backend(self, help: str = "the backend (default: planc.yaml's, else sim)") -> None:
        from planc.vocabulary.backends import BACKENDS

        metavar = "|".join((*BACKENDS, "..."))
        self.add_argument("--on", type=backend_name, metavar=metavar, help=help)


def backend_name(word: str) -> str:
    """Be an argparse type: a backend of ours, or one that an installed package brings."""
    from planc.vocabulary.backends import BACKENDS

    if word in BACKENDS:
        return word
    from planc.vocabulary.backends.brought import brought_backends

    return one_of("backend", (*BACKENDS, *brought_backends()))(word)


class one_of:
    """An argparse type: one of a few words, with the nearest one named when it is none of them."""

    def __init__(self, what: str, known: Any) -> None:
        self.what = what
        self.known = tuple(known)

    def __call__(self, word: str) -> str:
        if word in self.known:
            return word
        choice = "one of " + ", ".join(self.known)
        raise UsageError(
            f"there is no {self.what} `{word}`", suggestion(word, self.known, f"use {choice}")
        )


def factor(text: str) -> float:
    """Be an argparse type: how many times as long, at least as long."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 <= value <= 10_000:
        raise UsageError(f"`{text}` is no factor", "write a number from 1 to 10000")
    return value


def whole_number(at_least: int) -> Any:
    """Return an argparse type: an integer with a lower bound."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise UsageError(f"`{text}` is not a whole number") from None
        if value < at_least:
            raise UsageError(f"`{text}` is too small: at least {at_least} is needed")
        return value

    return read
