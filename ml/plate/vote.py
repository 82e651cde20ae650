"""Makes one reading of all the reads of a track.

Reads are aligned character by character with the one that most agree on, then pooled:
a weighted mean of probabilities, which does not pretend that frames a tenth of a second
apart are independent witnesses. The country's grammar weighs the candidates.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.plate import PlateAlternative, PlateReading
from app.ports import PlateRead
from ml.plate.grammar import ALPHABET, Grammar
from ml.plate.reads import probabilities_of

Table = npt.NDArray[np.float32]

_MIN_LENGTH, _MAX_LENGTH = 4, 8
_BEAM = 64
_PER_POSITION = 4
_KEPT = 5
_MISREAD = 8
_LOST, _ADDED = 0.01, 0.02
"""How often a reader sees two equal signs side by side as one (2 of 253 on drawn plates
that it was sure of), and how often the edge of a plate as a sign (0 of 867 there, more
on real ones)."""
_TWINS = {"I": ("1", 0.5), "O": ("0", 0.5), "1": ("I", 0.05), "0": ("O", 0.05)}
"""What a sign may truly be where both are one shape in a typeface, however sure a
reader is, and how often: digits are more usual than the letters that look like them."""
_DISSENT = 0.3
"""A read that differs from the consensus is doubted as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """When a reading is sure enough to be published.

    However sure a network is of one frame, another frame must agree on the whole text.
    """

    min_confidence: float = 0.85
    min_agreeing: int = 2


def vote(
    reads: Sequence[PlateRead], grammar: Grammar, rule: Publication | None = None
) -> PlateReading:
    """Return the reading that the reads of one track agree on.

    `text` has the hyphen of its form; it is None when nothing is sure enough. The
    order of the reads does not matter.
    """
    rule = rule or Publication()
    usable = [r for r in reads if _MIN_LENGTH <= len(r.text) <= _MAX_LENGTH]
    if not usable:
        return PlateReading(text=None, confidence=0.0, read_count=len(reads))
    candidates = _candidates(_pooled(usable), grammar)
    best, probability = candidates[0]
    agreeing = sum(read.text == best for read in usable)
    sure = probability >= rule.min_confidence and agreeing >= rule.min_agreeing
    return PlateReading(
        text=grammar.printed(best) if sure else None,
        confidence=probability,
        alternatives=tuple(
            PlateAlternative(text=grammar.printed(text), probability=share)
            for text, share in candidates[:_KEPT]
        ),
        read_count=len(reads),
    )


def align(text: str, pivot: str) -> list[int | None]:
    """Return for each character of `pivot` which one of `text` stands for it.

    Minimal number of insertions, deletions and substitutions (Levenshtein).
    """
    cost = np.zeros((len(text) + 1, len(pivot) + 1), np.int32)
    cost[:, 0], cost[0, :] = np.arange(len(text) + 1), np.arange(len(pivot) + 1)
    for i, own in enumerate(text, 1):
        for j, other in enumerate(pivot, 1):
            change = cost[i - 1, j - 1] + (own != other)
            cost[i, j] = min(change, cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    return _trace(cost, text, pivot)


def _trace(cost: npt.NDArray[np.int32], text: str, pivot: str) -> list[int | None]:
    i, j = len(text), len(pivot)
    partner: list[int | None] = [None] * j
    while i > 0 and j > 0:
        if cost[i, j] == cost[i - 1, j - 1] + (text[i - 1] != pivot[j - 1]):
            i, j = i - 1, j - 1
            partner[j] = i
        elif cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return partner


def _pooled(reads: Sequence[PlateRead]) -> Table:
    pivot = _pivot(reads)
    total = np.zeros((len(pivot), len(ALPHABET)), np.float64)
    weight_sum = np.zeros((len(pivot), 1), np.float64)
    for read in reads:
        doubt = 1.0 if read.text == pivot else _DISSENT
        table, weight = probabilities_of(read), _weight(read) * doubt
        for position, partner in enumerate(align(read.text, pivot)):
            if partner is not None:
                total[position] += weight * table[partner]
                weight_sum[position] += weight
    return np.asarray(total / np.maximum(weight_sum, 1e-9), np.float32)


def _pivot(reads: Sequence[PlateRead]) -> str:
    """Return the best supported text among those of the best supported length."""
    lengths: dict[int, float] = defaultdict(float)
    texts: dict[str, float] = defaultdict(float)
    for read in reads:
        lengths[len(read.text)] += _weight(read)
        texts[read.text] += _weight(read)
    length = max(sorted(lengths), key=lambda n: round(lengths[n], 9))
    of_length = sorted(text for text in texts if len(text) == length)
    return max(of_length, key=lambda text: round(texts[text], 9))


def _weight(read: PlateRead) -> float:
    # A read is worth what its least sure character is worth, and more when large:
    # below about 40 px of plate width most characters are guessed.
    size = min(1.0, read.box.width_px / 80.0)
    return max(read.confidence, 0.02) ** 2 * (0.2 + 0.8 * size)


def _candidates(pooled: Table, grammar: Grammar) -> list[tuple[str, float]]:
    """Return texts with their posterior probability, best first."""
    beam: list[tuple[str, float]] = [("", 1.0)]
    for row in pooled:
        likely = np.argsort(-row, kind="stable")[:_PER_POSITION]
        grown = [
            (text + ALPHABET[i], share * float(row[i]))
            for text, share in beam
            for i in likely
        ]
        beam = sorted(grown, key=lambda item: (-item[1], item[0]))[:_BEAM]
    shares = _misread(beam, grammar)
    weighed = [(text, share * grammar.weight(text)) for text, share in shares.items()]
    # What fell off the beam is still possible and counts against the best.
    beyond = max(0.0, 1.0 - sum(share for _, share in beam)) * grammar.stranger
    total = beyond + sum(share for _, share in weighed)
    ranked = sorted(weighed, key=lambda item: (-item[1], item[0]))
    return [(text, share / total) for text, share in ranked]


def _misread(beam: Sequence[tuple[str, float]], grammar: Grammar) -> dict[str, float]:
    """Return the texts with what of the country's may truly stand where they were read.

    Characters are not only taken for others. Without these a plate of six signs of
    which five were read would be as sure as the five are.
    """
    shares: dict[str, float] = defaultdict(float)
    for text, share in beam:
        shares[text] += share
    for text, share in beam[:_MISREAD]:
        for truth, chance in _truths_of(text, grammar):
            shares[truth] += share * chance
    return shares


def _truths_of(text: str, grammar: Grammar) -> Iterator[tuple[str, float]]:
    """Yield what may stand on a plate that is read as `text`, and how likely it is."""
    places, usual = range(len(text)), grammar.weight(text)
    doubled = {text[:i] + text[i] + text[i:] for i in places}
    for chance, truths in ((_LOST, doubled), (_ADDED, {text[1:], text[:-1]})):
        for truth in filter(grammar.conforms, sorted(truths)):
            yield truth, chance
    for i, sign in enumerate(text):
        twin, chance = _TWINS.get(sign, ("", 0.0))
        truth = text[:i] + twin + text[i + 1 :]
        if twin and grammar.weight(truth) > usual:
            yield truth, chance
