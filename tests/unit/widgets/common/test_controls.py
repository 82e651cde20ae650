"""The common controls do what their page relies on."""

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.domain.geometry import PixelPoint
from widgets.common.empty_state import EmptyState
from widgets.common.error_bar import ErrorBar
from widgets.common.figure import Figure
from widgets.common.formatting import DASH
from widgets.common.key_button import KeyButton
from widgets.common.picture_view import PictureView
from widgets.common.table import Column, RowsModel, Table
from widgets.theme import State


class TestErrorBar:
    def test_shows_the_worst_and_goes_when_mended(self, qtbot: QtBot) -> None:
        bar = ErrorBar()
        qtbot.addWidget(bar)
        assert bar.isHidden()
        bar.show_trouble("late", "A camera is late.", state=State.WARN)
        bar.show_trouble("database", "The server does not answer.")
        bar.show_trouble("camera", "One more warning.", state=State.WARN)
        assert bar.sentence == "The server does not answer."
        bar.mend("database")
        assert bar.sentence == "One more warning."
        bar.mend("camera")
        bar.mend("late")
        bar.mend("never said")
        assert bar.isHidden()
        assert bar.sentence == ""

    def test_a_source_has_one_sentence(self, qtbot: QtBot) -> None:
        bar = ErrorBar()
        qtbot.addWidget(bar)
        bar.show_trouble("a", "first")
        bar.show_trouble("a", "second")
        assert bar.sentence == "second"
        bar.mend("a")
        assert bar.isHidden()

    def test_the_way_out_names_its_source(self, qtbot: QtBot) -> None:
        bar = ErrorBar()
        qtbot.addWidget(bar)
        bar.show_trouble("site", "It failed.", action="Try again")
        with qtbot.waitSignal(bar.action_chosen) as chosen:
            bar._action.click()
        assert chosen.args == ["site"]


class TestKeyButton:
    def test_the_key_presses_it_but_not_while_typing(self, qtbot: QtBot) -> None:
        window, button, field = QWidget(), KeyButton("Confirm", "Y"), QLineEdit()
        column = QVBoxLayout(window)
        column.addWidget(button)
        column.addWidget(field)
        pressed: list[bool] = []
        button.clicked.connect(lambda: pressed.append(True))
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
        button.setFocus()
        QTest.keyClick(window, Qt.Key.Key_Y)
        assert len(pressed) == 1
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_Y)
        assert field.text() == "y"
        assert len(pressed) == 1
        button.setEnabled(False)
        window.setFocus()
        QTest.keyClick(window, Qt.Key.Key_Y)
        assert len(pressed) == 1

    def test_makes_room_for_its_key(self, qtbot: QtBot) -> None:
        plain, keyed = KeyButton("Undo"), KeyButton("Undo", "Ctrl+Z")
        qtbot.addWidget(plain)
        qtbot.addWidget(keyed)
        assert keyed.sizeHint().width() > plain.sizeHint().width() + 30


class TestPictureView:
    def view(self, qtbot: QtBot) -> PictureView:
        view = PictureView()
        qtbot.addWidget(view)
        view.resize(640, 480)
        image = QImage(320, 180, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.gray)
        view.set_image(image, QSize(1920, 1080))
        view.show()
        return view

    def test_speaks_in_pixels_of_the_full_picture(self, qtbot: QtBot) -> None:
        view = self.view(qtbot)
        with qtbot.waitSignal(view.pressed) as pressed:
            QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(320, 240))
        point = pressed.args[0]
        assert isinstance(point, PixelPoint)
        assert abs(point.x_px - 960) < 2
        assert abs(point.y_px - 540) < 2

    def test_zoom_and_back_to_the_whole_picture(self, qtbot: QtBot) -> None:
        view = self.view(qtbot)
        fitted = view.picture_map
        view.zoom(4, QPointF(100, 100))
        assert view.picture_map.scale == fitted.scale * 4
        view.zoom(0.01)
        assert view.picture_map == fitted

    def test_never_loses_the_picture(self, qtbot: QtBot) -> None:
        view = self.view(qtbot)
        view.zoom(2)
        QTest.mousePress(view, Qt.MouseButton.MiddleButton, pos=QPoint(10, 10))
        QTest.mouseMove(view, QPoint(5000, 5000))
        QTest.mouseRelease(view, Qt.MouseButton.MiddleButton, pos=QPoint(600, 400))
        corner = view.to_screen(PixelPoint(0, 0))
        assert corner.x() < view.width()
        assert corner.y() < view.height()

    def test_zoom_stays_while_the_size_stays(self, qtbot: QtBot) -> None:
        view = self.view(qtbot)
        view.zoom(3)
        zoomed = view.picture_map
        other = QImage(320, 180, QImage.Format.Format_RGB32)
        view.set_image(other, QSize(1920, 1080))
        assert view.picture_map == zoomed
        view.set_image(other, QSize(1280, 720))
        assert view.picture_map.scale == 0.5


class TestTable:
    def table(self, qtbot: QtBot) -> tuple[Table, RowsModel[tuple[str, float]]]:
        columns: list[Column[tuple[str, float]]] = [
            Column(lambda: "Name", lambda row: row[0]),
            Column(lambda: "km/h", lambda row: f"{row[1]:.0f}", 80, right=True),
        ]
        model = RowsModel(columns)
        table = Table(model)
        qtbot.addWidget(table)
        return table, model

    def test_rows_are_replaced_and_appended(self, qtbot: QtBot) -> None:
        table, model = self.table(qtbot)
        model.replace([("a", 50.0), ("b", 60.0)])
        model.append([("c", 70.0)])
        assert [model.index(i, 1).data() for i in range(3)] == ["50", "60", "70"]
        assert model.row(2) == ("c", 70.0)
        assert model.row(3) is None
        assert table.rowHeight(0) == 28

    def test_return_opens_the_current_row(self, qtbot: QtBot) -> None:
        table, model = self.table(qtbot)
        model.replace([("a", 50.0), ("b", 60.0)])
        with qtbot.waitSignal(table.chosen):
            table.choose_row(1)
        with qtbot.waitSignal(table.opened) as opened:
            QTest.keyClick(table, Qt.Key.Key_Return)
        assert opened.args == [1]


def test_an_empty_state_offers_one_way_out(qtbot: QtBot) -> None:
    empty = EmptyState("cameras")
    qtbot.addWidget(empty)
    empty.say("There are no cameras yet.", "Add a camera")
    with qtbot.waitSignal(empty.action_chosen):
        empty._action.click()
    empty.say("Loading…")
    assert empty._action.isHidden()


def test_a_figure_starts_unknown_and_shows_its_state(qtbot: QtBot) -> None:
    figure = Figure(leads_somewhere=True)
    qtbot.addWidget(figure)
    assert figure.value == DASH
    figure.set_value("12", state=State.WARN)
    assert figure.value == "◆ 12"
    with qtbot.waitSignal(figure.opened):
        QTest.keyClick(figure, Qt.Key.Key_Return)
