"""What carries a scenario out: set up, drive, heal, check, store, tear down.

`run.py` is the page to begin with. Everything that several parts of a running scenario share is on
the `Stage`; what a body may say is `script.py`. Three rooms around them: `nodes` brings the system
up and talks to it, `watching` keeps what is seen of it, `verdicts` judges and says how it ended.
"""
