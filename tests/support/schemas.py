"""What other tools read, by their own schemas."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

SCHEMAS = Path(__file__).parents[1] / "diagnostics" / "schemas"


@cache
def _validator(name: str) -> Any:
    schema = json.loads((SCHEMAS / name).read_text("utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


def require_sarif(text: str) -> dict[str, Any]:
    """Return a SARIF 2.1.0 log; raise when it is none."""
    document: dict[str, Any] = json.loads(text)
    _validator("sarif-2.1.0-rtm.5.json").validate(document)
    return document


def require_gitlab(text: str) -> list[dict[str, Any]]:
    """Return a code quality report; raise when it is none, or names two issues alike."""
    document: list[dict[str, Any]] = json.loads(text)
    _validator("gitlab-code-quality.json").validate(document)
    known = [each["fingerprint"] for each in document]
    assert len(set(known)) == len(known)
    return document
