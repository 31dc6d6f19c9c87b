"""The command line: one file per verb, each imported only when it is asked for.

Exit status everywhere: 0 clean, 1 findings, 2 could not run.
"""

from __future__ import annotations

from typing import Final

CLEAN: Final = 0
FINDINGS: Final = 1
CANNOT_RUN: Final = 2
