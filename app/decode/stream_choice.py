"""Which of a camera's two streams is decoded: a pure policy over monotonic time."""

from enum import Enum, auto

from app.domain.clock import NS_PER_S

_WAIT_NS = 5 * NS_PER_S
_PATIENCE_NS = 2 * NS_PER_S
_STEADY_AFTER_NS = 10 * NS_PER_S


class _Shown(Enum):
    NOTHING = auto()
    MAIN = auto()
    SECOND = auto()


class StreamChoice:
    """The second stream where it comes and fits, else the main one.

    A stream that comes and goes would break the tracks each time: once the main one is
    shown, the second has to come for 10 s before it is shown again.
    """

    def __init__(self, *, two: bool) -> None:
        """Choose the main stream for good, or with `two` await the second."""
        self._two = two
        self._fit = True
        self._shown = _Shown.NOTHING
        self._patience_ns = _WAIT_NS
        self._waiting_since_ns: int | None = None
        self._second_is_up = False
        self._second_since_ns: int | None = None

    @property
    def shows_main(self) -> bool:
        """Whether the last picture shown was the main stream's."""
        return self._shown is _Shown.MAIN

    @property
    def shows_second(self) -> bool:
        """Whether the last picture shown was the second stream's."""
        return self._shown is _Shown.SECOND

    def main_opened(self) -> None:
        """Await the second stream again."""
        self._fit = True
        self._shown = _Shown.NOTHING
        self._waiting_since_ns = None
        self._patience_ns = _WAIT_NS if self._second_is_up else _PATIENCE_NS

    def second_opened(self) -> None:
        """Note that the second stream begins anew."""
        self._second_is_up = True
        self._second_since_ns = None
        self._patience_ns = _WAIT_NS

    def second_lost(self) -> None:
        """Note that it broke off, or could not be opened."""
        self._second_is_up = False
        self._patience_ns = _PATIENCE_NS if self.shows_second else 0

    def judge(self, *, fit: bool) -> None:
        """Note whether the second stream shows the picture of the first."""
        self._fit = fit

    def wants_main(self, now_ns: int) -> bool:
        """Whether the main stream is to be decoded."""
        if not self._two or not self._fit or self.shows_main:
            return True
        if self._waiting_since_ns is None:
            self._waiting_since_ns = now_ns
        return now_ns - self._waiting_since_ns >= self._patience_ns

    def takes_second(self, now_ns: int) -> bool:
        """Whether a picture of the second stream that comes now is to be shown."""
        if self._second_since_ns is None:
            self._second_since_ns = now_ns
        steady = now_ns - self._second_since_ns >= _STEADY_AFTER_NS
        return self._fit and (steady or not self.shows_main)

    def showed_main(self) -> None:
        """Note that the main stream is shown from now on."""
        self._shown = _Shown.MAIN

    def showed_second(self, now_ns: int) -> None:
        """Note a picture of the second stream."""
        self._shown = _Shown.SECOND
        self._waiting_since_ns = now_ns
