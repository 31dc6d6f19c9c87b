"""Real processes on this machine, by rung: what the machine allows decides about the network.

What is done to processes and disks needs no network of one's own, and is the same on every rung.
"""

from __future__ import annotations

from planc.vocabulary.backends.ability import Backend, Rung, Way, approximate, exact, impossible

_PROCESSES = {
    "crash": exact("SIGKILL to all that the node started"),
    "stop": exact("the service's signal, SIGKILL when it is ignored"),
    "restart": exact("a new process on the same data"),
    "pause": exact("SIGSTOP to all that the node started"),
    "probe": exact("/proc of all that the node started"),
}
_CLOCKS = {
    "skew": exact(
        "the vDSO in the process' memory is patched; wall clock only (x86-64); programs that a "
        "node executes later are reached within a quarter of a second"
    ),
    "jump": exact("as `skew`"),
    "drift": exact("as `skew`; timers and the monotonic clock stay right"),
}
_SYNCS = {
    "slow_disk": exact("seccomp notification on calls that sync; O_SYNC and io_uring pass unseen"),
    "fail_fsync": exact("as `slow_disk`, with EIO"),
    "flip_bits": exact("bits of the files, drawn with the seed"),
}
_WATCHED_FILES = {
    "fill_disk": exact(
        "seccomp notification on all writes below the data folder; growing fails with ENOSPC;"
        " who asks for the room there is (statfs) is told none"
    ),
    "lose_unsynced": approximate(
        "what is written is journaled at every call (seccomp) and taken back when the node is down;"
        " libaio and maps above 64 MiB pass unseen and make it indeterminate"
    ),
}
_RESOURCES = {
    "limit_memory": approximate("RLIMIT_DATA: asking fails with ENOMEM, nobody is killed"),
    "throttle_cpu": approximate("stopped and continued by account; slices of milliseconds"),
    "exhaust_files": exact("RLIMIT_NOFILE at the lowest free number"),
}
_MACHINE: dict[str, Way] = {
    **_PROCESSES,
    **_CLOCKS,
    **_SYNCS,
    **_WATCHED_FILES,
    **_RESOURCES,
}

_LAB: dict[str, Way] = {
    **_MACHINE,
    "partition": exact("frames are dropped in the bridge (nftables)"),
    "slow": exact("frames wait in a switch; half of them less than 0.3 ms too long"),
    "drop": exact("frames, in the switch"),
    "duplicate": exact("frames, in the switch"),
    "reorder": exact("frames, in the switch"),
    "corrupt": exact("one bit of the payload; the receiver's checksum finds it"),
    "limit": exact("frames queue in the switch"),
    "refuse": exact("RST from the target's firewall"),
    "cut": exact("both ends are reset (SOCK_DESTROY)"),
    "fail_names": exact("the node's own hosts file; no name server can be reached anyway"),
    "ipv6": exact("a unique local address beside the IPv4 one; troubles hold for both"),
    "multicast": exact("the bridge, and copies in the switch for links in trouble"),
    "retransmit": approximate("tcp_rto_max_ms on the nodes' hosts: 1 s at the least (Linux 6.15)"),
}

_NO_PACKETS = impossible("connections are led as streams, which have no packets")
_REDIRECT: dict[str, Way] = {
    **_MACHINE,
    "partition": approximate(
        "SYNs get no answer and streams are held, to go on at once when healed; datagrams vanish,"
        " but not those of sockets that are connected, or by sendmmsg"
    ),
    "slow": approximate("streams are late, datagrams and handshakes are not"),
    "drop": _NO_PACKETS,
    "duplicate": _NO_PACKETS,
    "reorder": _NO_PACKETS,
    "corrupt": _NO_PACKETS,
    "limit": approximate("streams, in pieces of 4 KiB; not datagrams"),
    "refuse": exact("RST from a port that is held and not listened on"),
    "cut": exact("both ends are reset"),
    "fail_names": impossible("nodes read the hosts file of this machine"),
    "ipv6": impossible("addresses below 127 are of IPv4"),
    "multicast": impossible("all nodes share one interface, and groups on it"),
    "retransmit": impossible("a setting of the whole machine, which is not ours"),
}

_NO_NETWORK = impossible("all nodes share this machine's network")
_LOOPBACK: dict[str, Way] = {
    **_MACHINE,
    **{name: _NO_NETWORK for name in _LAB if name not in _MACHINE},
}

LOCAL = Backend(
    "local",
    "real processes on this machine, each on a host of its own in a network lab",
    (
        Rung("root", "namespaces made by root", "CAP_SYS_ADMIN", _LAB),
        Rung("userns", "namespaces of an ordinary user", "unprivileged user namespaces", _LAB),
        Rung("redirect", "connections are led through a process", "seccomp filters", _REDIRECT),
        Rung("loopback", "addresses below 127 on this machine's network", "nothing", _LOOPBACK),
    ),
)
