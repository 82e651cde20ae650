"""A shift in the control room by script: watch, decide, report, calibrate."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.demo.online_log import OnlineLog
from app.demo.stage import Stage
from app.demo.summary import by_kind, camera_rows, scores
from app.domain.case_query import CaseQuery
from app.domain.errors import EnvironmentFault
from app.domain.infraction import Case, InfractionState
from app.domain.units import seconds_from_ns

if TYPE_CHECKING:
    from widgets.tour import Tour

_LOGIN_S = 20.0
_PICTURES_S = 90.0
_PAGE_S = 15.0
_REPORTING_S = 40.0


class Visit:
    """One shift of `seconds`, from the first login to the last figure."""

    def __init__(self, stage: Stage, tour: "Tour", seconds: float) -> None:
        """Nothing is pressed before `run`."""
        self._stage = stage
        self._tour = tour
        self._clock = stage.services.clock
        self._begun_ns = self._clock.monotonic_ns()
        self._seconds = seconds
        self._log = OnlineLog()
        self._decided: Case | None = None
        self._first_case_after_s: float | None = None
        self._documents: dict[str, str] = {}
        self._most_online = 0

    def run(self) -> dict[str, Any]:
        """Do the shift; return the summary."""
        self._tour.picture("login")
        self._watch()
        self._decide()
        self._tour.desktop.show_page("wall")
        self._wait_until_left(_REPORTING_S)
        self._tour.picture("wall-later")
        summary = self._summary()
        self._report()
        self._look_after_cameras()
        return summary | {
            "documents": self._documents,
            "screenshots": [str(path) for path in self._tour.pictures],
        }

    def _left_s(self) -> float:
        gone_ns = self._clock.monotonic_ns() - self._begun_ns
        return self._seconds - seconds_from_ns(gone_ns)

    def _enter(self, login: str) -> None:
        password = self._stage.passwords[login]
        if not self._tour.desktop.login(login, password):
            raise EnvironmentFault(f"The demo person {login} could not log in.")

    def _until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Wait, looking at the cameras all the while."""

        def look() -> bool:
            self._look()
            return condition()

        return self._tour.until(look, timeout_s)

    def _look(self) -> None:
        status = self._stage.services.engine.status()
        self._log.look(status, self._clock.now())
        if status is not None:
            online = sum(c.state.value == "online" for c in status.cameras)
            self._most_online = max(self._most_online, online)

    def _wait_until_left(self, reserve_s: float) -> None:
        self._until(lambda: self._left_s() <= reserve_s, max(self._left_s(), 0.1))

    def _watch(self) -> None:
        self._enter("ana")
        engine, cameras = self._stage.services.engine, self._stage.cameras.values()
        self._until(
            lambda: all(engine.frame(camera.id) is not None for camera in cameras),
            _PICTURES_S,
        )
        self._until(lambda: bool(self._cases()), self._left_s() - _REPORTING_S)
        if self._cases():
            gone_ns = self._clock.monotonic_ns() - self._begun_ns
            self._first_case_after_s = round(seconds_from_ns(gone_ns), 1)
        self._tour.picture("wall")

    def _decide(self) -> None:
        """Confirm one case by keyboard, and issue its notice."""
        readable = (InfractionState.PENDING,)
        self._until(
            lambda: any(c.infraction.plate.text for c in self._cases(readable)),
            self._left_s() - _REPORTING_S,
        )
        chosen = [c for c in self._cases(readable) if c.infraction.plate.text]
        if not chosen:
            return
        case = chosen[0]
        self._tour.open_case(case.infraction.id)
        self._until(lambda: self._tour.shows_case(case.infraction.id), _PAGE_S)
        self._tour.wait(1.5)
        self._tour.picture("review")
        self._tour.press_on_page("Y")
        self._until(lambda: self._state(case) is InfractionState.CONFIRMED, _PAGE_S)
        self._tour.wait(0.5)
        self._tour.picture("review-confirmed")
        # The case just decided is the one that gets its notice.
        self._tour.press_on_page("I")
        self._until(lambda: self._state(case) is InfractionState.NOTIFIED, _PAGE_S)
        if self._state(case) is not InfractionState.PENDING:
            self._decided = self._session_case(case)

    def _report(self) -> None:
        """Read the figures, open the notice, make the report of the day."""
        self._enter_again("sofia")
        self._tour.desktop.show_page("dashboard")
        self._tour.wait(2.0)
        self._tour.picture("dashboard")
        self._tour.desktop.show_page("reports")
        if self._decided is not None:
            self._tour.open_notice(self._decided.infraction.id)
            self._await_document("notice", None)
            self._tour.picture("notice")
        before = self._tour.document()
        self._tour.press_on_page("R")
        self._await_document("period", before)
        self._tour.picture("report")

    def _await_document(self, name: str, before: Path | None) -> None:
        if self._until(lambda: self._tour.document() not in (None, before), _PAGE_S):
            self._documents[name] = str(self._tour.document())
            self._tour.wait(1.5)

    def _look_after_cameras(self) -> None:
        self._enter_again("teo")
        for page in ("cameras", "calibration"):
            self._tour.desktop.show_page(page)
            self._tour.wait(3.0)
            self._tour.picture(page)

    def _enter_again(self, login: str) -> None:
        self._tour.desktop.window.log_out()
        self._enter(login)

    def _cases(self, states: tuple[InfractionState, ...] = ()) -> list[Case]:
        store = self._tour.session.case_store
        wanted = CaseQuery(states=states, since=self._since)
        return store.cases(wanted, limit=1000)

    @property
    def _since(self) -> datetime:
        return self._stage.site.epoch

    def _session_case(self, case: Case) -> Case:
        return self._tour.session.case_store.case(case.infraction.id)

    def _state(self, case: Case) -> InfractionState:
        return self._session_case(case).state

    def _summary(self) -> dict[str, Any]:
        now, cases = self._clock.now(), self._cases()
        status = self._stage.services.engine.status()
        decided = self._decided
        return {
            "seconds": self._seconds,
            "cameras": camera_rows(self._stage),
            "cameras_online_at_once": self._most_online,
            "model": status.model_name if status else None,
            "device": status.device if status else None,
            "first_infraction_after_s": self._first_case_after_s,
            "infractions": by_kind(cases),
            "against_truth": scores(self._stage, cases, self._log, now),
            "decided": str(decided.infraction.id) if decided else None,
            "notice_number": decided.notice_number if decided else None,
        }
