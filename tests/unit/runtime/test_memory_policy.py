"""Rings shrink near the bound and grow again only well below it."""

from hypothesis import given
from hypothesis import strategies as st

from app.runtime.memory_guard import MemoryGuard
from app.runtime.memory_policy import MemoryLimits, MemoryPolicy

LIMITS = MemoryLimits(rings=800, resident=1000)


def test_with_room_the_whole_budget_is_given() -> None:
    policy = MemoryPolicy(LIMITS)
    assert policy.budget_bytes(700) == 800
    assert not policy.short


def test_near_the_bound_the_rings_halve_down_to_an_eighth() -> None:
    policy = MemoryPolicy(LIMITS)
    budgets = [policy.budget_bytes(950) for _ in range(5)]
    assert budgets == [400, 200, 100, 100, 100]
    assert policy.short


def test_between_near_and_far_nothing_changes() -> None:
    policy = MemoryPolicy(LIMITS)
    policy.budget_bytes(950)
    assert {policy.budget_bytes(800) for _ in range(5)} == {400}


def test_well_below_they_grow_back() -> None:
    policy = MemoryPolicy(LIMITS)
    policy.budget_bytes(950)
    budgets = [policy.budget_bytes(100) for _ in range(6)]
    assert budgets == sorted(budgets)
    assert budgets[-1] == 800
    assert not policy.short


@given(st.lists(st.integers(0, 5000), max_size=60))
def test_the_budget_stays_within_its_bounds(used: list[int]) -> None:
    policy = MemoryPolicy(LIMITS)
    for resident in used:
        assert 100 <= policy.budget_bytes(resident) <= 800


def test_the_guard_says_so_and_divides() -> None:
    shared: list[int] = []
    resident = [950]
    guard = MemoryGuard(LIMITS, shared.append, lambda: resident[0])
    assert guard.message == ""
    guard.look()
    assert "memory" in guard.message
    resident[0] = 10
    for _ in range(5):
        guard.look()
    assert guard.message == ""
    assert shared[0] == 400
    assert shared[-1] == 800


def test_this_computer_has_limits() -> None:
    limits = MemoryLimits.of_this_computer()
    assert 0 < limits.rings < limits.resident


def test_once_a_minute_free_memory_is_given_back() -> None:
    given: list[int] = []
    guard = MemoryGuard(LIMITS, lambda _: None, lambda: 10, lambda: given.append(1))
    for _ in range(25):
        guard.look()
    assert len(given) == 2
