"""Every text of the window has its Spanish, and the compiled file is the newest."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

from app.config.paths import PROJECT
from installer import translations


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The texts in the source, by context."""
    catalogue = tmp_path_factory.mktemp("ts") / "found.ts"
    root = translations.collect(translations.source_files(), catalogue)
    return {
        context.findtext("name", ""): {
            message.findtext("source", "") for message in context.iter("message")
        }
        for context in root.iter("context")
    }


def test_the_texts_are_found_at_all(found: dict[str, set[str]]) -> None:
    assert "Log in" in found["LoginPage"]
    assert "Red light" in found["words"]
    assert sum(map(len, found.values())) > 150


def test_every_text_has_its_spanish(found: dict[str, set[str]]) -> None:
    words = translations.dictionary()
    missing = [
        (context, text)
        for context, texts in found.items()
        for text in texts
        if (context, text) not in words and ("", text) not in words
    ]
    assert not missing


def test_what_is_filled_in_is_the_same_in_both() -> None:
    for (_, english), spanish in translations.dictionary().items():
        for hole in ("{}", "{0}", "{1}", "{2}"):
            assert english.count(hole) == spanish.count(hole), english


def test_the_compiled_file_holds_them(found: dict[str, set[str]]) -> None:
    translator = QTranslator()
    assert translator.load(str(translations.COMPILED))
    words = translations.dictionary()
    for context, texts in found.items():
        for text in texts:
            wanted = words.get((context, text)) or words.get(("", text))
            if wanted is not None:
                assert translator.translate(context, text) == wanted, (context, text)


def test_dictionaries_that_disagree_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('"Back" = "Volver"\n')
    (tmp_path / "b.toml").write_text('"Back" = "Anterior"\n')
    with pytest.raises(ValueError, match="Back"):
        translations.dictionary(tmp_path)
    (tmp_path / "b.toml").write_text('[Panel]\n"Back" = "Anterior"\n')
    words = translations.dictionary(tmp_path)
    assert words[("Panel", "Back")] == "Anterior"
    assert words[("", "Back")] == "Volver"


def test_a_text_without_spanish_is_told(tmp_path: Path) -> None:
    source = tmp_path / "page.py"
    source.write_text(
        "class Page:\n"
        "    def retranslate(self):\n"
        '        self.setText(self.tr("Hello {}"))\n'
    )
    root = translations.collect([source], tmp_path / "t.ts")
    assert translations.fill(root, {}) == [("Page", "Hello {}")]
    words = {("", "Hello {}"): "Hola {}"}
    assert translations.fill(root, words) == []
    translations.write(root, tmp_path / "t.ts", tmp_path / "t.qm")
    translator = QTranslator()
    assert translator.load(str(tmp_path / "t.qm"))
    assert translator.translate("Page", "Hello {}") == "Hola {}"


def test_every_call_names_its_context() -> None:
    """Lupdate passes over a call that hides the context in a function of its own."""
    wrong = []
    for file in translations.source_files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id == "_tr" and len(node.args) < 2:
                wrong.append(f"{file.name}:{node.lineno}")
    assert not wrong


def test_the_tool_reads_the_whole_window() -> None:
    files = translations.source_files()
    assert PROJECT / "widgets" / "application.py" in files
    assert PROJECT / "widgets" / "wall" / "wall_page.py" in files
