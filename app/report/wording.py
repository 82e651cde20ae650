"""The words of a document, in one language, from `resources/notices`.

Every sentence of a document lies there, so that a lawyer can read and change all of
them without a programmer. A text may hold `{name}` places that are filled in here.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.config.paths import RESOURCES
from app.domain.errors import ConfigurationInvalid

LANGUAGES = ("es", "en")


@dataclass(frozen=True, slots=True)
class DocumentWording:
    """Sections of texts, and lists of texts, by their keys."""

    language: str
    texts: Mapping[str, Mapping[str, str]]
    lists: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, language: str, country: str = "pe") -> "DocumentWording":
        """Read a language; Spanish when it is not one of LANGUAGES.

        Raises ConfigurationInvalid when the file is missing or malformed.
        """
        chosen = language if language in LANGUAGES else "es"
        return _load(RESOURCES / "notices" / country / f"{chosen}.toml", chosen)

    def text(self, section: str, key: str, **places: object) -> str:
        """Return a text with its places filled in; a missing one is a bug."""
        return self.texts[section][key].format(**places)

    def name(self, section: str, key: str) -> str:
        """Return the text of a code, or the code itself when it has none."""
        return self.texts[section].get(key, key)


@cache
def _load(path: Path, language: str) -> DocumentWording:
    try:
        with path.open("rb") as source:
            content = tomllib.load(source)
        lists = {key: tuple(value) for key, value in content.pop("lists").items()}
        return DocumentWording(language, content, lists)
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationInvalid(
            f"The document wording {path.name} cannot be used ({error}). "
            "Restore the file from the installation."
        ) from error
