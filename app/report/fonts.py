"""The one type family that is embedded in every document."""

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from app.config.paths import RESOURCES

_SHIPPED = RESOURCES / "fonts"
_FALLBACK = Path(reportlab.__file__).parent / "fonts"
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Family:
    """Names under which reportlab knows the two weights."""

    regular: str
    bold: str


def family() -> Family:
    """Return the family, registered on first use; safe from any thread."""
    with _lock:
        return _register()


@cache
def _register() -> Family:
    regular = _SHIPPED / "AtalayaSans-Regular.ttf"
    bold = _SHIPPED / "AtalayaSans-SemiBold.ttf"
    if not (regular.is_file() and bold.is_file()):
        regular, bold = _FALLBACK / "Vera.ttf", _FALLBACK / "VeraBd.ttf"
    chosen = Family("Document", "Document-Bold")
    pdfmetrics.registerFont(TTFont(chosen.regular, str(regular)))
    pdfmetrics.registerFont(TTFont(chosen.bold, str(bold)))
    return chosen
