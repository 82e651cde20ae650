"""Terms of cases in memory: same contract suite as PostgreSQL's."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

from app.domain.clock import Clock
from app.domain.errors import NotPermitted
from app.domain.infraction import InfractionKind, InfractionState
from app.domain.person import Person, Role
from app.domain.retention import (
    LEAST_CASE_DAYS,
    MOST_CASE_DAYS,
    DueTotal,
    RetentionRule,
)
from tests.fakes.cases import Kept

if TYPE_CHECKING:
    from tests.fakes.in_memory import InMemoryServer

_FIRST_DAYS = {
    InfractionState.PENDING: 730,
    InfractionState.REJECTED: 90,
    InfractionState.CONFIRMED: 1461,
    InfractionState.NOTIFIED: 1826,
}
_GRACE = timedelta(days=7)
_Key = tuple[InfractionKind, InfractionState]


@dataclass(slots=True)
class RetentionBook:
    """The terms of a server."""

    rules: dict[_Key, RetentionRule]

    @classmethod
    def of(cls, clock: Clock) -> "RetentionBook":
        """Return the terms a server begins with."""
        return cls(
            {
                (kind, state): RetentionRule(
                    kind=kind, state=state, keep_days=days, changed_at=clock.now()
                )
                for kind, (state, days) in product(InfractionKind, _FIRST_DAYS.items())
            }
        )


class InMemoryRetention:
    """Implements `app.ports.Retention`."""

    def __init__(self, server: "InMemoryServer", person: Person) -> None:
        """Act in the name of `person`."""
        self._server = server
        self._person = person

    def rules(self) -> list[RetentionRule]:
        """Return the term of each type and state."""
        rules = self._server.retention.rules
        return [rules[key] for key in sorted(rules)]

    def set_days(self, kind: InfractionKind, state: InfractionState, days: int) -> None:
        """Change a term."""
        self._require()
        if not LEAST_CASE_DAYS <= days <= MOST_CASE_DAYS:
            raise NotPermitted("Cases are kept for 8 to 36500 days.")
        rules, now = self._server.retention.rules, self._server.clock.now()
        before = rules[kind, state]
        rules[kind, state] = replace(before, keep_days=days, changed_at=now)
        self._server.trail.record(
            self._person,
            "set_case_retention",
            f"{kind.value} {state.value}",
            {"keep_days": days, "before": before.keep_days},
        )

    def due(self, on: datetime) -> list[DueTotal]:
        """Count what is over its term at the moment `on`."""
        self._require()
        over: dict[_Key, list[Kept]] = defaultdict(list)
        for kept in self._server.kept.values():
            rule = self._server.retention.rules[kept.infraction.kind, kept.state]
            term = timedelta(days=rule.keep_days)
            if on >= max(_last_act(kept) + term, rule.changed_at + _GRACE):
                over[rule.kind, rule.state].append(kept)
        return [_total(key, over[key]) for key in sorted(over)]

    def _require(self) -> None:
        if Role.ADMINISTRATOR not in self._person.roles:
            raise NotPermitted("The server does not allow this to your role.")


def _last_act(kept: Kept) -> datetime:
    acts = [review.decided_at for review in kept.reviews]
    return max(kept.recorded_at, kept.infraction.occurred.wall, *acts)


def _total(key: _Key, over: Iterable[Kept]) -> DueTotal:
    cases = list(over)
    free = [kept for kept in cases if not kept.holds]
    items = [item for kept in free for item in kept.infraction.evidence]
    return DueTotal(
        kind=key[0],
        state=key[1],
        case_count=len(cases),
        held_count=len(cases) - len(free),
        file_count=len(items),
        size_bytes=sum(item.size_bytes for item in items),
    )
