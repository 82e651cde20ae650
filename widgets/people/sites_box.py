"""Which sites somebody sees: all of them, or those that are checked."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.people import Site
from widgets import theme

_ID = Qt.ItemDataRole.UserRole


class SitesBox(QWidget):
    """A box for all, and a list in which Space checks a site."""

    def __init__(self) -> None:
        """Start without sites."""
        super().__init__()
        self._all = QCheckBox()
        self._list = QListWidget()
        self._all.toggled.connect(self._list.setDisabled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._all)
        column.addWidget(self._list)
        self.setFocusProxy(self._all)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._all.setText(self.tr("All sites, those to come included"))
        self._list.setAccessibleName(self.tr("Sites"))

    def show_sites(self, sites: Sequence[Site], chosen: Sequence[int] | None) -> None:
        """Offer `sites`; None checks the box for all."""
        self._list.clear()
        for site in sites:
            item = QListWidgetItem(site.name, self._list)
            item.setData(_ID, site.id)
            item.setSizeHint(QSize(0, theme.ROW_PX))
            checked = chosen is None or site.id in chosen
            item.setCheckState(
                Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked
            )
        if sites:
            self._list.setCurrentRow(0)
        self._all.setChecked(chosen is None)
        self._list.setDisabled(chosen is None)

    @property
    def chosen(self) -> tuple[int, ...] | None:
        """What is checked; None for all."""
        if self._all.isChecked():
            return None
        items = (self._list.item(row) for row in range(self._list.count()))
        return tuple(
            int(item.data(_ID))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        )
