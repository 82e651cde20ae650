"""The sign says what a check found, and nothing is shown of a case that was altered."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.ids import InfractionId, new_uuid
from app.domain.seal import SealReport, SealTrouble, StampFinding, StampState
from app.evidence.case_check import CaseChecker
from app.evidence.signing import fingerprint
from tests.builders.cases import DrawnEvidence, case_of
from tests.builders.infractions import speeding
from tests.builders.sealed import SealedCases
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fakes.seals import InMemorySealRegister
from widgets.review.case_media import CaseMedia, load_media
from widgets.review.facts_panel import FactsPanel
from widgets.review.seal_sign import SealSign

_AT = datetime(2026, 3, 14, 15, 11, tzinfo=UTC)


@pytest.fixture
def cases(tmp_path: Path) -> SealedCases:
    return SealedCases(store=MemoryEvidenceStore(), folder=tmp_path)


@pytest.fixture
def sign(qtbot: QtBot) -> SealSign:
    made = SealSign()
    qtbot.addWidget(made)
    made.retranslate()
    return made


@pytest.mark.parametrize(
    ("state", "glyph", "said"),
    [
        (StampState.NONE, "●", "Sealed and signed"),
        (StampState.WAITING, "○", "still to come"),
        (StampState.UNCHECKED, "○", "not checked here"),
        (StampState.HOLDS, "●", "Sealed, signed and time-stamped"),
        (StampState.WRONG, "▲", "the time-stamp does not hold"),
    ],
)
def test_each_state_has_its_sign(
    sign: SealSign, cases: SealedCases, state: StampState, glyph: str, said: str
) -> None:
    seal = cases.seal_of(cases.case())
    sign.show_report(SealReport(seal=seal, stamp=StampFinding(state=state)))
    assert not sign.isHidden()
    assert sign.text.startswith(glyph)
    assert said in sign.text


def test_details_come_on_demand(sign: SealSign, cases: SealedCases) -> None:
    seal = cases.seal_of(cases.case())
    stamp = StampFinding(state=StampState.HOLDS, at=_AT, authority="Test TSA")
    sign.show_report(SealReport(seal=seal, stamp=stamp))
    assert sign._details.isHidden()
    sign.open_details()
    assert not sign._details.isHidden()
    values = [fact.value for fact in sign.details]
    assert fingerprint(seal.key) in values
    assert "desk" in values
    assert sign.details[-1].note == "Test TSA"


def test_a_case_without_a_seal_says_so_and_has_no_details(sign: SealSign) -> None:
    sign.show_report(SealReport())
    assert "Not sealed" in sign.text
    assert sign._more.isHidden()
    sign.show_report(SealReport(trouble=SealTrouble.SEAL_MISSING))
    assert sign.isHidden()
    sign.show_report(None)
    assert sign.isHidden()


def _load(cases: SealedCases, swapped: bool) -> CaseMedia:
    drawn = DrawnEvidence(cases.store, cases.folder).stills()
    found = cases.case(speeding(evidence=drawn))
    if swapped:
        other = cases.case(speeding(id=InfractionId(new_uuid())))
        found = replace(found, evidence=(*found.evidence[:-1], other.evidence[-1]))
    checker = CaseChecker(
        store=cases.store, register=InMemorySealRegister([cases.entry])
    )
    return load_media(cases.store, lambda _: None, checker, case_of(found))


def test_a_sealed_case_is_shown_with_its_sign(qtbot: QtBot, cases: SealedCases) -> None:
    media, panel = _load(cases, swapped=False), FactsPanel()
    qtbot.addWidget(panel)
    assert len(media.stills) == 4
    panel.show_case(case_of())
    assert panel.seal.isHidden()
    panel.show_media(media)
    assert "Sealed and signed" in panel.seal.text
    assert not panel.seal.isHidden()


def test_nothing_is_shown_under_the_seal_of_another_case(
    qtbot: QtBot, cases: SealedCases
) -> None:
    media, panel = _load(cases, swapped=True), FactsPanel()
    qtbot.addWidget(panel)
    assert (dict(media.stills), media.clip) == ({}, None)
    panel.show_case(case_of())
    panel.show_media(media)
    assert panel.seal.isHidden()
    assert panel.verified_text.startswith("▲")
    assert "other_case" in panel.verified_text
