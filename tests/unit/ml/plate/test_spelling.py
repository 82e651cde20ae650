"""Texts out of the shares that a text network gives, place by place."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.plate.grammar import ALPHABET
from ml.plate.spelling import Frames, greedy, log_shares, spell, text_of


def _frames(*places: dict[str, float]) -> Frames:
    """Return places that give signs these shares, `-` none, and nothing the rest."""
    frames = np.zeros((len(places), 1 + len(ALPHABET)), np.float32)
    for row, shares in zip(frames, places, strict=True):
        for sign, share in shares.items():
            row[0 if sign == "-" else 1 + ALPHABET.index(sign)] = share
        row[0] += 1 - row.sum()
    return frames


def _spoken(text: str, sure: float = 0.99) -> Frames:
    return _frames(*(part for sign in text for part in ({sign: sure}, {"-": 1.0})))


def _same(_: str) -> float:
    return 1.0


def _folded(signs: tuple[int, ...]) -> str:
    """Return what CTC makes of one sign for each place."""
    kept = [s for at, s in enumerate(signs) if at == 0 or s != signs[at - 1]]
    return "".join(ALPHABET[s - 1] for s in kept if s)


@given(st.integers(0, 2**32 - 1))
def test_the_share_of_a_text_is_that_of_all_ways_to_lay_it(seed: int) -> None:
    """Counted out one by one."""
    rng = np.random.default_rng(seed)
    frames = np.zeros((4, 1 + len(ALPHABET)), np.float32)
    frames[:, :3] = rng.dirichlet([1, 1, 1], 4)
    counted: dict[str, float] = {}
    for signs in product(range(3), repeat=4):
        share = float(np.prod([frames[at, sign] for at, sign in enumerate(signs)]))
        counted[_folded(signs)] = counted.get(_folded(signs), 0.0) + share
    texts = sorted(text for text in counted if text)
    found = np.exp(log_shares(frames, texts))
    assert found == pytest.approx([counted[text] for text in texts], abs=1e-4)


@given(st.text(ALPHABET, min_size=1, max_size=8))
def test_what_is_plain_is_spelt_as_it_is_read(text: str) -> None:
    """Double signs too, with nothing between them."""
    assert text_of(greedy(_spoken(text))) == text
    assert text_of(spell([_spoken(text)], _same)) == text


def test_a_spoilt_look_does_not_outvote_two_good_ones() -> None:
    """Its text is another one altogether."""
    looks = [_spoken("AHK472", 0.9), _spoken("AHK472", 0.8), _spoken("ZZ1")]
    assert text_of(spell(looks, _same)) == "AHK472"


def test_what_is_usual_decides_where_the_looks_do_not() -> None:
    """A picture between the signs that is taken for one is left out of the plate."""
    seen = _frames(
        {"A": 0.99}, {"-": 1}, {"B": 0.99}, {"-": 1}, {"8": 0.6}, {"-": 1}, {"1": 0.99}
    )
    assert text_of(spell([seen], _same)) == "AB81"
    usual = {"AB1": 1.0}
    table = spell([seen], lambda text: usual.get(text, 0.05))
    assert text_of(table) == "AB1"
    assert table.max(axis=1).min() < 0.99, "and the doubt is not forgotten"


def test_doubt_of_one_sign_is_kept_with_its_alternative() -> None:
    """So that the vote over a track can weigh both."""
    seen = _frames({"7": 0.99}, {"-": 1}, {"8": 0.55, "B": 0.45})
    table = spell([seen], _same)
    assert text_of(table) == "78"
    assert table[1, ALPHABET.index("B")] > 0.2


def test_nothing_is_spelt_where_nothing_is_seen() -> None:
    """Neither without looks nor with empty ones."""
    empty = _frames({"-": 1.0}, {"-": 1.0})
    assert spell([], _same).shape == (0, 36)
    assert spell([empty], _same).shape == (0, 36)
