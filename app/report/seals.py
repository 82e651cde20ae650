"""What documents say of seals, of time-stamps, and of the head of the trail."""

from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from app.domain.audit import ChainHead
from app.domain.seal import SealReport, StampFinding, StampState
from app.evidence.signing import fingerprint
from app.report.content import Figure, date_and_time
from app.report.wording import DocumentWording

_HEAD_DIGITS = 16


def trail_text(head: ChainHead, words: DocumentWording) -> str:
    """Return where the audit chain ended when the document was made."""
    digits = head.sha256[:_HEAD_DIGITS]
    return words.text("document", "trail", sequence=head.sequence, digits=digits)


def seal_rows(
    report: SealReport, zone: ZoneInfo, words: DocumentWording
) -> tuple[Figure, ...]:
    """Return which key sealed a case, and when it was time-stamped."""
    seal = report.seal
    if seal is None:
        value = words.text("note", "not_sealed")
        return (Figure(words.text("label", "seal"), value),)
    sealed = words.text(
        "note",
        "sealed",
        digits=fingerprint(seal.key),
        when=date_and_time(seal.sealed_at, zone),
        workstation=seal.workstation,
    )
    return (
        Figure(words.text("label", "seal"), sealed),
        Figure(words.text("label", "stamp"), _stamp(report.stamp, zone, words)),
    )


def period_seals(
    reports: Sequence[SealReport], zone: ZoneInfo, words: DocumentWording
) -> str:
    """Return in one paragraph what sealed the cases of a report; empty without any."""
    if not reports:
        return ""
    keys = Counter(fingerprint(r.seal.key) for r in reports if r.seal is not None)
    parts = [
        words.text("period", "sealed", digits=key, count=count)
        for key, count in sorted(keys.items())
    ]
    bare = sum(r.seal is None and r.trouble is None for r in reports)
    if bare:
        parts.append(words.text("period", "not_sealed", count=bare))
    moments = [r.stamp.at for r in reports if r.stamp.state is StampState.HOLDS]
    known = [moment for moment in moments if moment is not None]
    if known:
        last = date_and_time(max(known), zone)
        parts.append(words.text("period", "stamped", count=len(known), when=last))
    broken = sum(not r.holds for r in reports)
    if broken:
        parts.append(words.text("period", "broken", count=broken))
    return words.text("period", "seals", parts="; ".join(parts))


def _stamp(stamp: StampFinding, zone: ZoneInfo, words: DocumentWording) -> str:
    at = "" if stamp.at is None else date_and_time(stamp.at, zone)
    key = f"stamp_{stamp.state.value}"
    return words.text("note", key, when=at, authority=stamp.authority)
