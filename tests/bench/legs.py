"""Two ways of doing one thing, measured in turns in one run.

Legs go A B B A A B B A ...: whatever drifts in the machine meanwhile, warmth or
another load, falls on both, and the ratio of each pair stays honest.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Comparison:
    """What was measured; `ours` and `peer` hold one figure for each leg, in `unit`.

    `goal` is for the median ratio: at least that where `higher_is_better`, at most
    that otherwise. `extra` goes into the file as it is; its key "notes", if any, is a
    list of sentences that are printed too.
    """

    name: str
    unit: str
    ours: list[float]
    peer: list[float]
    higher_is_better: bool
    goal: float
    extra: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse legs that do not pair up."""
        if not self.ours or len(self.ours) != len(self.peer):
            raise ValueError("each leg needs a figure of both sides")

    @property
    def ratios(self) -> list[float]:
        """Ours over the peer's, leg by leg."""
        return [a / b for a, b in zip(self.ours, self.peer, strict=True)]

    @property
    def median_ratio(self) -> float:
        """The ratio that half of the legs reach."""
        return median(self.ratios)

    @property
    def met(self) -> bool:
        """Whether the goal was reached."""
        if self.higher_is_better:
            return self.median_ratio >= self.goal
        return self.median_ratio <= self.goal


def alternate(
    ours: Callable[[], float], peer: Callable[[], float], legs: int = 6
) -> tuple[list[float], list[float]]:
    """Return the figures of `legs` turns of each, after one unmeasured turn of each."""
    ours()
    peer()
    figures: tuple[list[float], list[float]] = ([], [])
    sides = [(ours, figures[0]), (peer, figures[1])]
    for leg in range(legs):
        for measure, noted in sides if leg % 2 == 0 else reversed(sides):
            noted.append(measure())
    return figures


def report(comparison: Comparison, json_file: Path | None) -> None:
    """Print the comparison, and write it to a file if one is named."""
    print(_text(comparison))
    if json_file is not None:
        json_file.write_text(
            json.dumps(_entries(comparison), indent=2, ensure_ascii=False) + "\n",
            encoding="utf-8",
        )


def parser(description: str) -> argparse.ArgumentParser:
    """Return the options that every benchmark has: `--json FILE` and `--legs N`."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument(
        "--json", type=Path, metavar="FILE", help="write the figures to this file"
    )
    options.add_argument(
        "--legs", type=int, default=6, metavar="N", help="turns of each side"
    )
    return options


def _text(comparison: Comparison) -> str:
    bound = "at least" if comparison.higher_is_better else "at most"
    outcome = "met" if comparison.met else "NOT met"
    lines = [
        comparison.name,
        f"  ours: {_figures(comparison.ours)} {comparison.unit}",
        f"  peer: {_figures(comparison.peer)} {comparison.unit}",
        f"  ratio: median {comparison.median_ratio:.3f},"
        f" {min(comparison.ratios):.3f} to {max(comparison.ratios):.3f};"
        f" goal {bound} {comparison.goal:g}: {outcome}",
    ]
    return "\n".join(lines + [f"  {note}" for note in _notes(comparison)])


def _figures(figures: list[float]) -> str:
    return f"median {median(figures):.4g}, {min(figures):.4g} to {max(figures):.4g}"


def _notes(comparison: Comparison) -> list[str]:
    notes = comparison.extra.get("notes", [])
    return [str(note) for note in notes] if isinstance(notes, list) else [str(notes)]


def _entries(comparison: Comparison) -> dict[str, object]:
    return {
        **comparison.extra,
        "name": comparison.name,
        "ours": comparison.ours,
        "peer": comparison.peer,
        "unit": comparison.unit,
        "ratios": comparison.ratios,
        "median_ratio": comparison.median_ratio,
        "higher_is_better": comparison.higher_is_better,
        "goal": comparison.goal,
        "met": comparison.met,
        "notes": _notes(comparison),
    }
