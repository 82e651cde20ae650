"""What was set aside in the spool is listed with its reason, and handed on again."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.clock import SystemClock
from app.domain.ids import Sha256
from app.evidence.spool import Forwarder, Spool
from app.evidence.stamp_queue import StampQueue
from main import EXIT_ALREADY_RUNNING, main
from tests.builders.infractions import speeding
from tests.fakes.sink import MemorySink


def _spool(home: Path) -> Spool:
    return Spool(home / "spool" / "spool.sqlite", SystemClock(), ballast_bytes=1 << 12)


def _run(home: Path, *words: str) -> int:
    return main(["spool", *words, "--home", str(home)])


def test_an_empty_spool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tmp_path, "list") == 0
    assert "0 finding(s) wait, 0 of them set aside." in capsys.readouterr().out


def test_what_was_refused_is_listed_with_its_reason_and_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused, good = speeding(), speeding()
    with closing(_spool(tmp_path)) as spool:
        for each in (refused, good):
            spool.add(each)
        spool.defer(refused.id, "StateConflict: of an unknown camera")
        assert [each.id for each in spool.pending()] == [good.id, refused.id]
    assert _run(tmp_path, "list") == 1
    said = capsys.readouterr().out
    assert str(refused.id) in said
    assert "refused 1 time(s)" in said
    assert "StateConflict: of an unknown camera" in said
    assert str(good.id) not in said
    assert "2 finding(s) wait, 1 of them set aside." in said
    assert _run(tmp_path, "retry") == 0
    assert "1 finding(s) that were set aside" in capsys.readouterr().out
    assert _run(tmp_path, "list") == 0
    with closing(_spool(tmp_path)) as spool:
        assert [each.id for each in spool.pending()] == [refused.id, good.id]


def test_one_that_the_release_before_deferred_is_listed_without_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = speeding()
    with closing(_spool(tmp_path)) as spool:
        spool.add(found)
    with closing(sqlite3.connect(tmp_path / "spool" / "spool.sqlite")) as database:
        database.execute("UPDATE spooled SET attempts = 2")
        database.commit()
    assert _run(tmp_path, "list") == 1
    assert "refused 2 time(s)" in capsys.readouterr().out
    assert _run(tmp_path, "retry") == 0
    assert "1 finding(s) that were set aside" in capsys.readouterr().out


def test_one_that_arrived_is_set_aside_no_more(tmp_path: Path) -> None:
    found = speeding()
    with closing(_spool(tmp_path)) as spool:
        spool.add(found)
        spool.defer(found.id, "once")
        spool.mark_forwarded(found.id)
        assert spool.set_aside() == []


def test_one_that_cannot_be_read_and_a_file_that_was_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = speeding()
    with closing(_spool(tmp_path)) as spool:
        spool.add(found)
    with closing(sqlite3.connect(tmp_path / "spool" / "spool.sqlite")) as database:
        database.execute("UPDATE spooled SET body = '{}'")
        database.commit()
    aside = tmp_path / "spool" / "spool.sqlite.damaged-1"
    aside.touch()
    assert _run(tmp_path, "list") == 1
    said = capsys.readouterr().out
    assert "unreadable" in said
    assert "it cannot be read: " in said
    assert str(aside) in said


def test_all_of_the_last_days_is_handed_on_once_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = speeding()
    with closing(_spool(tmp_path)) as spool:
        spool.add(found)
        spool.mark_forwarded(found.id)
    stamps = tmp_path / "spool" / "stamps.sqlite"
    with closing(StampQueue(stamps, SystemClock())) as queue:
        queue.ask(found.id, Sha256("5e" * 32))
        (asked,) = queue.due(answered=False)
        queue.keep(asked, b"response")
        queue.done(asked)
    assert _run(tmp_path, "retry") == 0
    assert "once more" not in capsys.readouterr().out
    assert _run(tmp_path, "retry", "--forwarded") == 0
    said = capsys.readouterr().out
    assert "1 finding(s) are handed on once more" in said
    assert "1 time-stamp(s) are handed on once more" in said
    with closing(_spool(tmp_path)) as spool:
        assert [each.id for each in spool.pending()] == [found.id]


def test_an_engine_that_runs_keeps_its_spool(tmp_path: Path) -> None:
    with closing(_spool(tmp_path)):
        assert _run(tmp_path, "list") == EXIT_ALREADY_RUNNING
        assert _run(tmp_path, "retry") == EXIT_ALREADY_RUNNING


def test_the_forwarder_notes_why(tmp_path: Path) -> None:
    class Refusing(MemorySink):
        def add(self, _infraction: object) -> None:
            raise ValueError("too fast\nto be true")

    with closing(_spool(tmp_path)) as spool:
        spool.add(speeding())
        Forwarder(spool, Refusing(), SystemClock())._step()
        (aside,) = spool.set_aside()
    assert (aside.attempts, aside.why) == (1, "ValueError: too fast")
