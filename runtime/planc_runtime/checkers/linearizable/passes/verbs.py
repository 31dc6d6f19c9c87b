"""What registers are asked to do, as small numbers: for the passes that look at whole histories."""

from __future__ import annotations

from planc_runtime.checkers.linearizable.models import Register

READ, WRITE, CAS, DELETE, REFUSED = range(5)
"""The last is a cas that answered that it found another value."""
CODES = {
    f: {"read": READ, "write": WRITE, "cas": CAS, "delete": DELETE}[verb.f]
    for f, verb in Register.verbs.items()
}
"""The number of each name that an operation on a register may have."""
ARGUMENTS = (1, 2, 3, 1)
"""How many each takes, the name of the register among them."""


class Unfit(Exception):
    """The history is not one of named registers alone, or cannot be put in order by numbers."""
