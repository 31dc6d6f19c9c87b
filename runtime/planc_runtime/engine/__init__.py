"""What carries a scenario out: set up, drive, heal, check, store, tear down.

`run.py` is the page to begin with. Everything that several parts of a running scenario share is on
the `Stage`; what a body may say is `script.py`, and what is judged at the end, `judge.py`.
"""
