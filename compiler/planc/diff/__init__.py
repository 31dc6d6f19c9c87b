"""What has changed in meaning between two versions of a project's plans.

    two snapshots of models -> what is the same (identity) -> what differs (statements, ...)
                            -> changes, each weaker, stronger, different or neutral

The model is compared, never the text: what was renamed, moved, reordered or formatted anew is no
change. Nothing here reads a file; `versions` brings the previous plans out of git.
"""

from planc.diff.change import KINDS, Change, Reached, Verdict
from planc.diff.compare import Broken, Comparison, compare
from planc.diff.sides import Snapshot

__all__ = ["KINDS", "Broken", "Change", "Comparison", "Reached", "Snapshot", "Verdict", "compare"]
