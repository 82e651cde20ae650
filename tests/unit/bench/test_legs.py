"""Measuring in turns, and what is said of it."""

import json
from pathlib import Path

import pytest

from tests.bench.legs import Comparison, alternate, parser, report


def comparison(*, higher_is_better: bool = False, goal: float = 0.5) -> Comparison:
    """Return one of ratios 0.2, 0.4 and 1."""
    return Comparison(
        name="tracker",
        unit="ms",
        ours=[1.0, 2.0, 3.0],
        peer=[5.0, 5.0, 3.0],
        higher_is_better=higher_is_better,
        goal=goal,
        extra={"notes": ["the machine was busy"], "tracks": 100},
    )


def test_turns_follow_each_other_in_mirrored_pairs() -> None:
    """Drift falls on both: after a warm-up of each the order is A B B A A B."""
    order: list[str] = []

    def turn(side: str) -> float:
        order.append(side)
        return float(len(order))

    ours, peer = alternate(lambda: turn("a"), lambda: turn("b"), legs=3)
    assert "".join(order) == "ab" + "abbaab"
    assert (ours, peer) == ([3.0, 6.0, 7.0], [4.0, 5.0, 8.0])


@pytest.mark.parametrize(
    ("higher_is_better", "goal", "met"),
    [(False, 0.5, True), (False, 0.3, False), (True, 0.3, True), (True, 0.5, False)],
)
def test_the_median_ratio_decides(
    *, higher_is_better: bool, goal: float, met: bool
) -> None:
    """Which side of the goal is good depends on what is measured."""
    measured = comparison(higher_is_better=higher_is_better, goal=goal)
    assert measured.median_ratio == pytest.approx(0.4)
    assert measured.met is met


def test_legs_must_pair_up() -> None:
    """A ratio needs both figures."""
    with pytest.raises(ValueError, match="both sides"):
        Comparison("x", "ms", [1.0], [], higher_is_better=True, goal=1)


def test_report_prints_and_writes_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """People read the text, and programs the file."""
    json_file = tmp_path / "tracker.json"
    report(comparison(goal=0.3), json_file)
    said = json.loads(json_file.read_text(encoding="utf-8"))
    assert said["met"] is False
    assert said["ratios"] == pytest.approx([0.2, 0.4, 1.0])
    assert (said["tracks"], said["notes"]) == (100, ["the machine was busy"])
    text = capsys.readouterr().out
    assert "NOT met" in text
    assert "the machine was busy" in text


def test_options_of_every_benchmark(tmp_path: Path) -> None:
    """Without options six legs are printed only."""
    assert vars(parser("x").parse_args([])) == {"json": None, "legs": 6}
    chosen = parser("x").parse_args(["--json", str(tmp_path), "--legs", "8"])
    assert (chosen.json, chosen.legs) == (tmp_path, 8)
