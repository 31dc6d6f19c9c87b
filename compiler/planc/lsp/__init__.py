"""The language server: what an editor asks while a plan is written.

    text ── pieces ── names ── project ── one module per question of the protocol ── server

A file is cut into pieces at its left margin (`pieces`), each of which is parsed once and knows its
own names (`names`), in places that count from its own beginning; so a keystroke costs one piece,
however long the file is. `project` joins pieces to files and files to each other. What is wrong is
found by the compiler itself, on whole files, in a thread of its own (`checking`).

Nothing a plan names is run or imported here.
"""
