"""Models: which networks this workstation knows, which one it uses, and as what."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from widgets.common.background import Background
from widgets.common.child_process import Event
from widgets.common.empty_state import EmptyState
from widgets.common.error_bar import ErrorBar
from widgets.common.fault_text import told
from widgets.common.page import Page
from widgets.common.table import RowsModel, Table
from widgets.models import possible
from widgets.models.action_bar import ActionBar
from widgets.models.columns import model_columns
from widgets.models.details import ModelDetails
from widgets.models.endings import beginning_text, ending_text
from widgets.models.forms_panel import FormsPanel
from widgets.models.import_form import ImportForm, ImportWish
from widgets.models.model_row import ModelRow, rows_of
from widgets.models.model_work import Action, Ending, ModelWork, Outcome
from widgets.models.server_form import ServerForm
from widgets.models.work_strip import WorkStrip
from widgets.services import PageContext

_IMPORT_PX: Final = 284


class ModelsPage(Page):
    """The registry above; the chosen model, its forms and the import below."""

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; nothing is asked for yet."""
        super().__init__(context, background)
        services = context.services
        command, home = services.models_command, services.paths.root
        self._command = command
        self._checked: dict[str, str] = {}
        self._listed = self._stale = False
        self._wanted = ""
        self.listing = ModelWork(command, home, self)
        self.work = ModelWork(command, home, self)
        self.errors = ErrorBar()
        self.action_bar = ActionBar()
        self.strip = WorkStrip()
        self.rows: RowsModel[ModelRow] = RowsModel(model_columns())
        self.table = Table(self.rows)
        self.details = ModelDetails()
        self.forms = FormsPanel()
        self.form = ImportForm()
        self.server = ServerForm()
        self._empty, self._stack = EmptyState("models"), QStackedWidget()
        self._lay_out()
        self._connect()
        self.retranslate()

    def activate(self) -> None:
        """Read the registry again."""
        self._load()
        self.table.setFocus()

    def retranslate(self) -> None:
        """Set all texts again."""
        panels = (self.details, self.forms, self.form, self.server)
        for part in (self.action_bar, self.strip, *panels):
            part.retranslate()
        self.table.setAccessibleName(self.tr("Models"))
        self.table.horizontalHeader().viewport().update()
        self._say_empty()
        self._refresh()

    def close_page(self) -> None:
        """Stop what is under way."""
        self.listing.close()
        self.work.close()

    @property
    def current(self) -> ModelRow | None:
        """The chosen model."""
        return self.rows.row(self.table.current_row())

    def _lay_out(self) -> None:
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        for part in (self.errors, self.action_bar, self.strip):
            page.addWidget(part)
        page.addSpacing(1)
        page.addWidget(self._stack, 1)
        page.addSpacing(1)
        page.addLayout(self._below())

    def _below(self) -> QHBoxLayout:
        middle = QVBoxLayout()
        middle.setSpacing(1)
        middle.addWidget(self.forms, 1)
        middle.addWidget(self.server)
        self.form.setFixedWidth(_IMPORT_PX)
        row = QHBoxLayout()
        row.setSpacing(1)
        row.addWidget(self.details, 5)
        row.addLayout(middle, 4)
        row.addWidget(self.form)
        return row

    def _connect(self) -> None:
        self.listing.over.connect(self._show_list)
        self.work.over.connect(self._finish)
        self.work.progressed.connect(self._show_progress)
        self.strip.cancelled.connect(self._cancel)
        self.action_bar.pressed.connect(self._act)
        self.form.wanted.connect(self._import)
        self.server.wanted.connect(lambda url: self._start(Action.USE, [url]))
        self.table.chosen.connect(lambda _row: self._refresh())
        self.table.opened.connect(
            lambda _row: self.action_bar.buttons[Action.USE].click()
        )

    # ------------------------------------------------------------------ the registry

    def _load(self) -> None:
        self._stale = self.listing.action is not None
        if self._command:
            self.listing.start(Action.LIST)

    def _show_list(self, outcome: Outcome) -> None:
        if self._stale:
            self._load()
        elif outcome.ending is not Ending.DONE:
            self.errors.show_trouble("list", told(outcome.sentence))
        else:
            self._take_list(outcome)

    def _take_list(self, outcome: Outcome) -> None:
        self.errors.mend("list")
        self._listed = True
        self._replace([self._with_check(row) for row in rows_of(outcome.events)])

    def _with_check(self, row: ModelRow) -> ModelRow:
        return replace(row, checked=self._checked.get(row.name))

    def _replace(self, rows: Sequence[ModelRow]) -> None:
        """Show other rows; the chosen one stays chosen, at first the one in use."""
        before = self.current
        kept, self._wanted = self._wanted or (before.name if before else ""), ""
        blocked = self.table.blockSignals(True)
        self.rows.replace(rows)
        places = {row.name: place for place, row in enumerate(rows)}
        used = next((place for place, row in enumerate(rows) if row.used), 0)
        self.table.choose_row(places.get(kept, used))
        self.table.blockSignals(blocked)
        self._stack.setCurrentIndex(1 if rows else 0)
        self._refresh()

    def _say_empty(self) -> None:
        if self._command:
            self._empty.say(self.tr("Reading the list of models…"))
        else:
            self._empty.say(self.tr("This desktop was started without its models."))

    # ------------------------------------------------------------------ what can be

    def _own_reasons(self) -> dict[Action, str]:
        """Return what the chosen model itself rules out."""
        row = self.current
        return {
            Action.USE: possible.why_not_use(row),
            Action.FETCH: possible.why_not_fetch(row),
            Action.OPTIMISE: possible.why_not_optimise(row),
        }

    @property
    def _busy(self) -> str:
        if not self._command:
            return self.tr("This desktop was started without its models.")
        if self.work.action is None:
            return ""
        return self.tr("Something else is under way: wait for it, or cancel it.")

    def _refresh(self) -> None:
        row, own, busy = self.current, self._own_reasons(), self._busy
        known = "" if self._listed else self.tr("The list has not been read yet.")
        all_reasons = own | {Action.VERIFY: known}
        self.action_bar.allow({a: busy or why for a, why in all_reasons.items()})
        self.form.set_busy(busy)
        self.server.set_busy(busy)
        # Of the model itself only: what is under way is told in the strip.
        named = {a: (self.action_bar.buttons[a].text(), why) for a, why in own.items()}
        self.details.show_model(row, named)
        self.forms.show_model(row, possible=not own[Action.OPTIMISE])

    # ------------------------------------------------------------------ what is done

    def _act(self, action: Action) -> None:
        row = self.current
        if action is Action.VERIFY:
            self._start(action, [])
        elif row is not None:
            self._start(action, [row.name])

    def _import(self, wish: ImportWish) -> None:
        self._start(Action.IMPORT, wish.arguments())

    def _start(self, action: Action, arguments: Sequence[str]) -> None:
        if self._busy:
            return
        self.errors.mend("work")
        self.work.start(action, arguments)
        self._show_progress("", 0.0)
        self._refresh()

    def _cancel(self) -> None:
        self.work.cancel()
        self.strip.cancel.setEnabled(False)

    def _show_progress(self, sentence: str, share: float) -> None:
        said = told(sentence) or beginning_text(self.work.action)
        self.strip.show_progress(said, share)

    def _finish(self, outcome: Outcome) -> None:
        self._take_checks(outcome)
        if outcome.ending is Ending.FAILED:
            self.errors.show_trouble("work", told(outcome.sentence))
        elif outcome.ending is Ending.DONE and outcome.action is Action.IMPORT:
            self._wanted = str(outcome.events[-1]["name"])
            self.form.empty()
        sentence, state = ending_text(
            outcome,
            engine_model=self.context.services.engine_model,
            damaged=any(self._checked.values()),
        )
        self.strip.say(sentence, state)
        self._refresh()
        self._load()

    def _take_checks(self, outcome: Outcome) -> None:
        here = {row.name for row in self.rows.rows if row.here}
        for event in outcome.events:
            if event["event"] == "checked" and event["name"] in here:
                self._note(event)
        if outcome.action in (Action.FETCH, Action.IMPORT):
            for event in outcome.events:
                self._forget(str(event.get("name", "")))

    def _note(self, event: Event) -> None:
        name, sentence = str(event["name"]), str(event["sentence"])
        self._checked[name] = sentence
        if sentence:
            self.errors.show_trouble(f"checked {name}", told(sentence))
        else:
            self.errors.mend(f"checked {name}")

    def _forget(self, name: str) -> None:
        """What was found wrong with a file does not hold for the next one."""
        self._checked.pop(name, None)
        self.errors.mend(f"checked {name}")
