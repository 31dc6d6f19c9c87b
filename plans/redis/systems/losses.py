"""How many acknowledged writes a primary threw away, and over which stretch of time.

`expect some acknowledged write is lost` says that there is a loss; this is its number and width.
"""

from __future__ import annotations

from typing import Any


def lost(history: list[Any], kept: list[Any]) -> dict[str, Any]:
    """Compare the acknowledged additions to a set with what the set holds in the end.

    `seconds` lie between the first and the last acknowledgement of a write that is gone.
    """
    left = {str(element) for element in kept}
    acknowledged = [op for op in history if op.f == "add" and op.outcome == "ok"]
    gone = [op.completed for op in acknowledged if str(op.args[-1]) not in left]
    return {
        "count": len(gone),
        "of": len(acknowledged),
        "seconds": round(max(gone) - min(gone), 3) if gone else 0.0,
    }
