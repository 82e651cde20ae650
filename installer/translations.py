"""Keep the Spanish of the window complete: `python -m installer.translations`.

Collects the texts of `widgets/` with Qt's lupdate, takes their Spanish from the
dictionaries `resources/translations/es/*.toml`, and writes `atalaya_es.ts` and the
compiled `atalaya_es.qm`. A dictionary maps English to Spanish; a table in it, named
like a Qt context, holds what is said differently there. Ends with 1 and a list when
a text has no Spanish.
"""

import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from app.config.paths import PROJECT, RESOURCES

FOLDER: Final = RESOURCES / "translations"
CATALOGUE: Final = FOLDER / "atalaya_es.ts"
COMPILED: Final = FOLDER / "atalaya_es.qm"
_TOOLS: Final = Path(sys.executable).parent
_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'

Words = Mapping[tuple[str, str], str]
"""Spanish by context and English; the context "" holds for all."""


def source_files() -> list[Path]:
    """Return all files that may hold texts, in a steady order."""
    return sorted((PROJECT / "widgets").rglob("*.py"))


def dictionary(folder: Path = FOLDER / "es") -> Words:
    """Read all dictionaries; ValueError when two of them disagree."""
    words: dict[tuple[str, str], str] = {}
    for file in sorted(folder.glob("*.toml")):
        read = tomllib.loads(file.read_text(encoding="utf-8"))
        for key, spanish in _entries(read):
            if words.setdefault(key, spanish) != spanish:
                raise ValueError(
                    f"{file.name}: {key[1]!r} is {words[key]!r} elsewhere; "
                    "put the exception into a table named like its context"
                )
    return words


def _entries(read: Mapping[str, object]) -> Iterator[tuple[tuple[str, str], str]]:
    for english, value in read.items():
        if isinstance(value, dict):
            for inner, spanish in value.items():
                yield (english, inner), str(spanish)
        else:
            yield ("", english), str(value)


def collect(files: list[Path], catalogue: Path) -> ET.Element:
    """Let lupdate write the texts of `files` into `catalogue` and return it."""
    command = [
        str(_TOOLS / "pyside6-lupdate"),
        "-silent",
        "-no-obsolete",
        "-locations",
        "none",
        "-tr-function-alias",
        "translate+=_tr",
        *map(str, files),
        "-ts",
        str(catalogue),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return ET.parse(catalogue).getroot()  # noqa: S314 - lupdate wrote it a moment ago


def fill(root: ET.Element, words: Words) -> list[tuple[str, str]]:
    """Put the Spanish into the catalogue; return context and English of the rest."""
    missing = []
    root.set("language", "es")
    root.set("sourcelanguage", "en")
    for context in root.iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            english = message.findtext("source") or ""
            spanish = words.get((name, english)) or words.get(("", english))
            if spanish is None:
                missing.append((name, english))
            else:
                _translate(message, spanish)
    return missing


def _translate(message: ET.Element, spanish: str) -> None:
    translation = message.find("translation")
    if translation is None:
        translation = ET.SubElement(message, "translation")
    translation.attrib.pop("type", None)
    translation.text = spanish


def write(root: ET.Element, catalogue: Path, compiled: Path) -> None:
    """Write the catalogue and compile it."""
    body = ET.tostring(root, encoding="unicode")
    catalogue.write_text(f"{_HEAD}{body}\n", encoding="utf-8")
    release = [str(_TOOLS / "pyside6-lrelease"), str(catalogue), "-qm", str(compiled)]
    subprocess.run(release, check=True, capture_output=True)


def main() -> int:
    """Renew both files; return 1 when a text has no Spanish."""
    # lupdate merges into an existing file; the dictionaries are the only truth.
    CATALOGUE.unlink(missing_ok=True)
    root = collect(source_files(), CATALOGUE)
    missing = fill(root, dictionary())
    write(root, CATALOGUE, COMPILED)
    for context, english in missing:
        sys.stderr.write(f"no Spanish for {context}: {english!r}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
