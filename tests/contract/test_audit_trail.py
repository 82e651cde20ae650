"""What every `AuditTrail` promises."""

from datetime import timedelta

import pytest

from app.domain.audit import AuditEntry, AuditQuery
from app.domain.camera import Camera
from app.domain.errors import NotPermitted
from app.ports import AuditTrail
from tests.builders.site import camera
from tests.contract.servers import SiteUnderTest

_SAVED = AuditQuery(action="save_camera")


@pytest.fixture
def cameras(site: SiteUnderTest) -> list[Camera]:
    """Have teo save five cameras, and admin a sixth."""
    made = [camera(f"Cámara {n} 100%_{n}") for n in range(6)]
    for each in made[:5]:
        site.session("teo").site.save_camera(each)
    site.session("admin").site.save_camera(made[5])
    return made


@pytest.fixture
def trail(site: SiteUnderTest, cameras: list[Camera]) -> AuditTrail:
    return site.session("aurora").audit


def _subjects(trail: AuditTrail, query: AuditQuery) -> list[str]:
    return [entry.subject for entry in trail.entries(query).entries]


def test_an_entry_says_who_did_what(trail: AuditTrail, cameras: list[Camera]) -> None:
    newest = trail.entries(_SAVED, limit=1).entries[0]
    assert (newest.login, newest.subject) == ("admin", str(cameras[5].id))
    assert cameras[5].name in newest.detail
    assert newest.workstation.startswith("127.0.0.1 ")
    assert len(newest.sha256) == 64
    assert newest.at.tzinfo is not None


def test_the_newest_come_first(trail: AuditTrail, cameras: list[Camera]) -> None:
    expected = [str(each.id) for each in reversed(cameras)]
    assert _subjects(trail, _SAVED) == expected


def test_pages_follow_each_other_without_gap_or_repeat(
    trail: AuditTrail, cameras: list[Camera]
) -> None:
    seen: list[AuditEntry] = []
    after, more = None, True
    while more:
        page = trail.entries(_SAVED, after=after, limit=4)
        seen += page.entries
        more, after = page.more, page.entries[-1].sequence if page.entries else None
    assert [entry.subject for entry in seen] == _subjects(trail, _SAVED)
    assert len({entry.sequence for entry in seen}) == len(cameras)


def test_by_person(trail: AuditTrail, cameras: list[Camera]) -> None:
    query = AuditQuery(login="admin", action="save_camera")
    assert _subjects(trail, query) == [str(cameras[5].id)]
    assert _subjects(trail, AuditQuery(login="nobody")) == []


def test_by_time(trail: AuditTrail, cameras: list[Camera]) -> None:
    at = trail.entries(_SAVED).entries[0].at
    later = at + timedelta(seconds=1)
    hour = timedelta(hours=1)
    inside = AuditQuery(action="save_camera", since=at - hour, until=later)
    assert len(_subjects(trail, inside)) == len(cameras)
    assert _subjects(trail, AuditQuery(since=later)) == []
    assert _subjects(trail, AuditQuery(until=at - hour)) == []


@pytest.mark.parametrize("words", ["cámara 3", "CÁMARA 3", "100%_3", "a 3 1"])
def test_by_text(trail: AuditTrail, cameras: list[Camera], words: str) -> None:
    assert _subjects(trail, AuditQuery(text=words)) == [str(cameras[3].id)]


@pytest.mark.parametrize(
    "words", ["Cámara _", "C%3", "'; DROP", "\\", "Cámara 3 100\\%"]
)
def test_signs_of_a_pattern_are_only_signs(trail: AuditTrail, words: str) -> None:
    assert _subjects(trail, AuditQuery(text=words)) == []


def test_by_subject(trail: AuditTrail, cameras: list[Camera]) -> None:
    key = str(cameras[2].id)
    assert _subjects(trail, AuditQuery(text=key[10:].upper())) == [key]


def test_a_sound_chain_has_no_fault(trail: AuditTrail) -> None:
    assert trail.first_fault() is None


@pytest.mark.parametrize("login", ["ana", "sofia", "teo", "admin"])
def test_only_the_auditor_reads_it(site: SiteUnderTest, login: str) -> None:
    trail = site.session(login).audit
    with pytest.raises(NotPermitted):
        trail.entries(AuditQuery())
    with pytest.raises(NotPermitted):
        trail.first_fault()


@pytest.mark.parametrize("login", ["ana", "sofia", "aurora"])
def test_who_makes_documents_is_told_where_the_chain_ends(
    site: SiteUnderTest, trail: AuditTrail, login: str
) -> None:
    newest = trail.entries(AuditQuery(), limit=1).entries[0]
    head = site.session(login).audit.head()
    assert (head.sequence, head.sha256) == (newest.sequence, newest.sha256)
    assert head.database


@pytest.mark.parametrize("login", ["teo", "admin"])
def test_who_makes_none_is_not(site: SiteUnderTest, login: str) -> None:
    with pytest.raises(NotPermitted):
        site.session(login).audit.head()
