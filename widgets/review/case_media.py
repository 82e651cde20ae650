"""The evidence of a case as pictures: hashed again, decoded off the GUI thread."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

from PySide6.QtGui import QImage

from app.config.camera import ConfigurationVersion
from app.domain.errors import EnvironmentFault, EvidenceDamaged
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.infraction import Case
from app.domain.seal import SealReport
from app.evidence.case_check import CaseChecker
from app.evidence.track_file import read_track
from app.ports import EvidenceStore
from app.report.masked import PRINTED
from app.report.pictures import read_verified
from widgets.common.fault_text import told
from widgets.review.replay import Replay, replay_of

_log = logging.getLogger(__name__)
ConfigurationOf = Callable[[Case], ConfigurationVersion | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMedia:
    """All that can be looked at, or the sentence that says why nothing can.

    `verified` counts files whose hash was right, `seal` is what signature, key and
    time-stamp were found to be. When `trouble` is set there are no
    pictures: a reviewer must not decide on evidence that was changed.
    """

    stills: Mapping[EvidenceKind, QImage] = field(default_factory=dict)
    clip: Callable[[], BinaryIO] | None = None
    """Opens the clip, hashed again; who calls it closes what comes."""
    clip_start_ns: int = 0
    """Stream time of the clip's first frame."""
    replay: Replay | None = None
    verified: int = 0
    seal: SealReport | None = None
    trouble: str = ""


def load_media(
    store: EvidenceStore,
    configuration_of: ConfigurationOf,
    checker: CaseChecker,
    case: Case,
) -> CaseMedia:
    """Read and check all evidence and the seal of `case`; for a background thread."""
    by_kind = {item.kind: item for item in case.infraction.evidence}
    try:
        stills = {
            kind: _still(store, by_kind[kind]) for kind in PRINTED if kind in by_kind
        }
        clip = by_kind.get(EvidenceKind.CLIP)
        if clip is not None:
            store.open(clip.sha256).close()
        replay = _replay(store, configuration_of, case)
        seal = checker.sound(case.infraction, files=False)
    except EnvironmentFault as fault:
        return CaseMedia(trouble=told(str(fault)))
    return CaseMedia(
        stills=stills,
        clip=None if clip is None else partial(store.open, clip.sha256),
        clip_start_ns=_clip_start_ns(case, clip, replay),
        replay=replay,
        verified=len(by_kind),
        seal=seal,
    )


def _still(store: EvidenceStore, item: EvidenceItem) -> QImage:
    image = QImage.fromData(read_verified(store, item.sha256).data)
    if image.isNull():
        raise EvidenceDamaged(
            f"The evidence file {item.sha256[:12]}… is not a whole picture. "
            "Restore it from the backup."
        )
    return image


def _replay(
    store: EvidenceStore, configuration_of: ConfigurationOf, case: Case
) -> Replay | None:
    finding = case.infraction
    item = next((i for i in finding.evidence if i.kind is EvidenceKind.TRACK), None)
    if item is None:
        return None
    try:
        with store.open(item.sha256) as source:
            track = read_track(source)
    except ValueError:
        # Written by another version: the pictures stand without it.
        _log.warning("the track of case %s cannot be read", finding.id, exc_info=True)
        return None
    return replay_of(track, finding.kind, configuration_of(case))


def _clip_start_ns(case: Case, clip: EvidenceItem | None, replay: Replay | None) -> int:
    if replay is not None and replay.track.clip_start_ns is not None:
        return replay.track.clip_start_ns
    occurred = case.infraction.occurred
    if clip is None:
        return occurred.stream_ns
    earlier = occurred.wall - clip.captured_at
    return occurred.stream_ns - round(earlier.total_seconds() * 1e9)
