"""Did the generator keep up?"""

from __future__ import annotations

from planc_runtime.checkers.offered_load import offered_load, send_lag
from planc_runtime.history import Operation, Result, Verdict
from support.histories import op


def load(count: int, lag: float = 0.0, rate: float = 100) -> list[Operation]:
    return [
        op(0, "read", "x", at=(n / rate + lag, n / rate + lag + 1), intended=n / rate)
        for n in range(count)
    ]


def judge(operations: list[Operation], clients: int = 8) -> Verdict:
    return offered_load(operations, offered=100, clients=clients, duration=10)


def test_a_generator_that_kept_up_passes() -> None:
    verdict = judge(load(1000, lag=0.001))
    assert verdict.result is Result.PASSED
    assert verdict.measured.startswith("100.0/s of 100.0/s were sent, with a send lag of 1 ms")


def test_too_few_operations_sent_is_inconclusive() -> None:
    assert judge(load(940)).result is Result.INCONCLUSIVE
    assert judge(load(955)).result is Result.PASSED
    assert judge([]).result is Result.INCONCLUSIVE


def test_operations_sent_late_are_inconclusive() -> None:
    assert judge(load(1000, lag=0.05)).result is Result.INCONCLUSIVE


def test_a_lag_is_weighed_against_the_time_between_a_clients_operations() -> None:
    assert judge(load(1000, lag=0.05), clients=100).result is Result.PASSED


def test_a_few_stragglers_are_forgiven() -> None:
    assert judge([*load(995), *load(5, lag=3)]).result is Result.PASSED
    assert judge([*load(980), *load(20, lag=3)]).result is Result.INCONCLUSIVE


def test_a_short_load_is_not_held_to_a_fraction_of_an_operation() -> None:
    verdict = offered_load(load(2, rate=1), offered=1, clients=1, duration=2.9)
    assert verdict.result is Result.PASSED


def test_send_lag_is_measured_to_the_sending() -> None:
    assert send_lag(load(10, lag=0.25), "max").value == 0.25
