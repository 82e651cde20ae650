"""A row of the page: a term, and what is due by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.domain.infraction import InfractionKind, InfractionState
from app.domain.retention import (
    LEAST_CASE_DAYS,
    LEAST_PLATE_DAYS,
    MOST_CASE_DAYS,
    MOST_PLATE_DAYS,
    DueTotal,
    RetentionRule,
)
from widgets.common.words import kind_name, state_name

_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The term of a type and state; without `rule` that of plates without a case.

    `due` is None until it was counted, and for plates.
    """

    keep_days: int
    rule: RetentionRule | None = None
    due: DueTotal | None = None

    @property
    def least_days(self) -> int:
        """The shortest term that the server takes."""
        return LEAST_PLATE_DAYS if self.rule is None else LEAST_CASE_DAYS

    @property
    def most_days(self) -> int:
        """The longest term that the server takes."""
        return MOST_PLATE_DAYS if self.rule is None else MOST_CASE_DAYS


def same_term(one: Term | None, other: Term | None) -> bool:
    """Tell whether both are the term of the same things."""
    if one is None or other is None:
        return one is other
    if one.rule is None or other.rule is None:
        return one.rule is other.rule
    return (one.rule.kind, one.rule.state) == (other.rule.kind, other.rule.state)


def terms_of(
    rules: Sequence[RetentionRule], plate_days: int, due: Sequence[DueTotal] | None
) -> list[Term]:
    """Return the rows; where nothing is due the count is zero."""
    counted = {(each.kind, each.state): each for each in due or ()}
    none = due is None
    return [
        *(
            Term(
                keep_days=rule.keep_days,
                rule=rule,
                due=None if none else counted.get(_key(rule), _nothing(rule)),
            )
            for rule in rules
        ),
        Term(keep_days=plate_days),
    ]


def term_name(term: Term) -> str:
    """Return what the term is of."""
    if term.rule is None:
        return _tr("retention", "Plates without a case")
    return f"{kind_name(term.rule.kind)} · {state_name(term.rule.state)}"


def _key(rule: RetentionRule) -> tuple[InfractionKind, InfractionState]:
    return rule.kind, rule.state


def _nothing(rule: RetentionRule) -> DueTotal:
    return DueTotal(
        kind=rule.kind,
        state=rule.state,
        case_count=0,
        held_count=0,
        file_count=0,
        size_bytes=0,
    )
