"""Troubles of one node's machine: its clock, its disk, its processor, memory and descriptors.

They befall real, unmodified processes of the user who runs the test, with no privilege: what a
parent may do to its children is enough. The keeper of an incarnation does it (`machine.Machine`),
the test process keeps the books (`leases`), and the warden tries at its start what this kernel
allows (`trial`), so that what cannot be done is known before anything is started.

What runs in the keeper imports nothing but a few quick modules of the standard library.
"""
