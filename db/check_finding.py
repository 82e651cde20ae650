"""What a check of the database and its evidence files can find."""

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """What can be wrong."""

    CASE_NOT_AS_ADDED = "case_not_as_added"
    DOCUMENT_ALTERED = "document_altered"
    COLUMN_ALTERED = "column_altered"
    EVIDENCE_ROW_ALTERED = "evidence_row_altered"
    STATE_WITHOUT_REVIEW = "state_without_review"
    REVIEW_ALTERED = "review_altered"
    NOTICE_ALTERED = "notice_altered"
    CONFIGURATION_ALTERED = "configuration_altered"
    HOLD_ALTERED = "hold_altered"
    RETENTION_ALTERED = "retention_altered"
    CERTIFICATE_ALTERED = "certificate_altered"
    ERASURE_UNFINISHED = "erasure_unfinished"
    OBJECT_MISSING = "object_missing"
    OBJECT_DAMAGED = "object_damaged"
    OBJECT_WITHOUT_ROW = "object_without_row"
    ERASED_OBJECT_IS_THERE = "erased_object_is_there"
    AUDIT_BROKEN = "audit_broken"


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing that is wrong: what, where, and a sentence about it.

    `mended` says what was done about it, empty when nothing was.
    """

    trouble: Trouble
    subject: str
    message: str
    mended: str = ""

    def __str__(self) -> str:
        """Return it as one line."""
        done = f"; {self.mended}" if self.mended else ""
        return f"{self.trouble}: {self.subject}: {self.message}{done}"
