"""What this workstation remembers of how people like their window."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

from app.config.paths import Paths
from app.domain.ids import Login
from widgets.theme import Mode

LANGUAGES: Final = ("es", "en")


class Preferences:
    """Typed access to one INI file; a value that makes no sense counts as absent."""

    def __init__(self, paths: Paths) -> None:
        """Open the file below the product's own folder; it need not exist."""
        file = str(paths.root / "desktop.ini")
        self._settings = QSettings(file, QSettings.Format.IniFormat)

    def language(self, default: str) -> str:
        """Return the chosen language, one of LANGUAGES."""
        chosen = self._text("language")
        return chosen if chosen in LANGUAGES else default

    def set_language(self, language: str) -> None:
        """Remember the language."""
        self._settings.setValue("language", language)

    @property
    def mode(self) -> Mode:
        """Dark unless light was chosen."""
        return Mode.LIGHT if self._text("mode") == Mode.LIGHT else Mode.DARK

    def set_mode(self, mode: Mode) -> None:
        """Remember dark or light."""
        self._settings.setValue("mode", str(mode))

    @property
    def geometry(self) -> QByteArray:
        """Where the window was; empty the first time."""
        stored = self._settings.value("geometry")
        return stored if isinstance(stored, QByteArray) else QByteArray()

    def set_geometry(self, geometry: QByteArray) -> None:
        """Remember where the window is."""
        self._settings.setValue("geometry", geometry)

    @property
    def last_login(self) -> str:
        """Who logged in last."""
        return self._text("last_login")

    def set_last_login(self, login: str) -> None:
        """Remember who logged in."""
        self._settings.setValue("last_login", login)

    @property
    def last_server(self) -> str:
        """Address of the server that was used last; empty for the default one."""
        return self._text("last_server")

    def set_last_server(self, dsn: str) -> None:
        """Remember the server, unless its address holds a password."""
        holds_password = "password" in dsn.lower() or "@" in dsn
        self._settings.setValue("last_server", "" if holds_password else dsn)

    def wall_order(self, login: Login) -> tuple[str, ...]:
        """Return the cameras' ids in this person's order."""
        stored = self._text(f"wall/{login}/order")
        return tuple(stored.split()) if stored else ()

    def set_wall_order(self, login: Login, order: Sequence[str]) -> None:
        """Remember the order of the cameras."""
        self._settings.setValue(f"wall/{login}/order", " ".join(order))

    def wall_tiles(self, login: Login) -> int | None:
        """Return how many tiles this person wants, None for as many as fit."""
        stored = self._text(f"wall/{login}/tiles")
        return int(stored) if stored.isdigit() else None

    def set_wall_tiles(self, login: Login, tiles: int) -> None:
        """Remember the number of tiles."""
        self._settings.setValue(f"wall/{login}/tiles", str(tiles))

    def save(self) -> None:
        """Write to the disk now."""
        self._settings.sync()

    def _text(self, key: str) -> str:
        stored = self._settings.value(key, "")
        return stored if isinstance(stored, str) else ""
