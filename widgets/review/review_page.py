"""The review page: one case after the other, decided by one key each."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout

from app.config.camera import ConfigurationVersion
from app.domain.camera import Camera
from app.domain.hold import NewHold
from app.domain.ids import HoldId, InfractionId
from app.domain.infraction import Case, InfractionState, RejectReason
from app.domain.person import Right
from app.ports import Change
from app.report.publish import Publisher, printed_notice
from app.review import queue
from app.review.decide import Reviewer
from app.review.queue import CaseFilter
from app.review.states import Step, first_to_issue, first_to_print, last_decision
from widgets.common.background import Background
from widgets.common.error_bar import ErrorBar
from widgets.common.fault_text import told
from widgets.common.page import Page
from widgets.review.case_in_hand import CaseInHand
from widgets.review.case_media import CaseMedia, load_media
from widgets.review.decided_note import DecidedNote
from widgets.review.decision_bar import DecisionBar
from widgets.review.facts_panel import FactsPanel
from widgets.review.hold_panel import HoldPanel
from widgets.review.holding import Holding
from widgets.review.media_shelf import MediaShelf
from widgets.review.queue_panel import QueuePanel
from widgets.review.reject_panel import RejectPanel
from widgets.review.stage import Stage
from widgets.review.verdicts import Outcome, Verdicts
from widgets.services import PageContext
from widgets.theme import State

_QUEUE_PX = 288
_FACTS_PX = 344
_LOADED = 200
_SETTLE_MS = 300
_DECISIONS = (Step.CONFIRM, Step.REJECT)


class ReviewPage(Page):
    """Queue on the left, evidence in the middle, facts on the right, keys below.

    `show_target` takes the InfractionId of a case or a CaseFilter.
    """

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; nothing is asked for yet."""
        super().__init__(context, background)
        session, services = context.session, context.services
        self._case: Case | None = None
        self._media: CaseMedia | None = None
        self._wanted: InfractionId | None = None
        self._store = session.case_store
        self._errors = ErrorBar()
        self._queue = QueuePanel()
        self._stage = Stage()
        self._facts = FactsPanel()
        self._reject = RejectPanel()
        self._hold = HoldPanel(services.clock, session.person.login)
        self._bar = DecisionBar()
        self._side = QStackedWidget()
        checker = context.checker()
        load = partial(load_media, services.evidence, self._configuration_of, checker)
        self._shelf = MediaShelf(load, background)
        self._hand = CaseInHand(self._store, session.person, background)
        reviewer = Reviewer(
            person=session.person,
            store=self._store,
            clock=services.clock,
            claim_of=self._hand.claim_of,
        )
        self._verdicts = Verdicts(reviewer, background)
        self._holding = Holding(self._store, background)
        self._settle = _single_shot(self, _SETTLE_MS, self._reload)
        self._decided = DecidedNote(self._bar, session.person.login, services.clock)
        self._lay_out()
        self._connect()
        self._add_keys()
        self._show_case(None)

    def activate(self) -> None:
        """Load the queue."""
        self._reload()
        self.background.query(
            self,
            "cameras",
            self.context.session.site.cameras,
            self._take_cameras,
            partial(self._say_trouble, "cameras"),
        )

    def deactivate(self) -> None:
        """Stop the clip; the undo goes on counting in the server."""
        self._stage.pause()
        self._settle.stop()
        self._hand.leave()

    def close_page(self) -> None:
        """Release the clip, and take none that is still on its way."""
        self._case = None
        self._decided.close()
        self._settle.stop()
        self._hand.close()
        self._stage.close_stage()
        self._shelf.clear()

    def retranslate(self) -> None:
        """Set all texts again."""
        for part in (self._queue, self._stage, self._facts, self._bar):
            part.retranslate()
        self._reject.retranslate()
        self._hold.retranslate()
        self._name_keys()
        self._decided.refresh()

    def on_change(self, change: Change) -> None:
        """Reload soon when cases changed; many changes make one reload."""
        if change.topic == "infraction" and self.isVisible():
            self._settle.start()
        elif change.topic == "claim" and change.row_id in (None, self._current_id()):
            self._hand.retry()

    def show_target(self, target: object) -> None:
        """Show one case, or the cases of a filter."""
        if isinstance(target, CaseFilter):
            self._queue.set_filter(target)
        elif isinstance(target, UUID):
            self._wanted = InfractionId(target)
            self._fetch_wanted()

    @property
    def case(self) -> Case | None:
        """The case on screen."""
        return self._case

    @property
    def checked(self) -> bool:
        """Whether the evidence of the case on screen was loaded and found sound."""
        return self._media is not None and not self._media.trouble

    def _lay_out(self) -> None:
        self._side.addWidget(self._facts)
        self._side.addWidget(self._reject)
        self._side.addWidget(self._hold)
        split = QSplitter(Qt.Orientation.Horizontal)
        for part in (self._queue, self._stage, self._side):
            split.addWidget(part)
        split.setSizes([_QUEUE_PX, 1200, _FACTS_PX])
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        self._queue.setMinimumWidth(_QUEUE_PX)
        self._side.setMinimumWidth(312)
        self._side.setMaximumWidth(440)
        self._queue.setMaximumWidth(400)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._errors)
        column.addWidget(split, 1)
        row = QHBoxLayout()
        row.addWidget(self._bar)
        column.addLayout(row)

    def _connect(self) -> None:
        self._queue.filter_changed.connect(lambda _: self._reload())
        self._queue.case_chosen.connect(self._show_case)
        self._bar.confirm_pressed.connect(self._confirm)
        self._bar.reject_pressed.connect(self._begin_reject)
        self._bar.correct_pressed.connect(self._facts.plate.begin_edit)
        self._bar.issue_pressed.connect(self._issue)
        self._bar.document_pressed.connect(self._open_document)
        self._bar.undo_pressed.connect(self._undo)
        self._bar.hold_pressed.connect(self._begin_hold)
        self._hold.wanted.connect(self._hold_case)
        self._hold.released.connect(self._release_hold)
        self._hold.left.connect(self._leave_side)
        self._holding.done.connect(self._take_held)
        self._holding.failed.connect(partial(self._say_trouble, "hold"))
        self._reject.chosen.connect(self._reject_case)
        self._reject.left.connect(self._leave_side)
        self._facts.corrected.connect(self._corrected)
        self._facts.mask_box.wanted.connect(self._unmask)
        self._verdicts.done.connect(self._take_outcome)
        self._verdicts.failed.connect(partial(self._say_trouble, "verdict"))
        self._stage.unplayable.connect(self._say_unplayable)
        self._hand.elsewhere.connect(self._say_elsewhere)
        self._hand.failed.connect(partial(self._say_trouble, "claim"))

    def _add_keys(self) -> None:
        self._next, self._previous = QAction(self), QAction(self)
        self._next.setShortcuts([QKeySequence("J"), QKeySequence("Down")])
        self._previous.setShortcuts([QKeySequence("K"), QKeySequence("Up")])
        self._next.triggered.connect(lambda: self._queue.go(1))
        self._previous.triggered.connect(lambda: self._queue.go(-1))
        self.addActions([self._next, self._previous])
        self._name_keys()

    def _name_keys(self) -> None:
        self._next.setText(self.tr("Next case"))
        self._previous.setText(self.tr("Previous case"))

    # --- the queue -------------------------------------------------------------

    def _reload(self) -> None:
        wanted = self._queue.filter
        self.background.query(
            self,
            "queue",
            partial(queue.load, self._store, wanted, _LOADED),
            self._take_queue,
            partial(self._say_trouble, "queue"),
        )

    def _take_queue(self, cases: list[Case]) -> None:
        self._errors.mend("queue")
        keep = self._wanted or self._current_id()
        more = len(cases) >= _LOADED
        self._queue.show_cases(cases, keep, more=more)
        if more:
            self.background.query(
                self,
                "queue count",
                partial(queue.count, self._store, self._queue.filter),
                self._queue.show_count,
                partial(self._say_trouble, "queue"),
            )

    def _take_cameras(self, cameras: list[Camera]) -> None:
        self._errors.mend("cameras")
        self._queue.set_cameras(cameras)

    def _fetch_wanted(self) -> None:
        if self._wanted is None:
            return
        self.background.query(
            self,
            "wanted",
            partial(self._store.case, self._wanted),
            self._take_wanted,
            partial(self._say_trouble, "wanted"),
        )

    def _take_wanted(self, case: Case) -> None:
        """Bring a case into the list, changing the filter when it hides it."""
        self._errors.mend("wanted")
        self._wanted = case.infraction.id
        if not self._queue.filter.matches(case):
            self._queue.set_filter(CaseFilter(states=(case.state,)))
        else:
            self._reload()

    # --- the case --------------------------------------------------------------

    def _show_case(self, case: Case | None) -> None:
        same = (
            case is not None
            and self._case is not None
            and case.infraction.id == self._case.infraction.id
        )
        if same and case == self._case:
            return
        self._case = case
        self._wanted = None
        self._leave_side()
        self._facts.show_case(case)
        if same and self._media is not None:
            # Decided meanwhile: the evidence on screen is the same.
            self._facts.show_media(self._media)
        else:
            self._media = None
            self._stage.show_case(case)
            self._fetch_media(case)
        self._offer()

    def _fetch_media(self, case: Case | None) -> None:
        if case is not None and case.infraction.plate.is_masked:
            # Every picture of the case shows what is masked.
            self._hand.show(case)
        elif case is not None:
            failed = partial(self._say_trouble, "evidence")
            self._shelf.fetch(case, self._take_media, failed)

    def _take_media(self, case: Case, media: CaseMedia) -> None:
        self._errors.mend("evidence")
        if self._case is None or case.infraction.id != self._case.infraction.id:
            return
        self._media = media
        self._stage.show_media(media)
        self._facts.show_media(media)
        self._hand.show(case)
        self._offer()
        self._prepare_next()

    def _prepare_next(self) -> None:
        row = queue.neighbour(self._queue.cases, self._current_id(), 1)
        if row >= 0 and not self._queue.cases[row].infraction.plate.is_masked:
            self._shelf.prepare(self._queue.cases[row])

    def _current_id(self) -> InfractionId | None:
        return None if self._case is None else self._case.infraction.id

    def _configuration_of(self, case: Case) -> ConfigurationVersion | None:
        return self.context.session.site.configuration(case.infraction.camera_id)

    # --- deciding --------------------------------------------------------------

    def _offer(self) -> None:
        person = self.context.session.person
        case = self._case if self._case is not None and not self._case.erased else None
        pending = case is not None and case.state is InfractionState.PENDING
        may_decide = person.may(Right.REVIEW) and pending
        sound = self.checked
        issuable = self._to_issue() is not None
        self._bar.offer(
            decide=may_decide,
            sound=sound,
            issue=issuable and (person.may(Right.REVIEW) or person.may(Right.REPORT)),
            document=self._to_print() is not None,
        )
        self._bar.offer_hold(
            person.may(Right.HOLD_CASES),
            possible=case is not None,
        )
        self._facts.plate.allow(may_decide)

    def _confirm(self) -> None:
        if self._case is not None:
            self._verdicts.confirm(self._case, self._facts.plate.correction)

    def _begin_reject(self) -> None:
        if self._case is not None:
            self._side.setCurrentWidget(self._reject)
            self._reject.begin()

    def _begin_hold(self) -> None:
        if self._case is not None:
            self._side.setCurrentWidget(self._hold)
            self._hold.begin(self._case)

    def _leave_side(self) -> None:
        self._side.setCurrentWidget(self._facts)
        self._queue.setFocus()

    def _reject_case(self, reason: RejectReason, comment: str) -> None:
        case = self._case
        self._leave_side()
        if case is not None:
            self._verdicts.reject(case, reason, comment)

    def _hold_case(self, wanted: NewHold) -> None:
        if self._case is not None:
            self._holding.hold(self._case, wanted)

    def _release_hold(self, hold_id: HoldId, reason: str) -> None:
        if self._case is not None:
            self._holding.release(self._case, hold_id, reason)

    def _take_held(self, case: Case) -> None:
        self._errors.mend("hold")
        self._leave_side()
        self._replace(case)

    def _corrected(self) -> None:
        if not self._facts.plate.editing:
            self._queue.setFocus()

    def _unmask(self, reason: str) -> None:
        if self._case is not None:
            self._hand.unmask(self._case.infraction.id, reason, self._take_unmasked)

    def _take_unmasked(self, case: Case) -> None:
        self._errors.mend("claim")
        self._replace(case)

    def _undo(self) -> None:
        if self._decided.case is not None:
            self._verdicts.undo(self._decided.case)

    def _issue(self) -> None:
        case = self._to_issue()
        if case is not None:
            self._verdicts.issue(case)

    def _open_document(self) -> None:
        case = self._to_print()
        if case is None:
            return
        if self.context.session.person.may(Right.REPORT):
            self.open_requested.emit("reports", case.infraction.id)
            return
        # Without the report page the document opens in the computer's own viewer.
        failed = partial(self._say_trouble, "document")
        work = partial(printed_notice, self._publisher(), self._store, case)
        self.background.query(self, "document", work, self._show_outside, failed)

    def _show_outside(self, path: Path) -> None:
        self._errors.mend("document")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _publisher(self) -> Publisher:
        return self.context.publisher(self.context.services.language)

    def _to_issue(self) -> Case | None:
        """Return the case a notice is issued for: this one, or the one just decided."""
        return first_to_issue(self._case, self._decided.case)

    def _to_print(self) -> Case | None:
        return first_to_print(self._case, self._decided.case)

    def _take_outcome(self, outcome: Outcome) -> None:
        self._errors.mend("verdict")
        if outcome.conflict:
            self._say_conflict(outcome)
        elif outcome.step is Step.UNDO:
            self._wanted = outcome.case.infraction.id
            self._decided.tell(None)
        else:
            self._decided.tell(outcome.case)
        self._replace(outcome.case)
        self._offer()
        if outcome.step is Step.UNDO and not outcome.conflict:
            self._fetch_wanted()

    def _replace(self, case: Case) -> None:
        """Put a changed case in the list, or take it out, and go on to the next."""
        cases = list(self._queue.cases)
        ids = [c.infraction.id for c in cases]
        if case.infraction.id not in ids:
            return
        row = ids.index(case.infraction.id)
        if self._queue.filter.matches(case):
            cases[row] = case
            keep = self._current_id()
        else:
            del cases[row]
            row = min(row, len(cases) - 1)
            keep = self._current_id()
            if keep == case.infraction.id:
                keep = cases[row].infraction.id if cases else None
        self._queue.show_cases(cases, keep, more=len(cases) >= _LOADED)

    # --- what is said ----------------------------------------------------------

    def _say_conflict(self, outcome: Outcome) -> None:
        case, step = outcome.case, outcome.step
        undecided = step in _DECISIONS and case.state is InfractionState.PENDING
        confirmed = step is Step.ISSUE and case.state is InfractionState.CONFIRMED
        if undecided or confirmed:
            # Not somebody else who was first, but a rule of the site, or a claim.
            sentence = told(outcome.conflict)
            self._errors.show_trouble("conflict", sentence, state=State.WARN)
            return
        decision = last_decision(case)
        who = "—" if decision is None else decision.reviewer
        sentence = self.tr("Decided meanwhile by {}. The next case is shown.")
        self._errors.show_trouble("conflict", sentence.format(who), state=State.WARN)

    def _say_elsewhere(self, holder: str) -> None:
        if not holder:
            self._errors.mend("claim")
            return
        text = self.tr("{} has this case in hand. It is free once it is left.")
        self._errors.show_trouble("claim", text.format(holder), state=State.WARN)

    def _say_unplayable(self) -> None:
        self._errors.show_trouble(
            "clip",
            self.tr("The clip cannot be played. Decide by the stills, or reject."),
            state=State.WARN,
        )

    def _say_trouble(self, source: str, sentence: str) -> None:
        self._errors.show_trouble(source, sentence)


def _single_shot(page: ReviewPage, after_ms: int, act: Callable[[], None]) -> QTimer:
    timer = QTimer(page)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(act)
    return timer
