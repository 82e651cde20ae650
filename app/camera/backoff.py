"""How long to wait before trying again."""

import random


class Backoff:
    """Delays that double up to a ceiling, each drawn from its upper half.

    The jitter keeps fifty cameras behind one dead switch from storming it together
    when it comes back.
    """

    def __init__(
        self,
        first_s: float = 0.5,
        ceiling_s: float = 5.0,
        chance: random.Random | None = None,
    ) -> None:
        """Begin with `first_s`; `chance` is seeded by tests."""
        self._first_s = first_s
        self._ceiling_s = ceiling_s
        self._chance = chance or random.Random()  # noqa: S311 - no secret in a delay
        self._attempt = 0

    def next_s(self) -> float:
        """Return the next delay, in seconds."""
        longest_s = min(self._ceiling_s, self._first_s * 2.0 ** min(self._attempt, 30))
        self._attempt += 1
        return longest_s * self._chance.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Begin again: it worked."""
        self._attempt = 0
