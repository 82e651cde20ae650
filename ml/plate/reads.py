"""One read of one plate, with the probability of every character."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.ports import PlateRead
from ml.plate.grammar import ALPHABET

_FLOOR = 1e-5


@dataclass(frozen=True, eq=False)
class CharacterRead:
    """What one frame says of a plate; implements `app.ports.PlateRead`.

    `probabilities` (n, 36) float32: for each character, how likely each of 0-9A-Z is;
    rows add up to at most 1, the rest being "no such character".
    """

    probabilities: npt.NDArray[np.float32]
    box: PixelBox

    @cached_property
    def text(self) -> str:
        """The likeliest characters, upper case, without hyphen."""
        return "".join(ALPHABET[i] for i in self.probabilities.argmax(axis=1))

    @cached_property
    def confidence(self) -> float:
        """Least sure character, 0..1."""
        return float(self.probabilities.max(axis=1).min(initial=1.0))


def probabilities_of(read: PlateRead) -> npt.NDArray[np.float32]:
    """Return (n, 36) probabilities of any read, rows adding up to 1.

    A read that only has a text and a confidence gets that confidence for every
    character of it. No entry is zero: one bad frame must not rule a character out.
    """
    if isinstance(read, CharacterRead):
        table = read.probabilities.astype(np.float32)
    else:
        known = [c for c in read.text.upper() if c in ALPHABET]
        table = np.zeros((len(known), len(ALPHABET)), np.float32)
        table[range(len(known)), [ALPHABET.index(c) for c in known]] = read.confidence
    missing = np.clip(1.0 - table.sum(axis=1, keepdims=True), 0.0, 1.0)
    table = table + missing / len(ALPHABET) + _FLOOR
    return np.asarray(table / table.sum(axis=1, keepdims=True), np.float32)
