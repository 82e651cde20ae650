"""People and what their job lets them do."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.ids import Login


class Role(StrEnum):
    """One group role of the server per job."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    ENGINE = "engine"


class Right(StrEnum):
    """What a screen may offer; the server refuses the rest in any case."""

    REVIEW = "review"
    REPORT = "report"
    CALIBRATE = "calibrate"
    MANAGE_CAMERAS = "manage_cameras"
    MANAGE_PEOPLE = "manage_people"
    READ_AUDIT = "read_audit"
    SEARCH_PLATES = "search_plates"
    WATCH_PLATES = "watch_plates"
    HOLD_CASES = "hold_cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may log in."""

    login: Login
    full_name: str
    roles: frozenset[Role]
    rights: frozenset[Right]

    def may(self, right: Right) -> bool:
        """Tell whether the server granted `right`."""
        return right in self.rights
