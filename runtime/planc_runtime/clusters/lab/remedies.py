"""What stands between this machine and the lab, and the command that takes it away."""

from __future__ import annotations

from pathlib import Path

_SWITCHES = {
    "kernel/apparmor_restrict_unprivileged_userns": ("1", "0"),
    "kernel/unprivileged_userns_clone": ("0", "1"),
    "user/max_user_namespaces": ("0", "15000"),
    "user/max_net_namespaces": ("0", "15000"),
}
"""Kernel settings, each with the value that refuses and one that allows."""
_MODULES = "bridge veth nf_tables nft_fwd_netdev nft_reject_ipv4 inet_diag tcp_diag"
_CONTAINER = (
    "in a container: `docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN "
    "--security-opt seccomp=unconfined --security-opt apparmor=unconfined ...`"
)
_WRITABLE = "in a container: `docker run --security-opt systempaths=unconfined ...`"


def remedies(reasons: list[str], root: Path = Path("/proc")) -> list[str]:
    """Return what could be done about refusals, most likely first; nothing when there are none."""
    if not reasons:
        return []
    found = [
        f"`sudo sysctl -w {name.replace('/', '.')}={allows}`"
        for name, (refuses, allows) in _SWITCHES.items()
        if _text(root / "sys" / name) == refuses
    ]
    text = " ".join(reasons)
    if not found and "not permitted" in text:
        found.append(_CONTAINER if _is_filtered(root) else "run as root")
    if "not supported" in text or "No such file" in text:
        found.append(f"`sudo modprobe -a {_MODULES}`")
    if "Read-only file system" in text:
        found.append(_WRITABLE)
    return found


def _is_filtered(root: Path) -> bool:
    """Tell whether a filter of system calls is laid on this process, as containers have it."""
    return "\nSeccomp:\t2" in _text(root / "self/status")


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
