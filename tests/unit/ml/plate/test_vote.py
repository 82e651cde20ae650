"""What the reads of a track agree on, and when it is published."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.geometry import PixelBox
from ml.plate.grammar import ALPHABET, load_grammar
from ml.plate.reads import CharacterRead
from ml.plate.vote import align, vote

_BOX = PixelBox(0, 0, 100, 50)
_TEXTS = st.text(ALPHABET, min_size=4, max_size=8)


def _read(
    text: str, sure: float = 0.99, second: dict[int, tuple[str, float]] | None = None
) -> CharacterRead:
    """Make a read; `second` gives positions another likely character."""
    table = np.zeros((len(text), len(ALPHABET)), np.float32)
    for position, character in enumerate(text):
        table[position, ALPHABET.index(character)] = sure
    for position, (character, share) in (second or {}).items():
        table[position] *= (1 - share) / sure
        table[position, ALPHABET.index(character)] = share
    return CharacterRead(probabilities=table, box=_BOX)


def test_two_sure_reads_are_published_with_hyphen() -> None:
    """The plain case."""
    reading = vote([_read("AHK472")] * 2, load_grammar())
    assert reading.text == "AHK-472"
    assert reading.confidence > 0.9
    assert reading.read_count == 2


def test_nothing_read_is_nothing_published() -> None:
    """No reads, no text, no alternatives."""
    reading = vote([], load_grammar())
    assert reading.text is None
    assert reading.alternatives == ()


def test_one_middling_read_is_not_enough() -> None:
    """It is kept as an alternative for the person who decides."""
    reading = vote([_read("AHK472", 0.97)], load_grammar())
    assert reading.text is None
    assert reading.alternatives[0].text == "AHK-472"


def test_one_read_is_not_enough_however_sure_it_is() -> None:
    """A notice must not rest on a single frame."""
    reading = vote([_read("AHK472", 0.999)], load_grammar())
    assert reading.text is None
    assert reading.alternatives[0].text == "AHK-472"


def test_unsure_reads_are_not_published_however_many() -> None:
    """Twenty frames that guess alike are still a guess."""
    reading = vote([_read("AHK472", 0.6)] * 20, load_grammar())
    assert reading.text is None
    assert reading.alternatives[0].text == "AHK-472"


def test_a_wrong_read_is_outvoted() -> None:
    """One frame of five confuses B and 8."""
    reads = [_read("ABK472")] * 4 + [_read("A8K472", 0.7)]
    assert vote(reads, load_grammar()).text == "ABK-472"


def test_a_lost_character_is_aligned() -> None:
    """Frames in which a character is missing or doubled still speak for the rest."""
    reads = [_read("AHK472")] * 3 + [_read("AHK47", 0.9), _read("AAHK472", 0.9)]
    assert vote(reads, load_grammar()).text == "AHK-472"


def test_the_grammar_decides_between_equals() -> None:
    """Where O and 0 look alike, the place tells."""
    reads = [_read("AHK4O2", second={4: ("0", 0.48)})] * 3
    assert vote(reads, load_grammar()).alternatives[0].text == "AHK-402"


@pytest.mark.parametrize(
    ("country", "read", "meant"),
    [("BR", "OKLI235", "OKL-1235"), ("AR", "AD05OJI", "AD-050-JI")],
)
def test_signs_of_one_shape_are_told_apart_by_their_place(
    country: str, read: str, meant: str
) -> None:
    """A reader may be sure of an I where only a 1 can stand; a person decides."""
    reading = vote([_read(read)] * 3, load_grammar(country))
    assert reading.alternatives[0].text == meant
    assert reading.text is None


def test_the_grammar_never_forces() -> None:
    """A foreign plate that is plainly read stays what it is."""
    reading = vote([_read("7ABC12", 0.99)] * 3, load_grammar())
    assert reading.text == "7ABC12"


def test_a_text_that_lacks_one_of_two_equal_signs_is_not_published() -> None:
    """BJB-008 is easily read as BJB08, however sure each sign is."""
    reading = vote([_read("BJB08")] * 3, load_grammar())
    assert reading.text is None
    assert "BJB-008" in {a.text for a in reading.alternatives}


def test_a_text_that_may_hold_the_edge_of_the_plate_is_not_published() -> None:
    """The rim beside AHK-472 is easily taken for an I or an L."""
    reading = vote([_read("IAHK472")] * 3, load_grammar())
    assert reading.text is None
    assert "AHK-472" in {a.text for a in reading.alternatives}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_TEXTS, st.floats(0.3, 0.999)), max_size=6), st.integers(0))
def test_the_order_of_reads_does_not_matter(
    reads: list[tuple[str, float]], seed: int
) -> None:
    """The same reads give the same reading."""
    made = [_read(text, sure) for text, sure in reads]
    order = np.random.default_rng(seed).permutation(len(made))
    shuffled = [made[i] for i in order]
    first, second = vote(made, load_grammar()), vote(shuffled, load_grammar())
    assert first.text == second.text
    assert first.confidence == pytest.approx(second.confidence, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_TEXTS, st.floats(0.05, 1.0)), min_size=1, max_size=6))
def test_probabilities_are_probabilities(reads: list[tuple[str, float]]) -> None:
    """Between 0 and 1, best first, together at most 1; published means best."""
    reading = vote([_read(text, sure) for text, sure in reads], load_grammar())
    shares = [a.probability for a in reading.alternatives]
    assert all(0 <= share <= 1 for share in shares)
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1 + 1e-6
    if reading.text is not None:
        assert reading.text == reading.alternatives[0].text
        assert reading.confidence >= 0.85


@given(_TEXTS, _TEXTS)
def test_alignment_keeps_the_order(text: str, pivot: str) -> None:
    """Partners go up, each is used once, and equal texts align one to one."""
    partners = [p for p in align(text, pivot) if p is not None]
    assert partners == sorted(set(partners))
    assert align(text, text) == list(range(len(text)))
