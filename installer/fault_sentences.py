"""Every sentence that a fault can say, found in the source.

Faults are raised where no Qt is: their sentences are English there and are put into
the window's language when they are shown (`widgets.common.fault_text`). This finds
them, so that a test can tell which have no Spanish.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from app.config.paths import PROJECT
from app.domain import errors

_FOLDERS: Final = ("app", "db", "ml")
_SQL: Final = "db/migrations/sql"
_REFUSAL: Final = re.compile(r"RAISE EXCEPTION\s+'((?:[^']|'')+)'")
_FAULTS: Final = frozenset(
    name
    for name, thing in vars(errors).items()
    if isinstance(thing, type) and issubclass(thing, errors.EnvironmentFault)
)


def fault_sentences(root: Path = PROJECT) -> dict[str, Path]:
    """Return the sentences with "{}" for what is filled in, and where each is."""
    found: dict[str, Path] = {}
    for folder in _FOLDERS:
        for file in sorted((root / folder).rglob("*.py")):
            for sentence in sentences_of(file.read_text(encoding="utf-8")):
                found.setdefault(sentence, file.relative_to(root))
    for file in sorted((root / _SQL).rglob("*.sql")):
        for sentence in refusals_of(file.read_text(encoding="utf-8")):
            found.setdefault(sentence, file.relative_to(root))
    return found


def refusals_of(sql: str) -> Iterator[str]:
    """Yield what the functions of a script refuse with."""
    for match in _REFUSAL.finditer(sql):
        yield match[1].replace("''", "'").replace("%", "{}")


def sentences_of(source: str) -> Iterator[str]:
    """Yield the sentences of one file."""
    tree = ast.parse(source)
    constants = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _FAULTS and node.args:
            sentence = _text(node.args[0], constants)
            if sentence.strip("{} "):
                yield sentence


def _constants(tree: ast.Module) -> Mapping[str, str]:
    """Return the texts that have a name in the module."""
    found = {}
    for node in tree.body:
        target, value = None, None
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign):
            target, value = node.target, node.value
        if isinstance(target, ast.Name) and value is not None:
            text = _text(value, {})
            if text.strip("{} "):
                found[target.id] = text
    return found


def _text(node: ast.expr, constants: Mapping[str, str]) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else "{}"
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, constants) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left, constants) + _text(node.right, constants)
    if isinstance(node, ast.Name):
        return constants.get(node.id, "{}")
    return "{}"


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
