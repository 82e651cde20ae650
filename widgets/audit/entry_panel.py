"""One entry of the trail in full, and what can be done with the trail."""

import json
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QPlainTextEdit, QVBoxLayout

from app.domain.audit import AuditEntry
from widgets import theme
from widgets.audit.act_words import act_name
from widgets.common import formatting
from widgets.common.key_button import KeyButton

_FACTS = 7


class EntryPanel(QFrame):
    """Facts and detail of an entry; below, the export and the walk over the chain."""

    export_wanted = Signal()
    walk_wanted = Signal()

    def __init__(self, zone: tzinfo) -> None:
        """Show times of `zone`; no entry yet."""
        super().__init__()
        theme.as_role(self, "panel")
        self._zone = zone
        self._entry: AuditEntry | None = None
        self._names = [QLabel() for _ in range(_FACTS)]
        self._facts = [QLabel() for _ in range(_FACTS)]
        self._detail = QPlainTextEdit()
        self._detail.setReadOnly(True)
        self._detail.setTabChangesFocus(True)
        self._note = QLabel()
        self._note.setWordWrap(True)
        theme.as_role(self._note, "small")
        self._walk, self._export = KeyButton(key="V"), KeyButton(key="X")
        self._walk.clicked.connect(self.walk_wanted)
        self._export.clicked.connect(self.export_wanted)
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        names = (
            self.tr("No."),
            self.tr("Time"),
            self.tr("Person"),
            self.tr("Act"),
            self.tr("Subject"),
            self.tr("Workstation"),
            "SHA-256",
        )
        for label, name in zip(self._names, names, strict=True):
            label.setText(name)
        self._walk.setText(self.tr("Verify the chain"))
        self._export.setText(self.tr("Export as CSV"))
        self.show_entry(self._entry)

    def show_entry(self, entry: AuditEntry | None) -> None:
        """Show an entry, dashes without one."""
        self._entry = entry
        for label, text in zip(self._facts, self._texts(entry), strict=True):
            label.setText(text)
        self._detail.setPlainText("" if entry is None else _spread(entry.detail))

    def say(self, sentence: str, role: str = "small") -> None:
        """Say how an act went, below the facts."""
        theme.as_role(self._note, role)
        self._note.setText(sentence)

    @property
    def note(self) -> str:
        """What is said below the facts."""
        return self._note.text()

    @property
    def facts(self) -> list[str]:
        """The facts as they are shown."""
        return [label.text() for label in self._facts]

    def _texts(self, entry: AuditEntry | None) -> list[str]:
        if entry is None:
            return ["—"] * _FACTS
        return [
            str(entry.sequence),
            formatting.date_time_iso(entry.at, self._zone),
            entry.login,
            act_name(entry.action),
            entry.subject,
            entry.workstation,
            # Broken in two, or the panel would be as wide as a hash.
            f"{entry.sha256[:32]}\n{entry.sha256[32:]}",
        ]

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(6)
        for name, fact in zip(self._names, self._facts, strict=True):
            theme.as_role(name, "small")
            fact.setTextFormat(Qt.TextFormat.PlainText)
            fact.setWordWrap(True)
            fact.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            form.addRow(name, fact)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self._detail, 1)
        column.addWidget(self._note)
        column.addWidget(self._walk)
        column.addWidget(self._export)


def _spread(detail: str) -> str:
    try:
        return json.dumps(json.loads(detail), indent=2, ensure_ascii=False)
    except ValueError:
        return detail
