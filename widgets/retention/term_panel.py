"""One term: what it means, a new number of days, and what is due by it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QSpinBox, QVBoxLayout

from widgets import theme
from widgets.common.formatting import count, number
from widgets.common.key_button import KeyButton
from widgets.retention.term import Term, same_term, term_name

_MEGABYTE = 1_000_000


class TermPanel(QFrame):
    """`days_wanted` carries the new number of days for the term shown."""

    days_wanted = Signal(int)

    def __init__(self) -> None:
        """Start without a term."""
        super().__init__()
        theme.as_role(self, "panel")
        self._term: Term | None = None
        self._name, self._meaning = QLabel(), QLabel()
        self._due_title, self._due, self._note = QLabel(), QLabel(), QLabel()
        self.days = QSpinBox()
        self._save = KeyButton(key="Ctrl+S", primary=True)
        self._save.clicked.connect(lambda: self.days_wanted.emit(self.days.value()))
        self.days.valueChanged.connect(lambda _: self._offer())
        self.setFocusProxy(self.days)
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._save.setText(self.tr("Save the term"))
        self._due_title.setText(self.tr("Due now"))
        self.days.setSuffix(self.tr(" days"))
        self.days.setAccessibleName(self.tr("Days"))
        self._say()

    def show_term(self, term: Term | None) -> None:
        """Show a term; a number begun for another one is dropped."""
        same = same_term(term, self._term) and term is not None
        begun = same and self._changed
        self._term = term
        if not same:
            self.say("")
        if term is not None and not begun:
            self.days.setRange(term.least_days, term.most_days)
            self.days.setValue(term.keep_days)
        self.days.setEnabled(term is not None)
        self._offer()
        self._say()

    def say(self, sentence: str) -> None:
        """Say how saving went."""
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))

    @property
    def note(self) -> str:
        """What is said of the last act."""
        return self._note.text()

    @property
    def due(self) -> str:
        """What is said of what is due."""
        return self._due.text()

    @property
    def _changed(self) -> bool:
        return self._term is not None and self.days.value() != self._term.keep_days

    def _offer(self) -> None:
        self._save.setEnabled(self._changed)

    def _say(self) -> None:
        term = self._term
        self._name.setText("—" if term is None else term_name(term))
        self._meaning.setText("" if term is None else self._meaning_of(term))
        due = "" if term is None else self._due_of(term)
        self._due.setText(due)
        for label in (self._due_title, self._due):
            label.setVisible(bool(due))

    def _meaning_of(self, term: Term) -> str:
        if term.rule is None:
            return self.tr(
                "From the passage on. What belongs to a case stays as long as the "
                "case, what the watch list met as long as its entry."
            )
        return self.tr(
            "From the last act on the case. Once the term is over the case is erased "
            "with its files, and a certificate stays. What is held stays."
        )

    def _due_of(self, term: Term) -> str:
        if term.rule is None:
            return ""
        if term.due is None:
            return self.tr("Being counted…")
        going = term.due.case_count - term.due.held_count
        if not term.due.case_count:
            return self.tr("Nothing.")
        text = self.tr("{0} cases go with {1} files, {2}; {3} are held and stay.")
        size = number(term.due.size_bytes / _MEGABYTE, 0, "MB")
        held = count(term.due.held_count)
        return text.format(count(going), count(term.due.file_count), size, held)

    def _lay_out(self) -> None:
        theme.as_role(self._name, "title")
        theme.as_role(self._due_title, "heading")
        for label in (self._meaning, self._due, self._note):
            theme.as_role(label, "small")
        for label in (self._name, self._meaning, self._due, self._note):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for part in (self._name, self._meaning, self.days, self._save, self._note):
            column.addWidget(part)
        column.addSpacing(12)
        for part in (self._due_title, self._due):
            column.addWidget(part)
        column.addStretch(1)
