"""The measuring stick itself is measured."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.infraction import InfractionKind
from app.simulator.score import FoundEvent, Interval, TrueEvent, looped, score

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_ALWAYS = (Interval(start=_EPOCH, end=_EPOCH + timedelta(days=1)),)
RED, FAST = InfractionKind.RED_LIGHT, InfractionKind.SPEEDING


def _true(second: float, kind: InfractionKind = RED) -> TrueEvent:
    return TrueEvent(
        kind=kind, at=_EPOCH + timedelta(seconds=second), plate="ABC-123", speed_kmh=80
    )


def _found(second: float, kind: InfractionKind = RED) -> FoundEvent:
    return FoundEvent(
        kind=kind, at=_EPOCH + timedelta(seconds=second), plate="ABC123", speed_kmh=81
    )


def test_a_finding_matches_only_its_own_kind_and_time() -> None:
    result = score([_true(10), _true(30, FAST)], [_found(10.4), _found(30)], _ALWAYS)
    assert [result.true_found, result.false_found, result.missed] == [1, 1, 1]
    assert list(result.speed_errors_kmh) == [1]
    assert [result.plates_published, result.plates_right] == [1, 1]


def test_a_twin_finding_is_false() -> None:
    result = score([_true(10)], [_found(10), _found(10.2)], _ALWAYS)
    assert (result.true_found, result.false_found) == (1, 1)


def test_what_could_not_be_seen_is_not_missed() -> None:
    seen = (Interval(start=_EPOCH + timedelta(seconds=20), end=_ALWAYS[0].end),)
    assert score([_true(10), _true(25)], [], seen).missed == 1


def test_every_loop_commits_the_same_infractions() -> None:
    until = _EPOCH + timedelta(seconds=150)
    events = list(looped([(RED, 10.0, "ABC-123", None)], _EPOCH, 60, until))
    assert [(e.at - _EPOCH).total_seconds() for e in events] == [10, 70, 130]


@given(
    st.lists(st.floats(0, 1000), max_size=12), st.lists(st.floats(0, 1000), max_size=12)
)
def test_counts_add_up(true_s: list[float], found_s: list[float]) -> None:
    result = score([_true(s) for s in true_s], [_found(s) for s in found_s], _ALWAYS)
    assert result.true_found + result.missed == len(true_s)
    assert result.true_found + result.false_found == len(found_s)


@given(st.lists(st.floats(0, 1000), max_size=12, unique=True))
def test_perfect_findings_score_perfectly(true_s: list[float]) -> None:
    result = score([_true(s) for s in true_s], [_found(s) for s in true_s], _ALWAYS)
    assert result.missed == result.false_found == 0
