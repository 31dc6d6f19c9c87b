"""Execute a program on a host of the lab: `enter.py USERS NETWORK PROGRAM ARGUMENT...`

USERS and NETWORK are paths of the namespaces, in the /proc of the process that holds them. Runs as
a script of its own, without the package, for the sake of its start.
"""

import ctypes
import os
import sys

NEWNET = 0x4000_0000
NEWUSER = 0x1000_0000


def main() -> None:
    users, network, *program = sys.argv[1:]
    libc = ctypes.CDLL(None, use_errno=True)
    for path, kind in ((users, NEWUSER), (network, NEWNET)):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        if kind == NEWUSER and os.path.sameopenfile(
            descriptor, os.open("/proc/self/ns/user", os.O_RDONLY | os.O_CLOEXEC)
        ):
            # There is none around the lab: root has made it. One's own cannot be entered again.
            continue
        if libc.setns(descriptor, kind) != 0:
            sys.exit(f"cannot enter the lab: {os.strerror(ctypes.get_errno())}")
    try:
        os.execvp(program[0], program)
    except OSError as trouble:
        print(f"{program[0]}: {trouble.strerror}", file=sys.stderr)
        sys.exit(127)


main()
