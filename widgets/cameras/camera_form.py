"""Name, place, address and access of one camera, to type in."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QWidget

from widgets import theme
from widgets.cameras.entry import LONGEST, CameraEntry, EntryFault


class CameraForm(QWidget):
    """Holds a `CameraEntry`; `changed` follows typing, `submitted` follows Return."""

    changed = Signal()
    submitted = Signal()

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._fields = {
            name: QLineEdit()
            for name in ("name", "location", "url", "sub_url", "user", "password")
        }
        self._labels = {name: QLabel() for name in self._fields}
        self._fault = QLabel()
        self._fault.setWordWrap(True)
        theme.as_role(self._fault, "warn")
        self._has_secret = False
        self._build()
        self.retranslate()

    def show_entry(self, entry: CameraEntry, *, has_secret: bool = False) -> None:
        """Fill the fields; with `has_secret` a password is stored but not shown."""
        self._has_secret = has_secret
        for name, field in self._fields.items():
            field.setText(getattr(entry, name))
            field.setCursorPosition(0)
        self.show_fault(None)
        self._place_hints()

    @property
    def entry(self) -> CameraEntry:
        """What is typed, tidied."""
        texts = {name: field.text() for name, field in self._fields.items()}
        return CameraEntry(**texts).tidied()

    def show_fault(self, fault: EntryFault | None) -> None:
        """Say what is wrong, or nothing."""
        self._fault.setText(self._words(fault) if fault else "")
        self._fault.setVisible(fault is not None)

    @property
    def fault_text(self) -> str:
        """What is said to be wrong now."""
        return self._fault.text()

    def set_writable(self, writable: bool) -> None:
        """Let the person type, or only look."""
        for field in self._fields.values():
            field.setReadOnly(not writable)

    def begin(self) -> None:
        """Put the cursor where one begins: the address, or the name if there is one."""
        name = "name" if self._fields["url"].text() else "url"
        self._fields[name].setFocus()
        self._fields[name].selectAll()

    def retranslate(self) -> None:
        """Set the texts again."""
        titles = {
            "name": self.tr("Name"),
            "location": self.tr("Place"),
            "url": self.tr("Address"),
            "sub_url": self.tr("Second stream"),
            "user": self.tr("User"),
            "password": self.tr("Password"),
        }
        for name, title in titles.items():
            self._labels[name].setText(title)
            self._fields[name].setAccessibleName(title)
        self._place_hints()

    def _build(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(4)
        for name, field in self._fields.items():
            theme.as_role(self._labels[name], "quiet")
            self._labels[name].setBuddy(field)
            form.addRow(self._labels[name], field)
            field.setMaxLength(512 if name.endswith("url") else LONGEST)
            field.textEdited.connect(self._edited)
            field.returnPressed.connect(self.submitted)
        form.addRow(self._fault)
        self._fields["password"].setEchoMode(QLineEdit.EchoMode.Password)
        self._fault.hide()

    def _edited(self) -> None:
        self.show_fault(None)
        self.changed.emit()

    def _place_hints(self) -> None:
        stored = self.tr("stored; type to replace") if self._has_secret else ""
        self._fields["user"].setPlaceholderText(stored)
        self._fields["password"].setPlaceholderText(stored)
        self._fields["url"].setPlaceholderText("rtsp://192.168.1.64:554/stream1")
        self._fields["sub_url"].setPlaceholderText(self.tr("none; the first for all"))
        self._fields["name"].setPlaceholderText(self.tr("Av. Arequipa, northbound"))

    def _words(self, fault: EntryFault) -> str:
        return {
            EntryFault.NO_NAME: self.tr("Give the camera a name."),
            EntryFault.NO_ADDRESS: self.tr("Type the address of the camera's video."),
            EntryFault.BAD_SCHEME: self.tr(
                "The address must begin with rtsp://, rtsps://, http:// or https://."
            ),
            EntryFault.NO_HOST: self.tr(
                "The address names no camera: rtsp:// must be followed by its host."
            ),
            EntryFault.BAD_PORT: self.tr(
                "The address is not well formed: check the port and the brackets."
            ),
            EntryFault.NO_USER: self.tr("A password needs a user."),
            EntryFault.ADDRESS_TAKEN: self.tr(
                "A camera with this address is already there."
            ),
            EntryFault.SECOND_ELSEWHERE: self.tr(
                "The second stream must come from the same camera: the password goes "
                "to it, too."
            ),
            EntryFault.SECOND_IS_FIRST: self.tr(
                "The second stream is the first. Type the address of the smaller one, "
                "or leave it empty."
            ),
        }[fault]
