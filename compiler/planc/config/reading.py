"""Read and validate planc.yaml: every mistake with its line and with what to write instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from planc.config import CONFIG, FOLDERS, PLAIN, ConfigError
from planc.config.schema import File, Gates, Lint, Profile, Running
from planc.diagnostics.nearest import did_you_mean

Path = tuple[str | int, ...]

_WORDS_OF: Mapping[type[BaseModel], str] = {
    File: "is no setting",
    Profile: "is no setting of a profile",
    Gates: "is no gate",
    Lint: "is no setting of `planc lint`",
}


def read(text: str) -> dict[str, Any]:
    """Return what Config is made of; raises ConfigError with all mistakes, in the file's order."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(_not_yaml(error)) from error
    except RecursionError as error:
        raise ConfigError(
            f"{CONFIG} is not YAML that can be read: it is nested too deep"
        ) from error
    if data is None or node is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigError(f"{CONFIG}:1: must hold settings such as `backend: sim`")
    lines = dict(places(node))
    again = "stands here a second time; keep one of them"
    wrong = [(line, f"`{name}`: {again}") for line, name in _twice(node)]
    try:
        found = File.model_validate(data)
    except ValidationError as error:
        wrong += [_mistake(each, data, lines) for each in error.errors()]
    if wrong:
        raise ConfigError("\n".join(f"{CONFIG}:{line}: {what}" for line, what in sorted(wrong)))
    return _settings(found, data, lines)


def _settings(found: File, data: Mapping[str, Any], lines: Mapping[Path, int]) -> dict[str, Any]:
    """Return the settings that stand in the file; those of runs as they were written."""
    settings: dict[str, Any] = {name: getattr(found, name) for name in PLAIN if name in data}
    if found.backends:
        settings["backends"] = found.backends
    if "lint" in data:
        settings["lint"] = found.lint.model_dump()
    if found.removed:
        settings["removed"] = {
            path: [lines["removed", said], reason]
            for (path, reason), said in zip(found.removed.items(), data["removed"], strict=True)
        }
    running = {name: data[name] for name in Running.model_fields if data.get(name) is not None}
    if "catalogue" in running:
        running["catalogue"] = found.catalogue
    if running:
        settings["running"] = running
    return settings


# --- mistakes ----------------------------------------------------------------------------------


def _mistake(error: Any, data: Any, lines: Mapping[Path, int]) -> tuple[int, str]:
    # "[key]" is pydantic's mark for a mistake in the key itself.
    path: Path = tuple(part for part in error["loc"] if part != "[key]")
    name = ".".join(str(part) for part in path) or CONFIG
    line = next(lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines)
    return line, f"`{name}`: {_words(error, path, data)}"


def _words(error: Any, path: Path, data: Any) -> str:
    kind, given = error["type"], error["input"]
    if kind in ("extra_forbidden", "invalid_key"):
        return _unknown(path)
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if given is None:
        return "has nothing behind it; write a value or take the line out"
    if kind == "list_type":
        return f"must be a list such as `[a, b]`, and this is {_shown(given)}"
    if kind in ("dict_type", "model_type"):
        return _wants_settings(path, given)
    if kind == "string_type":
        folder = path[-1] in FOLDERS
        return f"must be a {'folder' if folder else 'word'}, and this is {_shown(given)}" + (
            f'; write "{given}" if that is its name' if isinstance(given, int | float) else ""
        )
    if kind == "bool_type":
        return f"must be true or false, and this is {_shown(given)}"
    if kind.startswith(("int", "float")):
        whole = "whole " if kind.startswith("int") else ""
        return f"must be a {whole}number, and this is {_shown(given)}"
    limit = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}
    if kind in limit:
        words, key = limit[kind]
        return f"must be {words} {error['ctx'][key]:g}, and this is {given}"
    return f"{error['msg']}, and this is {_shown(given)}"


def _unknown(path: Path) -> str:
    model: type[BaseModel] = File
    if "gates" in path[:-1]:
        model = Gates
    elif len(path) > 1:
        sections: Mapping[Any, type[BaseModel]] = {"profiles": Profile, "lint": Lint}
        model = sections.get(path[0], File)
    known = [field.alias or name for name, field in model.model_fields.items()]
    listed = f"there are {', '.join(known)}"
    return f"{_WORDS_OF[model]}; {did_you_mean(str(path[-1]), known) or listed}"


def _wants_settings(path: Path, given: Any) -> str:
    known: dict[Path, str] = {
        ("backends",): "must hold settings of backends, by their names",
        ("profiles",): "must hold profiles by their names, such as `ci: {repeat: 5}`",
        ("lint",): "must hold lists of rules, such as `ignore: [RULE]`",
        ("removed",): "must hold plans that are gone, each with why: `plans/old.plan: its reason`",
        ("weaker",): "must hold settings that ask less, each with why: `lint.ignore: its reason`",
    }
    wanted = known.get(path)
    if wanted is None and path[0] == "backends":
        wanted = "must hold settings of this backend, such as `image: NAME`"
    if wanted is None and path[-1] == "gates":
        wanted = "must hold gates, such as `success-rate: 98%`"
    wanted = wanted or "must hold settings, such as `backend: sim`"
    return f"{wanted}, and this is {_shown(given)}"


def _shown(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f"`{value}`"
        case list():
            return "a list"
        case dict():
            return "a group of settings"
    return str(value)


def _not_yaml(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"{CONFIG}:{mark.line + 1}" if mark is not None else CONFIG
    problem = getattr(error, "problem", None) or str(error)
    return f"{place}: is not YAML: {problem}"


# --- places ------------------------------------------------------------------------------------


def places(root: yaml.Node) -> Iterator[tuple[Path, int]]:
    """Yield the line of every key and item; what an alias repeats has the alias' line."""
    yield (), root.start_mark.line + 1
    waiting: list[tuple[Path, yaml.Node]] = [((), root)]
    seen: set[int] = set()
    while waiting:
        path, node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for part, where, value in _inside_of(node):
            yield (*path, part), where.start_mark.line + 1
            waiting.append(((*path, part), value))


def _inside_of(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((str(key.value), key, value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from ((number, item, item) for number, item in enumerate(node.value))


def _twice(root: yaml.Node) -> list[tuple[int, str]]:
    """Return the settings of which YAML would take the last, without a word."""
    counted = Counter(
        (path, line) for path, line in places(root) if path and isinstance(path[-1], str)
    )
    first: dict[Path, int] = {}
    again = []
    for path, line in sorted(counted, key=lambda each: each[1]):
        if path in first:
            again.append((line, str(path[-1])))
        first.setdefault(path, line)
    return again
