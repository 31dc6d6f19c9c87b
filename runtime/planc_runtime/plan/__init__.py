"""What a plan says, as values: nothing in this package runs, waits or opens anything.

A generated module builds these values through `planc_runtime.api`; the engine reads them. Importing
the package is cheap on purpose: pytest imports hundreds of generated modules to collect them.
"""
