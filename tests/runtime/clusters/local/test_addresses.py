import os
import socket
import subprocess
import sys

import pytest

from planc_runtime.clusters.local.addresses import AddressLease, _try
from planc_runtime.errors import CannotRun


def test_two_leases_never_share_a_prefix() -> None:
    leases = [AddressLease.take() for _ in range(50)]
    assert len({lease.prefix for lease in leases}) == 50
    for lease in leases:
        lease.release()


def test_a_prefix_is_free_again_after_its_release() -> None:
    lease = AddressLease.take()
    assert _try(lease.prefix) is None
    lease.release()
    again = _try(lease.prefix)
    assert again is not None
    again.close()


def test_the_lease_lasts_as_long_as_any_heir_holds_it() -> None:
    lease = AddressLease.take()
    heir = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
        pass_fds=[lease.socket.fileno()],
    )
    lease.release()
    assert _try(lease.prefix) is None
    heir.kill()
    heir.wait()
    again = _try(lease.prefix)
    assert again is not None
    again.close()


def test_addresses_can_be_bound_without_privileges() -> None:
    lease = AddressLease.take()
    first, second = lease.next_address(), lease.next_address()
    assert first != second
    with socket.socket() as one, socket.socket() as two:
        one.bind((first, 2379))
        two.bind((second, 2379))
    lease.release()


def test_a_world_has_room_for_254_nodes_and_says_so() -> None:
    lease = AddressLease.take()
    assert len({lease.next_address() for _ in range(254)}) == 254
    with pytest.raises(CannotRun, match="254 nodes"):
        lease.next_address()
    lease.release()


def test_a_fork_of_the_holder_does_not_disturb_the_next_lease() -> None:
    lease = AddressLease.take()
    assert os.get_inheritable(lease.socket.fileno()) is False
    lease.release()
