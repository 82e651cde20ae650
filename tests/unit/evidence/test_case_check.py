"""Whatever of a sealed case is altered is found, and named."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.evidence import EvidenceKind
from app.domain.ids import InfractionId, Sha256, new_uuid
from app.domain.infraction import Infraction
from app.domain.seal import SealReport, SealTrouble, StampState
from app.evidence.case_check import CaseChecker
from app.evidence.manifest import read_manifest, write_manifest
from app.evidence.seal_key import SealKey
from app.evidence.signing import canonical
from tests.builders.infractions import speeding
from tests.builders.sealed import SEALED_AT, SealedCases, item_of, manifest_of
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fakes.manual_clock import ManualClock
from tests.fakes.seals import InMemorySealRegister

_OTHER = Sha256("00" * 32)


@pytest.fixture
def store(tmp_path: Path) -> MemoryEvidenceStore:
    return MemoryEvidenceStore()


@pytest.fixture
def cases(store: MemoryEvidenceStore, tmp_path: Path) -> SealedCases:
    return SealedCases(store=store, folder=tmp_path)


@pytest.fixture
def register(cases: SealedCases) -> InMemorySealRegister:
    return InMemorySealRegister([cases.entry])


@pytest.fixture
def checker(store: MemoryEvidenceStore, register: InMemorySealRegister) -> CaseChecker:
    return CaseChecker(store=store, register=register)


def _trouble(checker: CaseChecker, case: Infraction) -> SealTrouble | None:
    found = checker.files(case)
    alone = checker.seal(case)
    if found.trouble is not SealTrouble.FILE_DAMAGED:
        assert (found.trouble, found.stamp) == (alone.trouble, alone.stamp)
    return found.trouble


def test_a_sound_case(checker: CaseChecker, cases: SealedCases) -> None:
    case = cases.case()
    report = checker.files(case)
    assert report == SealReport(seal=cases.seal_of(case), key_checked=True, files=4)
    assert report.holds
    assert report.stamp.state is StampState.NONE


@pytest.mark.parametrize(
    "kind",
    [
        k
        for k in EvidenceKind
        if k
        in (
            EvidenceKind.STILL_DECISIVE,
            EvidenceKind.CLIP,
            EvidenceKind.MANIFEST,
            EvidenceKind.SEAL,
        )
    ],
)
def test_an_altered_file_is_named(
    checker: CaseChecker,
    cases: SealedCases,
    store: MemoryEvidenceStore,
    kind: EvidenceKind,
) -> None:
    case = cases.case()
    content = bytearray(store.files[item_of(case, kind).sha256])
    content[len(content) // 2] ^= 1
    store.files[item_of(case, kind).sha256] = bytes(content)
    report = checker.files(case)
    assert (report.trouble, report.subject) == (SealTrouble.FILE_DAMAGED, kind.value)
    assert not report.holds


def _without(case: Infraction, kind: EvidenceKind) -> Infraction:
    kept = tuple(item for item in case.evidence if item.kind is not kind)
    return replace(case, evidence=kept)


def test_what_is_taken_away_is_missed(checker: CaseChecker, cases: SealedCases) -> None:
    case, trouble = cases.case(), SealTrouble
    found = {kind: _trouble(checker, _without(case, kind)) for kind in EvidenceKind}
    assert found[EvidenceKind.CLIP] is trouble.MANIFEST_DIFFERS
    assert found[EvidenceKind.MANIFEST] is trouble.MANIFEST_MISSING
    assert found[EvidenceKind.SEAL] is trouble.SEAL_MISSING


def test_a_finding_that_was_changed_is_not_the_one_described(
    checker: CaseChecker, cases: SealedCases
) -> None:
    case = cases.case()
    faster = replace(case.measurement, limit_kmh=10.0)
    later = case.occurred.shifted(1)
    for changed in (
        replace(case, measurement=faster),
        replace(case, occurred=later),
        replace(case, plate=replace(case.plate, text="XYZ999")),
        replace(case, provenance=replace(case.provenance, model_sha256=_OTHER)),
    ):
        assert _trouble(checker, changed) is SealTrouble.MANIFEST_DIFFERS


def test_a_masked_plate_is_left_out_and_nothing_else(
    checker: CaseChecker, cases: SealedCases
) -> None:
    """An auditor sees dots, and no alarm; all that is shown is compared."""
    case = cases.case()
    shown = replace(case, plate=case.plate.masked())
    assert shown.plate.is_masked
    assert _trouble(checker, shown) is None
    longer = replace(shown.plate, text=f"{shown.plate.text}•")
    surer = replace(shown.plate, confidence=shown.plate.confidence / 2)
    partly = replace(shown.plate, text=case.plate.text)
    for changed in (
        replace(shown, plate=longer),
        replace(shown, plate=surer),
        replace(shown, plate=partly),
        replace(shown, measurement=replace(case.measurement, limit_kmh=10.0)),
    ):
        assert _trouble(checker, changed) is SealTrouble.MANIFEST_DIFFERS


def test_a_manifest_made_anew_is_not_the_one_sealed(
    checker: CaseChecker, cases: SealedCases, tmp_path: Path
) -> None:
    """Whoever exchanges finding, manifest and rows still has no signature."""
    case = cases.case()
    bare = replace(case, evidence=case.evidence[:2])
    forged = replace(bare, plate=replace(bare.plate, text="XYZ999"))
    path = tmp_path / "forged.json"
    write_manifest(manifest_of(forged, cases.sealer.public), path)
    made = cases.item(EvidenceKind.MANIFEST, path.read_bytes())
    whole = replace(forged, evidence=(*forged.evidence, made, case.evidence[-1]))
    assert _trouble(checker, whole) is SealTrouble.OTHER_MANIFEST


@pytest.mark.parametrize("kind", [EvidenceKind.MANIFEST, EvidenceKind.SEAL])
def test_there_is_no_second_seal_or_manifest(
    checker: CaseChecker, cases: SealedCases, kind: EvidenceKind
) -> None:
    case = cases.case()
    other = cases.case(speeding(id=InfractionId(new_uuid())))
    for evidence in (
        (*case.evidence, item_of(other, kind)),
        (item_of(other, kind), *case.evidence),
    ):
        added = replace(case, evidence=evidence)
        assert _trouble(checker, added) is SealTrouble.MANIFEST_DIFFERS


def test_seals_do_not_change_places(checker: CaseChecker, cases: SealedCases) -> None:
    one = cases.case()
    other = cases.case(speeding(id=InfractionId(new_uuid())))
    swapped = replace(one, evidence=(*one.evidence[:-1], other.evidence[-1]))
    assert _trouble(checker, swapped) is SealTrouble.OTHER_CASE


def test_a_seal_of_another_engine(checker: CaseChecker, cases: SealedCases) -> None:
    case = cases.case()
    stranger = SealedCases(store=cases.store, folder=cases.folder)
    bare = replace(case, evidence=case.evidence[:-1])
    assert _trouble(checker, stranger.sealed(bare)) is SealTrouble.OTHER_KEY
    # With a manifest of its own as well, all fits but the key.
    assert _trouble(checker, stranger.case()) is SealTrouble.KEY_UNKNOWN
    anybody = replace(checker, any_key=True)
    assert _trouble(anybody, stranger.case()) is None
    assert not anybody.seal(case).key_checked


def _altered(**changes: Any) -> Callable[[bytes], bytes]:
    return lambda data: canonical(json.loads(data) | changes) + b"\n"


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (lambda _: b"{}", SealTrouble.SEAL_UNREADABLE),
        (_altered(version=7), SealTrouble.SEAL_UNREADABLE),
        (_altered(workstation="other"), SealTrouble.SIGNATURE_WRONG),
        (_altered(time="2027-03-14T15:10:00+00:00"), SealTrouble.SIGNATURE_WRONG),
        (_altered(signature="00" * 64), SealTrouble.SIGNATURE_WRONG),
        (_altered(signature="zz"), SealTrouble.SIGNATURE_WRONG),
    ],
)
def test_a_forged_seal(
    checker: CaseChecker,
    cases: SealedCases,
    change: Callable[[bytes], bytes],
    trouble: SealTrouble,
) -> None:
    assert _trouble(checker, cases.with_seal(cases.case(), change)) is trouble


def test_a_key_of_another_station(
    checker: CaseChecker, cases: SealedCases, register: InMemorySealRegister
) -> None:
    register.known = [replace(cases.entry, station=new_uuid())]
    assert _trouble(checker, cases.case()) is SealTrouble.KEY_UNKNOWN


def test_a_key_is_in_force_from_its_making_to_its_replacement(
    checker: CaseChecker, cases: SealedCases, register: InMemorySealRegister
) -> None:
    case, old = cases.case(), cases.entry
    clock = ManualClock(SEALED_AT + timedelta(hours=1))
    new = SealKey.rotate(cases.secrets, clock).entry("desk")
    register.known = [old, new]
    assert _trouble(checker, case) is None
    moved = replace(new, since=SEALED_AT - timedelta(seconds=1))
    register.known = [old, moved]
    assert _trouble(checker, case) is None, "nobody signed that it was replaced then"
    ahead = replace(old, since=SEALED_AT + timedelta(hours=1))
    register.known = [replace(ahead, registered_at=SEALED_AT)]
    assert _trouble(checker, case) is None, "the engine's clock was ahead"
    register.known = [ahead]
    assert _trouble(checker, case) is SealTrouble.KEY_NOT_IN_FORCE


def test_a_key_that_was_replaced_seals_no_more(
    checker: CaseChecker, cases: SealedCases, register: InMemorySealRegister
) -> None:
    case, old = cases.case(), cases.entry
    clock = ManualClock(SEALED_AT - timedelta(seconds=1))
    new = SealKey.rotate(cases.secrets, clock).entry("desk")
    register.known = [old, new]
    assert _trouble(checker, case) is SealTrouble.KEY_NOT_IN_FORCE
    # What the new one seals holds, as long as the old one signed it.
    sealed = cases.case()
    assert _trouble(checker, sealed) is None
    register.known = [old, replace(new, handover="00" * 64)]
    assert _trouble(checker, sealed) is SealTrouble.HANDOVER_WRONG
    assert _trouble(checker, case) is None, "a handover that nobody signed ends nothing"


def test_a_case_that_was_never_to_have_a_seal(
    checker: CaseChecker, cases: SealedCases
) -> None:
    bare = cases.described(speeding(), key=None)
    report = checker.files(bare)
    assert (report.seal, report.trouble, report.holds) == (None, None, True)
    assert checker.files(speeding()).holds


def test_a_manifest_of_version_1_is_read_and_has_no_seal(
    checker: CaseChecker, cases: SealedCases, store: MemoryEvidenceStore
) -> None:
    case = cases.described(speeding(), key=None)
    item = item_of(case, EvidenceKind.MANIFEST)
    fields = json.loads(store.files[item.sha256])
    for name in ("origin", "sealing_key"):
        del fields[name]
    old = cases.item(
        EvidenceKind.MANIFEST, json.dumps(fields | {"schema_version": 1}).encode()
    )
    with store.open(old.sha256) as file:
        read = read_manifest(file)
    assert (read.origin, read.sealing_key) == (None, None)
    whole = replace(case, evidence=(*case.evidence[:-1], old))
    assert _trouble(checker, whole) is None
    # It cannot say a thing that it did not know.
    for version, change in ((1, {"sealing_key": None}), (True, {}), (3, {})):
        wrong = json.dumps(fields | change | {"schema_version": version}).encode()
        case = replace(
            case,
            evidence=(*case.evidence[:-1], cases.item(EvidenceKind.MANIFEST, wrong)),
        )
        assert _trouble(checker, case) is SealTrouble.MANIFEST_UNREADABLE


def test_many_cases_are_looked_at_together(
    checker: CaseChecker, cases: SealedCases
) -> None:
    good = [cases.case(speeding(id=InfractionId(new_uuid()))) for _ in range(3)]
    bad = _without(good[1], EvidenceKind.SEAL)
    reports = checker.seals([good[0], bad, good[2], speeding()])
    assert [each.trouble for each in reports] == [
        None,
        SealTrouble.SEAL_MISSING,
        None,
        None,
    ]
    assert [each.seal is None for each in reports] == [False, True, False, True]


def test_a_stamp_that_was_asked_for_is_waited_for(
    store: MemoryEvidenceStore, tmp_path: Path
) -> None:
    cases = SealedCases(store=store, folder=tmp_path, time_stamp=True)
    register = InMemorySealRegister([cases.entry])
    checker = CaseChecker(store=store, register=register)
    case = cases.case()
    assert checker.seal(case).stamp.state is StampState.WAITING
    seal = item_of(case, EvidenceKind.SEAL).sha256
    register.responses[seal] = [b"no time-stamp at all"]
    report = checker.seal(case)
    assert (report.stamp.state, report.trouble) == (StampState.WRONG, None)
    assert not report.holds
