"""The command line: one file per verb, each imported only when it is asked for.

Exit status everywhere: 0 clean, 1 findings, 2 could not run; and 3 of a run in which nothing
failed, but something proved nothing.
"""

CLEAN = 0
FINDINGS = 1
CANNOT_RUN = 2
INCONCLUSIVE = 3
