"""The pages of the product: their order on the rail, and who may see which."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication

from app.domain.person import Person, Right
from widgets.audit.audit_page import AuditPage
from widgets.calibration.calibration_page import CalibrationPage
from widgets.cameras.cameras_page import CamerasPage
from widgets.common.background import Background
from widgets.common.page import Page
from widgets.dashboard.dashboard_page import DashboardPage
from widgets.footage.footage_page import FootagePage
from widgets.models.models_page import ModelsPage
from widgets.people.people_page import PeoplePage
from widgets.plates.plates_page import PlatesPage
from widgets.report.report_page import ReportPage
from widgets.retention.retention_page import RetentionPage
from widgets.review.review_page import ReviewPage
from widgets.services import PageContext
from widgets.wall.wall_page import WallPage

_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page before it is made. Any of `rights` opens it; none means everyone."""

    key: str
    icon: str
    title: Callable[[], str]
    short: Callable[[], str]
    make: Callable[[PageContext, Background], Page]
    rights: frozenset[Right] = frozenset()

    def open_to(self, person: Person) -> bool:
        """Tell whether the person has one of the rights."""
        return not self.rights or any(person.may(right) for right in self.rights)


PAGES: Final = (
    PageEntry(
        "wall",
        "wall",
        lambda: _tr("pages", "Live wall"),
        lambda: _tr("pages", "Live"),
        WallPage,
    ),
    PageEntry(
        "review",
        "review",
        lambda: _tr("pages", "Review"),
        lambda: _tr("pages", "Review"),
        ReviewPage,
        frozenset({Right.REVIEW, Right.READ_AUDIT}),
    ),
    PageEntry(
        "dashboard",
        "dashboard",
        lambda: _tr("pages", "Figures"),
        lambda: _tr("pages", "Figures"),
        DashboardPage,
        frozenset({Right.REVIEW, Right.REPORT, Right.READ_AUDIT}),
    ),
    PageEntry(
        "cameras",
        "cameras",
        lambda: _tr("pages", "Cameras"),
        lambda: _tr("pages", "Cameras"),
        CamerasPage,
        frozenset({Right.MANAGE_CAMERAS}),
    ),
    PageEntry(
        "calibration",
        "calibration",
        lambda: _tr("pages", "Calibration"),
        lambda: _tr("pages", "Calibrate"),
        CalibrationPage,
        frozenset({Right.CALIBRATE}),
    ),
    PageEntry(
        "reports",
        "reports",
        lambda: _tr("pages", "Reports"),
        lambda: _tr("pages", "Reports"),
        ReportPage,
        frozenset({Right.REPORT}),
    ),
    PageEntry(
        "footage",
        "footage",
        lambda: _tr("pages", "Footage"),
        lambda: _tr("pages", "Videos"),
        FootagePage,
        frozenset({Right.REVIEW, Right.CALIBRATE}),
    ),
    PageEntry(
        "plates",
        "plate",
        lambda: _tr("pages", "Plates"),
        lambda: _tr("pages", "Plates"),
        PlatesPage,
        frozenset({Right.SEARCH_PLATES}),
    ),
    PageEntry(
        "models",
        "models",
        lambda: _tr("pages", "Models"),
        lambda: _tr("pages", "Models"),
        ModelsPage,
        # Technicians and administrators: who looks after the cameras of a site looks
        # after what watches them.
        frozenset({Right.MANAGE_CAMERAS}),
    ),
    PageEntry(
        "people",
        "person",
        lambda: _tr("pages", "People"),
        lambda: _tr("pages", "Staff"),
        PeoplePage,
        frozenset({Right.MANAGE_PEOPLE}),
    ),
    PageEntry(
        "retention",
        "calendar",
        lambda: _tr("pages", "Terms of keeping"),
        lambda: _tr("pages", "Terms"),
        RetentionPage,
        frozenset({Right.MANAGE_PEOPLE}),
    ),
    PageEntry(
        "audit",
        "shield",
        lambda: _tr("pages", "Audit trail"),
        lambda: _tr("pages", "Trail"),
        AuditPage,
        frozenset({Right.READ_AUDIT}),
    ),
)


def pages_for(person: Person) -> tuple[PageEntry, ...]:
    """Return the pages that this person may open, in the order of the rail."""
    return tuple(entry for entry in PAGES if entry.open_to(person))
