"""`planc VERB ...`: find the verb, run it, and let nothing but plain words reach the user.

This module is imported by every call of planc, so it imports next to nothing itself.
"""

from __future__ import annotations

import sys

from planc.cli import CANNOT_RUN, CLEAN

VERBS = {
    "init": "write a small working project to start from",
    "check": "find mistakes in plans",
    "lint": "say what a reviewer would ask about plans without mistakes",
    "fmt": "format plans",
    "compile": "turn plans into pytest modules",
    "run": "compile plans, run them, report",
    "mutate": "run scenarios against the bugs they claim to catch",
    "list": "show plans and their scenarios",
    "diff": "say what a change of plans means",
    "show": "draw clusters, timelines and state machines",
    "explain": "explain a plan, or a diagnostic by its code",
    "eject": "turn a scenario into a test of your own",
    "recheck": "judge a recorded history again",
    "lsp": "serve editors: the language server",
    "doctor": "say what this machine lets local clusters do",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command line; return its exit status and never raise."""
    arguments = sys.argv[1:] if arguments is None else arguments
    from planc.cli.errors import UsageError

    try:
        return _dispatch(arguments)
    except UsageError as error:
        from planc.cli.console import print_error

        print_error(error)
        return CANNOT_RUN
    except SystemExit as exit:
        return exit.code if isinstance(exit.code, int) else CLEAN
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return _pipe_closed()
    except Exception as error:
        return _unexpected(error, arguments)


def _dispatch(arguments: list[str]) -> int:
    from planc.cli.console import prepare

    prepare()
    verb = arguments[0] if arguments else "--help"
    if verb in ("--help", "-h", "help"):
        print(usage(), end="")
        return CLEAN if arguments else CANNOT_RUN
    if verb in ("--version", "-V"):
        from planc.cli.crash import version

        print(f"planc {version()}")
        return CLEAN
    if verb not in VERBS:
        raise _unknown(verb)
    # What importlib.import_module does, without the import of importlib.
    name = f"planc.cli.verbs.{verb}"
    __import__(name)
    status = sys.modules[name].main(arguments[1:])
    sys.stdout.flush()
    return int(status)


def usage() -> str:
    width = max(map(len, VERBS))
    lines = [f"  {verb:<{width}}  {sentence}" for verb, sentence in VERBS.items()]
    return "\n".join(
        [
            "usage: planc VERB [options]",
            "",
            "Compile declarative distributed-system test plans, run them, report.",
            "",
            *lines,
            "",
            "`planc VERB --help` shows a verb's options. planc --version, --help.",
            "Exit status: 0 clean, 1 findings, 2 could not run.",
            "",
        ]
    )


def _unknown(verb: str) -> Exception:
    from planc.cli.errors import UsageError, suggestion

    kind = "option" if verb.startswith("-") else "verb"
    known = ("--help", "--version") if kind == "option" else VERBS
    return UsageError(
        f"planc has no {kind} `{verb}`",
        suggestion(verb, known, f"the verbs are {', '.join(VERBS)}"),
    )


def _pipe_closed() -> int:
    """Whoever read our output has seen enough (`planc list | head`)."""
    import os

    # Python flushes at exit and would complain about the pipe once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLEAN


def _unexpected(error: Exception, arguments: list[str]) -> int:
    from planc.cli import crash

    if isinstance(error, OSError) and error.filename is not None:
        from planc.cli.console import print_error
        from planc.cli.errors import UsageError

        reason = error.strerror or type(error).__name__
        print_error(UsageError(f"{error.filename}: {reason}"))
        return CANNOT_RUN
    crash.report(error, arguments)
    return CANNOT_RUN


if __name__ == "__main__":
    sys.exit(main())
