"""The pages of the product: their order on the rail, and who may see which."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from PySide6.QtCore import QCoreApplication

from app.domain.person import Person, Right
from widgets.common.background import Background
from widgets.common.page import Page
from widgets.services import PageContext

_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page before it is made. Any of `rights` opens it; none means everyone."""

    key: str
    icon: str
    title: Callable[[], str]
    short: Callable[[], str]
    module: str
    class_name: str
    rights: frozenset[Right] = frozenset()

    def open_to(self, person: Person) -> bool:
        """Tell whether the person has one of the rights."""
        return not self.rights or any(person.may(right) for right in self.rights)

    def make(self, context: PageContext, background: Background) -> Page:
        """Import the page now, so that the window does not wait for all at start."""
        page_class = getattr(importlib.import_module(self.module), self.class_name)
        return cast("Page", page_class(context, background))


PAGES: Final = (
    PageEntry(
        "wall",
        "wall",
        lambda: _tr("pages", "Live wall"),
        lambda: _tr("pages", "Live"),
        "widgets.wall.wall_page",
        "WallPage",
    ),
    PageEntry(
        "review",
        "review",
        lambda: _tr("pages", "Review"),
        lambda: _tr("pages", "Review"),
        "widgets.review.review_page",
        "ReviewPage",
        frozenset({Right.REVIEW, Right.READ_AUDIT}),
    ),
    PageEntry(
        "dashboard",
        "dashboard",
        lambda: _tr("pages", "Dashboard"),
        lambda: _tr("pages", "Figures"),
        "widgets.dashboard.dashboard_page",
        "DashboardPage",
        frozenset({Right.REVIEW, Right.REPORT, Right.READ_AUDIT}),
    ),
    PageEntry(
        "cameras",
        "cameras",
        lambda: _tr("pages", "Cameras"),
        lambda: _tr("pages", "Cameras"),
        "widgets.cameras.cameras_page",
        "CamerasPage",
        frozenset({Right.MANAGE_CAMERAS}),
    ),
    PageEntry(
        "calibration",
        "calibration",
        lambda: _tr("pages", "Calibration"),
        lambda: _tr("pages", "Calibrate"),
        "widgets.calibration.calibration_page",
        "CalibrationPage",
        frozenset({Right.CALIBRATE}),
    ),
    PageEntry(
        "reports",
        "reports",
        lambda: _tr("pages", "Reports"),
        lambda: _tr("pages", "Reports"),
        "widgets.report.report_page",
        "ReportPage",
        frozenset({Right.REPORT}),
    ),
)


def pages_for(person: Person) -> tuple[PageEntry, ...]:
    """Return the pages that this person may open, in the order of the rail."""
    return tuple(entry for entry in PAGES if entry.open_to(person))
