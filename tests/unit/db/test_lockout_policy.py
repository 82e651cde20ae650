"""When a login is locked, for how long, and what nobody can bring about."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import NS_PER_S
from db.lockout_policy import (
    ALL_LOGINS,
    FAILURES,
    FAILURES_OF_AN_ADDRESS,
    LONGEST_LOCK_S,
    LONGEST_OF_AN_ADMINISTRATOR_S,
    WINDOW_S,
    Lock,
    LockoutPolicy,
)
from db.login_log import LoginTry

_FAR, _HERE = "10.0.0.5", "127.0.0.1"


def _fail(
    policy: LockoutPolicy,
    times: int,
    *,
    login: str = "ana",
    address: str = _HERE,
    at_s: float = 0,
    administrator: bool = False,
    person: bool = True,
) -> list[Lock]:
    one = LoginTry(login, address, failed=True)
    found: list[Lock] = []
    for _ in range(times):
        found += policy.locks(
            one, int(at_s * NS_PER_S), person=person, administrator=administrator
        )
    return found


def test_the_fifth_failure_locks_for_half_a_minute() -> None:
    policy = LockoutPolicy()
    assert _fail(policy, FAILURES - 1) == []
    assert _fail(policy, 1) == [
        Lock(login="ana", address=_HERE, failures=FAILURES, seconds=30)
    ]


def test_locks_grow_to_a_quarter_of_an_hour_and_are_forgiven_in_a_day() -> None:
    policy = LockoutPolicy()
    lengths = [
        _fail(policy, FAILURES, at_s=1000 * turn)[0].seconds for turn in range(8)
    ]
    assert lengths == [30, 60, 120, 240, 480, 900, 900, 900]
    (after,) = _fail(policy, FAILURES, at_s=8000 + 25 * 3600)
    assert after.seconds == 30


def test_administrators_are_let_in_again_soon() -> None:
    policy = LockoutPolicy()
    for turn in range(9):
        (lock,) = _fail(policy, FAILURES, at_s=1000 * turn, administrator=True)
        assert lock.seconds <= LONGEST_OF_AN_ADMINISTRATOR_S


def test_failures_far_apart_and_before_a_success_do_not_add_up() -> None:
    policy = LockoutPolicy()
    assert _fail(policy, FAILURES - 1) == []
    assert _fail(policy, 1, at_s=WINDOW_S + 1) == []
    assert _fail(policy, FAILURES - 2, at_s=WINDOW_S + 1) == []
    success = LoginTry("ana", _HERE, failed=False)
    assert list(policy.locks(success, 0, person=True, administrator=False)) == []
    assert _fail(policy, FAILURES - 1, at_s=WINDOW_S + 1) == []


def test_who_fails_elsewhere_locks_nobody_here() -> None:
    policy = LockoutPolicy()
    locks = _fail(policy, 500, address=_FAR)
    assert locks
    assert {lock.address for lock in locks} == {_FAR}


def test_invented_names_lock_the_address_alone() -> None:
    policy = LockoutPolicy()
    for number in range(FAILURES_OF_AN_ADDRESS - 1):
        assert _fail(policy, 1, login=f"x{number}", address=_FAR, person=False) == []
    (lock,) = _fail(policy, 1, login="y", address=_FAR, person=False)
    assert (lock.login, lock.address) == (ALL_LOGINS, _FAR)


def test_all_who_work_at_this_computer_are_never_locked_together() -> None:
    policy = LockoutPolicy()
    for address in (_HERE, "::1", "[local]", "127.9.9.9"):
        for number in range(3 * FAILURES_OF_AN_ADDRESS):
            assert (
                _fail(policy, 1, login=f"x{number}", address=address, person=False)
                == []
            )


@given(st.lists(st.tuples(st.sampled_from(["ana", "eve"]), st.integers(0, 90_000))))
def test_no_lock_is_longer_than_said(tries: list[tuple[str, int]]) -> None:
    policy = LockoutPolicy()
    for login, at_s in sorted(tries, key=lambda each: each[1]):
        for lock in _fail(policy, 1, login=login, at_s=at_s, address=_FAR):
            assert 0 < lock.seconds <= LONGEST_LOCK_S
