"""The language of the window, changed while it runs."""

import logging

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QObject, QTranslator

from app.config.paths import RESOURCES
from widgets.common import formatting

_log = logging.getLogger(__name__)


class Language(QObject):
    """Installs the translators of one language at a time.

    The source text is English. Qt tells every widget by a LanguageChange event.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        """Start in English."""
        super().__init__(parent)
        self._installed: list[QTranslator] = []
        self._code = "en"

    @property
    def code(self) -> str:
        """Now "es" or "en"."""
        return self._code

    def install(self, code: str) -> None:
        """Change to "es" or "en"."""
        self._code = code
        formatting.install_locale(code)
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed.clear()
        if code != "en":
            own = str(RESOURCES / "translations")
            qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            self._load(f"qtbase_{code}", qt)
            self._load(f"atalaya_{code}", own)

    def _load(self, name: str, folder: str) -> None:
        translator = QTranslator(self)
        if translator.load(name, folder):
            QCoreApplication.installTranslator(translator)
            self._installed.append(translator)
        else:
            _log.warning("no translation %s in %s", name, folder)
