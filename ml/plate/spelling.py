"""Which text several looks at one plate spell together.

A text network says for each place along the plate how likely each sign is, or none. How
likely a whole text is follows from all ways to lay it along the places (the forward
algorithm of CTC: Graves et al. 2006), so that a sign which is only half seen can be
there or not, whatever the surest sign of each place says.
"""

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

from ml.plate.grammar import ALPHABET

Frames = npt.NDArray[np.float32]
"""(places, 37) shares, at most 1 together: of no sign first, then of `ALPHABET`."""
Table = npt.NDArray[np.float32]

_TINY = 1e-6
_LIKELY = 0.02
"""A sign that has not this share is not tried in place of the surest one, nor is one
tried away whose place is not empty by as much."""
_TRIED = 4
_SPOILT = 0.01
NO_TABLE: Table = np.empty((0, len(ALPHABET)), np.float32)


def greedy(frames: Frames) -> Table:
    """Return (n, 36): the shares of the n signs that are the surest of their places.

    Equal ones in a row are one, whose surest place counts.
    """
    return np.asarray(frames[_runs(frames), 1:], np.float32)


def text_of(table: Table) -> str:
    """Return the likeliest sign of each row."""
    return "".join(ALPHABET[i] for i in table.argmax(axis=1))


def spell(looks: Sequence[Frames], usual: Callable[[str], float]) -> Table:
    """Return (n, 36): the signs of the text that fits all looks best.

    `usual` weighs texts. The rows are means over the looks, and as much less as other
    texts fit; none without a text.
    """
    texts = sorted({text for look in looks for text in _texts(look)})
    if not texts:
        return NO_TABLE
    # One look that is spoilt, by an edge or a glare, must not rule a text out.
    shares = [np.log(_SPOILT + np.exp(log_shares(look, texts))) for look in looks]
    fit = np.exp(np.mean(shares, axis=0)) - 0.999 * _SPOILT
    worth = fit * np.array([usual(text) for text in texts])
    best = int(worth.argmax())
    sure = worth[best] / max(float(worth.sum()), 1e-12)
    rows = np.mean([_laid(look, texts[best]) for look in looks], axis=0)
    return np.asarray(rows * min(1.0, sure), np.float32)


def log_shares(frames: Frames, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return the logarithm of how likely each text is, over all ways to lay it."""
    columns, skips = _lattice(texts)
    shares = np.maximum(frames.astype(np.float64), _TINY)
    state = np.zeros(columns.shape)
    state[:, :2] = 1.0
    state *= shares[0][columns]
    total = np.zeros(len(texts))
    for row in shares[1:]:
        moved = state.copy()
        moved[:, 1:] += state[:, :-1]
        moved[:, 2:] += state[:, :-2] * skips
        state = moved * row[columns]
        size = state.sum(axis=1, keepdims=True)
        state /= size
        total += np.log(size[:, 0])
    ends = 2 * np.array([len(text) for text in texts])
    each = np.arange(len(texts))
    last = np.log(state[each, ends] + state[each, ends - 1] + 1e-300)
    return np.asarray(total + last, np.float64)


def _lattice(
    texts: Sequence[str],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return columns of blank, sign, blank, ... and where the blank may be left out.

    Shorter texts are filled up with blanks, which nobody leaves a text by.
    """
    columns = np.zeros((len(texts), 2 * max(map(len, texts)) + 1), np.intp)
    for number, text in enumerate(texts):
        columns[number, 1 : 2 * len(text) : 2] = [1 + ALPHABET.index(c) for c in text]
    later, before = columns[:, 2:], columns[:, :-2]
    return columns, ((later != 0) & (later != before)).astype(np.float64)


def _laid(frames: Frames, text: str) -> Table:
    """Return (n, 36): for each sign of a text the shares at the place where it lies."""
    (columns,), (skips,) = _lattice([text])
    logs = np.log(np.maximum(frames.astype(np.float64), _TINY))[:, columns]
    steps, states = logs.shape
    best = np.full(states, -np.inf)
    best[:2] = logs[0, :2]
    came = np.zeros((steps, states), np.int64)
    allowed = np.concatenate([[0.0, 0.0], skips]) > 0
    for step in range(1, steps):
        one = np.concatenate([[-np.inf], best[:-1]])
        two = np.where(
            allowed, np.concatenate([[-np.inf, -np.inf], best[:-2]]), -np.inf
        )
        options = np.stack([best, one, two])
        came[step] = options.argmax(axis=0)
        best = options.max(axis=0) + logs[step]
    state = states - 1 if best[-1] >= best[-2] else states - 2
    places: list[list[int]] = [[] for _ in text]
    for step in range(steps - 1, -1, -1):
        if state % 2:
            places[state // 2].append(step)
        state -= int(came[step, state])
    rows = [
        frames[max(at, key=lambda step: frames[step, 1 + ALPHABET.index(sign)]), 1:]
        for at, sign in zip(places, text, strict=True)
    ]
    return np.asarray(rows, np.float32).reshape(-1, len(ALPHABET))


def _texts(frames: Frames) -> set[str]:
    """Return the surest text of one look, and what else may well stand there."""
    runs = _runs(frames)
    if not runs:
        return set()
    table = frames[runs, 1:]
    text = text_of(table)
    found = {text}
    for place, row in enumerate(table):
        for other in np.argsort(-row)[1:_TRIED]:
            if row[other] >= _LIKELY:
                found.add(text[:place] + ALPHABET[other] + text[place + 1 :])
        if 1.0 - row.max() >= _LIKELY:
            found.add(text[:place] + text[place + 1 :])
    return {text for text in found if text} | _twice_changed(table, text)


def _twice_changed(table: Table, text: str) -> set[str]:
    """Return texts in which the two least sure signs are the next best ones."""
    least = np.argsort(table.max(axis=1))[:3]
    choices = []
    for place in least:
        likely = [
            i for i in np.argsort(-table[place])[:3] if table[place, i] >= _LIKELY
        ]
        choices.append((int(place), likely or [int(table[place].argmax())]))

    def changed(texts: set[str], choice: tuple[int, list[int]]) -> set[str]:
        at, signs = choice
        return {t[:at] + ALPHABET[i] + t[at + 1 :] for t in texts for i in signs}

    return reduce(changed, choices, {text})


def _runs(frames: Frames) -> list[int]:
    signs, idle = frames[:, 1:], frames[:, 0]
    best, strength = signs.argmax(axis=1), signs.max(axis=1)
    spoken = strength > idle
    runs: list[int] = []
    for place in np.flatnonzero(spoken):
        goes_on = (
            place > 0 and bool(spoken[place - 1]) and best[place] == best[place - 1]
        )
        if not goes_on:
            runs.append(int(place))
        elif strength[place] > strength[runs[-1]]:
            runs[-1] = int(place)
    return runs
