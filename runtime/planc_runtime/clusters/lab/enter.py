"""Execute a program on a host of the lab: `enter.py USERS NETWORK PROGRAM ARGUMENT...`

USERS and NETWORK are paths of the namespaces, in the /proc of the process that holds them. Runs as
a script of its own, without the package, for the sake of its start.
"""

import ctypes
import os
import sys

NEWNET = 0x4000_0000
NEWUSER = 0x1000_0000
_FLAGS = os.O_RDONLY | os.O_CLOEXEC


def main() -> None:
    users, network, *program = sys.argv[1:]
    libc = ctypes.CDLL(None, use_errno=True)
    # Both are opened first: from inside, the process that holds them cannot be looked into.
    spaces = [(os.open(users, _FLAGS), NEWUSER), (os.open(network, _FLAGS), NEWNET)]
    if os.path.sameopenfile(spaces[0][0], os.open("/proc/self/ns/user", _FLAGS)):
        # There is none around the lab: root has made it. One's own cannot be entered again.
        del spaces[0]
    for descriptor, kind in spaces:
        if libc.setns(descriptor, kind) != 0:
            sys.exit(f"cannot enter the lab: {os.strerror(ctypes.get_errno())}")
    try:
        os.execvp(program[0], program)
    except OSError as trouble:
        print(f"{program[0]}: {trouble.strerror}", file=sys.stderr)
        sys.exit(127)


main()
