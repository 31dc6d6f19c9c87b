"""Troubles: from a value of the plan to something that is in force, proven, and mended again.

`perform.py` carries actions out; `install.py` knows how each kind of trouble is laid on the world;
`ledger.py` keeps what is in force, so that every way out of a block can mend it.
"""
