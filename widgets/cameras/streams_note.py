"""What the two streams of a camera are for, and what was found when both were tried."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QLabel

from app.camera.credentials import Credentials
from app.camera.probe import ProbeResult, probe
from app.decode.streams import unfit
from app.domain.errors import EnvironmentFault
from widgets import theme
from widgets.common import formatting
from widgets.common.fault_text import told

_TIMEOUT_S: Final = 4.0


@dataclass(frozen=True, slots=True)
class StreamsFound:
    """What both addresses gave; `fault` is a sentence where something is wrong."""

    main: ProbeResult | None = None
    second: ProbeResult | None = None
    fault: str = ""


def look_at(
    url: str,
    sub_url: str,
    credentials: Credentials | None,
    timeout_s: float = _TIMEOUT_S,
) -> StreamsFound:
    """Try both addresses, one after the other; blocks, and raises nothing."""
    main = second = None
    try:
        main = probe(url, credentials, timeout_s)
        second = probe(sub_url, credentials, timeout_s)
    except EnvironmentFault as fault:
        return StreamsFound(main, second, str(fault))
    sizes = ((main.width_px, main.height_px), (second.width_px, second.height_px))
    return StreamsFound(main, second, unfit(*sizes))


class StreamsNote(QLabel):
    """Explains the second stream in a sentence, then says what was found."""

    def __init__(self) -> None:
        """Explain."""
        super().__init__()
        self._found: StreamsFound | None = None
        self._trying = False
        self.setWordWrap(True)
        theme.as_role(self, "small")
        self.retranslate()

    def explain(self) -> None:
        """Say what a second stream is for."""
        self._found, self._trying = None, False
        self.retranslate()

    def say_trying(self) -> None:
        """Say that both are being tried."""
        self._found, self._trying = None, True
        self.retranslate()

    def show_found(self, found: StreamsFound) -> None:
        """Say what came."""
        self._found, self._trying = found, False
        self.retranslate()

    def retranslate(self) -> None:
        """Set the text again."""
        self.setText(self._words())

    def _words(self) -> str:
        if self._trying:
            return self.tr("Trying both streams…")
        found = self._found
        if found is None:
            return self.tr(
                "The second stream is a smaller picture of the same camera. The wall "
                "and the detector use it, which spares the computer; evidence and "
                "plates always come from the first. Without one, the first is used "
                "for everything."
            )
        facts = (
            self.tr("First: {}.").format(_facts(found.main)),
            self.tr("Second: {}.").format(_facts(found.second)),
        )
        verdict = told(found.fault) or self.tr("They go together.")
        return " ".join((*facts, verdict))


def _facts(result: ProbeResult | None) -> str:
    if result is None:
        return formatting.DASH
    size = f"{result.width_px} × {result.height_px} {result.codec}"
    return size if result.fps is None else f"{size}, {result.fps:.0f}/s"
