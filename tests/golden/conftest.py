"""The cases are projects of their own: their plans and modules are read, not collected."""

collect_ignore = ["cases"]
