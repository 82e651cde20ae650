"""What every `CaseStore` promises of its trace, of masks and of claims."""

from dataclasses import replace

import pytest

from app.domain.audit import AuditQuery
from app.domain.case_query import CaseQuery
from app.domain.errors import NotPermitted, StateConflict
from app.domain.ids import InfractionId, new_uuid
from app.domain.infraction import InfractionState, RejectReason
from app.domain.reading import ReadingPurpose
from tests.builders.infractions import red_light
from tests.builders.site import finding, installed_camera
from tests.contract.servers import SiteUnderTest
from tests.contract.test_case_store import confirmation, rejection


@pytest.fixture
def cases(site: SiteUnderTest) -> list[InfractionId]:
    """Give two cases, oldest first."""
    version = installed_camera(site.session("teo").site)
    made = [finding(version, 0), finding(version, 60, red_light())]
    for each in made:
        site.sink.add(each)
    return [each.id for each in made]


def _readings(site: SiteUnderTest, login: str) -> list[tuple[str, str]]:
    """Return acts of reading, oldest first."""
    query = AuditQuery(login=login)
    found = site.session("aurora").audit.entries(query).entries
    read = [(each.action, each.subject) for each in reversed(found)]
    return [each for each in read if each[0].startswith("read_")]


def test_a_page_is_one_reading(site: SiteUnderTest, cases: list[InfractionId]) -> None:
    store = site.session("ana").case_store
    for _ in range(3):
        assert len(store.cases()) == 2
    assert _readings(site, "ana") == [("read_list", "")]
    entry = site.session("aurora").audit.entries(AuditQuery(login="ana")).entries[0]
    assert all(str(case) in entry.detail for case in cases)


def test_only_what_is_new_on_a_page_is_told_again(
    site: SiteUnderTest, cases: list[InfractionId]
) -> None:
    store = site.session("ana").case_store
    store.cases(limit=1)
    store.cases()
    assert _readings(site, "ana") == [
        ("read_list", str(cases[1])),
        ("read_list", str(cases[0])),
    ]


def test_each_purpose_is_a_reading(
    site: SiteUnderTest, cases: list[InfractionId]
) -> None:
    store = site.session("ana").case_store
    store.case(cases[0])
    store.note_reading(cases[0], ReadingPurpose.CLIP)
    store.note_reading(cases[0], ReadingPurpose.PRINT)
    store.note_reading(cases[0], ReadingPurpose.PRINT)
    store.note_reading(cases[0], ReadingPurpose.EXPORT, "the court asked for it")
    assert _readings(site, "ana") == [
        (f"read_{purpose}", str(cases[0]))
        for purpose in ("open", "clip", "print", "export")
    ]


def test_an_empty_page_is_no_reading(site: SiteUnderTest) -> None:
    assert site.session("ana").case_store.cases() == []
    assert _readings(site, "ana") == []


def test_whoever_has_no_case_leaves_no_trace_of_one(
    site: SiteUnderTest, cases: list[InfractionId]
) -> None:
    with pytest.raises(NotPermitted):
        site.session("teo").case_store.note_reading(cases[0], ReadingPurpose.OPEN)


def test_plates_are_masked_for_the_auditor(
    site: SiteUnderTest, cases: list[InfractionId]
) -> None:
    clear = site.session("ana").case_store.case(cases[0])
    site.session("ana").case_store.decide(confirmation(clear.infraction))
    store = site.session("aurora").case_store
    for case in (store.case(cases[0]), store.cases()[1]):
        assert case.infraction.plate == clear.infraction.plate.masked()
        assert case.infraction.plate.text == "••••••"
        assert case.infraction.plate.best_guess == "••••••"
        assert case.plate_text == "••••••"
        assert case.reviews[0].plate_text == "••••••"
    with pytest.raises(NotPermitted):
        store.cases(CaseQuery(plate="ABC"))


def test_a_mask_is_taken_off_with_a_reason(
    site: SiteUnderTest, cases: list[InfractionId]
) -> None:
    store = site.session("aurora").case_store
    for reason in ("", "why", "x" * 201):
        with pytest.raises(NotPermitted):
            store.note_reading(cases[0], ReadingPurpose.UNMASK, reason)
    store.note_reading(cases[0], ReadingPurpose.UNMASK, "complaint 17 of March")
    clear = site.session("ana").case_store.case(cases[0])
    assert store.case(cases[0]) == clear
    assert "•" in str(store.case(cases[1]).plate_text)
    query = AuditQuery(action="read_unmask")
    (entry,) = site.session("aurora").audit.entries(query).entries
    assert (entry.login, entry.subject) == ("aurora", str(cases[0]))
    assert "complaint 17 of March" in entry.detail


def test_a_claim_keeps_others_off(
    site: SiteUnderTest, cases: list[InfractionId]
) -> None:
    ana, sofia = (site.session(each).case_store for each in ("ana", "sofia"))
    finding = ana.case(cases[0]).infraction
    mine = ana.claim(cases[0])
    assert (mine.holder, mine.epoch) == ("ana", 1)
    theirs = sofia.claim(cases[0])
    assert (theirs.holder, theirs.epoch) == ("ana", None)
    with pytest.raises(StateConflict):
        sofia.decide(rejection(finding, RejectReason.TEST))
    assert ana.claim(cases[0]).epoch == 1
    decided = ana.decide(rejection(finding, RejectReason.TEST), mine)
    assert decided.state is InfractionState.REJECTED
    with pytest.raises(StateConflict):
        sofia.claim(cases[0])


def test_a_released_case_is_free_and_the_old_claim_over(
    site: SiteUnderTest, cases: list[InfractionId]
) -> None:
    ana, sofia = (site.session(each).case_store for each in ("ana", "sofia"))
    review = rejection(ana.case(cases[0]).infraction, RejectReason.TEST)
    old = ana.claim(cases[0])
    ana.release(cases[0], old)
    theirs = sofia.claim(cases[0])
    assert (theirs.holder, theirs.epoch) == ("sofia", 2)
    for claim in (old, None, replace(old, epoch=2), replace(theirs, holder=old.holder)):
        with pytest.raises(StateConflict):
            ana.decide(review, claim)
    ana.release(cases[0], theirs)
    assert sofia.decide(review, theirs).state is InfractionState.REJECTED


def test_an_own_claim_that_was_taken_anew_is_another(
    site: SiteUnderTest, cases: list[InfractionId]
) -> None:
    ana = site.session("ana").case_store
    review = rejection(ana.case(cases[0]).infraction, RejectReason.TEST)
    old = ana.claim(cases[0])
    ana.release(cases[0], old)
    assert ana.claim(cases[0]).epoch == 2
    with pytest.raises(StateConflict):
        ana.decide(review, old)


def test_nobody_claims_what_there_is_not(site: SiteUnderTest) -> None:
    with pytest.raises(KeyError):
        site.session("ana").case_store.claim(InfractionId(new_uuid()))
