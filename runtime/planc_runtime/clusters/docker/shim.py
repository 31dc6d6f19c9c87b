"""Start a node's program with its system calls watched: the last thing before the exec.

A filter is installed by the process itself, so this stands between the engine and the program, in
scenarios that trouble a disk and for nodes that have this machine's Python. It hands the listener
to the lab, whose process answers the calls, and becomes the program. One mistake of it is the
node's: it ends, and the reason is in the log.

    python -I -S -c ... main() FOLDER FILES PROGRAM ARGUMENT...

FOLDER holds the lab's socket; FILES is what of them is watched: a JSON object for
`Machine.watch`, or null.
"""

from __future__ import annotations

import os
import socket
import sys

from planc_runtime.clusters.machine import calls, seccomp
from planc_runtime.clusters.machine.handing import hand_over

SOCKET = "watch.sock"
NO_FILES = "null"


def main() -> None:
    folder, files, *program = sys.argv[1:]
    watched = calls.SYNCS if files == NO_FILES else (*calls.SYNCS, *calls.FILES)
    try:
        line = _call(folder)
        line.send(files.encode())
        hand_over(line, seccomp.listen(watched))
        os.execv(program[0], program)
    except OSError as trouble:
        sys.exit(f"planc: the program cannot be watched: {trouble}")


def _call(folder: str) -> socket.socket:
    """Connect to the lab; the path of a socket may be short only, so it is gone to."""
    here = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    os.chdir(folder)
    line.connect(SOCKET)
    os.fchdir(here)
    return line
