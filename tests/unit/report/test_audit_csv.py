"""The exported trail is whole, and no program runs what is in it."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.audit import AuditQuery
from app.domain.errors import DatabaseUnavailable, StorageFull
from app.domain.ids import Login
from app.domain.person import Person, Right, Role
from app.report.audit_csv import export_audit
from tests.fakes.audit import AuditBook, InMemoryAuditTrail
from tests.fakes.manual_clock import ManualClock

_MADE = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
_MANY = 1203


@pytest.fixture
def book() -> AuditBook:
    return AuditBook(ManualClock())


@pytest.fixture
def aurora(book: AuditBook) -> InMemoryAuditTrail:
    return InMemoryAuditTrail(book, _person())


def _person() -> Person:
    return Person(
        login=Login("aurora"),
        full_name="Aurora Salas",
        roles=frozenset({Role.AUDITOR}),
        rights=frozenset({Right.READ_AUDIT}),
    )


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_all_pages_are_in_it(
    book: AuditBook, aurora: InMemoryAuditTrail, tmp_path: Path
) -> None:
    for n in range(_MANY):
        book.record(_person(), "decide", f"Cámara «{n}», \n línea", {"n": n})
    path, count = export_audit(aurora, AuditQuery(), tmp_path / "out", _MADE)
    rows = _read(path)
    assert path.name == "audit-20260314-150926.csv"
    assert count == len(rows) - 1 == _MANY
    assert rows[0][0] == "sequence"
    assert [int(row[0]) for row in rows[1:]] == list(range(_MANY, 0, -1))
    assert rows[1][5] == f"Cámara «{_MANY - 1}», \n línea"


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A1", "+1", "-1", "@x", "\t=1"])
def test_formulas_are_only_text(
    book: AuditBook, aurora: InMemoryAuditTrail, tmp_path: Path, text: str
) -> None:
    book.record(_person(), "decide", text, {})
    path, _ = export_audit(aurora, AuditQuery(), tmp_path, _MADE)
    assert _read(path)[1][5] == f"'{text}"


def test_nothing_half_made_stays(
    aurora: InMemoryAuditTrail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_named: object) -> None:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(InMemoryAuditTrail, "entries", away)
    with pytest.raises(DatabaseUnavailable):
        export_audit(aurora, AuditQuery(), tmp_path, _MADE)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_nothing_is_told(
    aurora: InMemoryAuditTrail, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(StorageFull):
        export_audit(aurora, AuditQuery(), file / "out", _MADE)
