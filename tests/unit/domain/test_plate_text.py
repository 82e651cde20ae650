"""What makes two plates alike."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.plate_text import bare, distance, matches, skeleton

# Few characters, so that near ones are drawn often.
TEXTS = st.text("O0B8I1A4X", min_size=1, max_size=7)
PATTERNS = st.text("O0X*?", min_size=1, max_size=7)


def levenshtein(one: str, other: str) -> int:
    """Count the edits between two texts, by the book."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            change = before + (a != b)
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, change)
    return row[-1]


@given(TEXTS, TEXTS)
def test_distance_is_that_of_the_skeletons(one: str, other: str) -> None:
    edits = levenshtein(skeleton(one), skeleton(other))
    expected = {0: 0 if one == other else 1, 1: 2}.get(edits)
    assert distance(one, other) == distance(other, one) == expected


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)
    assert len(skeleton(text)) == len(text)


@given(PATTERNS, st.text("O0X", max_size=7))
def test_patterns_mean_what_a_shell_means(pattern: str, text: str) -> None:
    assert matches(pattern, text) == fnmatch.fnmatchcase(text, pattern)


@pytest.mark.parametrize(
    ("wanted", "seen", "apart"),
    [
        ("AHK472", "AHK472", 0),
        ("AHK472", "AHK4T2", 1),
        ("B0B128", "8OB12B", 1),
        ("AHK472", "AHK47", 2),
        ("AHK47", "AHK472", 2),
        ("AHK472", "AHX472", 2),
        ("AHK472", "HAK472", None),
        ("AHK472", "AHK4", None),
        ("AHK472", "XYZ999", None),
    ],
)
def test_examples(wanted: str, seen: str, apart: int | None) -> None:
    assert distance(wanted, seen) == apart


@pytest.mark.parametrize("text", ["ahk-472", " AHK 472 ", "AHK·472", "ahk472"])
def test_separators_and_case_do_not_matter(text: str) -> None:
    assert bare(text) == "AHK472"
