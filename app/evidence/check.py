"""Whether an evidence store can be used now, in sentences for people."""

from collections.abc import Iterator

from app.domain.errors import EnvironmentFault
from app.evidence.blobs import CURRENT_KEY, BlobMissing
from app.evidence.open_store import OpenedEvidence
from app.evidence.store import BlobEvidenceStore


def evidence_troubles(opened: OpenedEvidence) -> Iterator[str]:
    """Yield what is wrong; a store that is away, a key that is not here, a queue.

    Asks the store, and writes to it nothing but, the first time, which key it has.
    """
    if not opened.setting.encrypted:
        yield (
            "Evidence is not encrypted. Set it: python main.py evidence set, then "
            "python main.py evidence encrypt."
        )
    for place in opened.kept:
        try:
            _reach(place)
        except EnvironmentFault as fault:
            yield str(fault)
    waiting = 0 if opened.outbox is None else opened.outbox.waiting()
    if waiting:
        yield f"{waiting} evidence files wait on this computer for their store."


def _reach(place: BlobEvidenceStore) -> None:
    """Ask for something small; raises a fault when there is no answer, or no key."""
    try:
        place.blobs.open(CURRENT_KEY).close()
    except BlobMissing:
        # It answered.
        next(iter(place.blobs.names("0" * 64)), None)
    place.require_key()
