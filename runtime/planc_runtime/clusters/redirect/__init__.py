"""A network without any privilege: connections led through a process that can trouble them.

    a node ── keeper ── Redirector     its connect() waits (seccomp); we say where it really goes
                           │ Guide     "n1 wants port 2379 of n2": to which port of the exchange?
    the exchange, one process per world
      Gate ── Relay ── Flow, Flow ── Link     one listener per pair and port; bytes, late or held
    test process ── RedirectNetwork    leases, probes, and its own clients led the same way

Every node has an address of its own below 127, and everything listens where it always would. What a
program connects to is changed in its own memory while it waits in the kernel, so that nothing
is asked of it: static binaries and Go work as C does. It is not the lab: TCP is troubled as a
stream, not packet by packet, and datagrams can only be cut off.
"""
