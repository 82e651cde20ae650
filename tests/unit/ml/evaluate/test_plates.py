"""Figures of the plate stage, with tables as people write them."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigurationInvalid
from app.domain.geometry import PixelBox
from ml.evaluate.plate_labels import normal, read_table
from ml.evaluate.plate_search import find_plates, overlap, windows
from ml.evaluate.plates import PlateEvaluation, edits, evaluate_plates, summary
from ml.plate.grammar import ALPHABET, load_grammar
from ml.plate.locator import SeenPlate, canvas_hw
from ml.plate.reader import TrackPlateReader
from ml.plate.recogniser import PlateRecogniser
from ml.plate.spelling import Frames

Image = npt.NDArray[np.uint8]

_PLATES = {200: "ABC123", 170: "M1W737", 140: "XO0IO1"}
"""What is written on a grey rectangle of each brightness."""


class _GreyLocator:
    """Finds the brightest grey rectangle on black."""

    def __init__(self, score: float = 0.9, least_px: float = 0.0) -> None:
        self.score, self.least_px = score, least_px
        self.looks: list[bool] = []

    def locate(self, vehicle: Image) -> PixelBox | None:
        """Return its box, None on black."""
        grey = vehicle[:, :, 0]
        rows, columns = np.nonzero(grey == grey.max())
        if not grey.max():
            return None
        left, right = int(columns.min()), int(columns.max())
        top, bottom = int(rows.min()), int(rows.max())
        return PixelBox(left, top, right + 1, bottom + 1)

    def locate_all(self, picture: Image, *, fine: bool = False) -> list[SeenPlate]:
        """Return those that are wide enough on the canvas, the brightest first."""
        self.looks.append(fine)
        grey = picture[:, :, 0]
        scale = min(np.divide(canvas_hw(picture.shape, fine=fine), grey.shape))
        _, _, seen, _ = cv2.connectedComponentsWithStats(grey)
        boxes = [
            PixelBox(x, y, x + w, y + h)
            for x, y, w, h, _ in seen[1:].tolist()
            if w * scale >= self.least_px
        ]
        boxes.sort(key=lambda b: -int(grey[int(b.top_px), int(b.left_px)]))
        return [SeenPlate(box, self.score) for box in boxes]


class _GreyRecogniser(PlateRecogniser):
    """Reads a rectangle by its brightness."""

    def __init__(self, sureness: float = 0.99) -> None:
        """Load nothing."""
        self.sureness = sureness

    def frames(self, plates: Sequence[Image]) -> list[Frames]:
        """Return the characters that belong to the commonest brightness of each."""
        return [self._frames(plate) for plate in plates]

    def _frames(self, plate: Image) -> Frames:
        seen = plate[plate > 0]
        text = _PLATES[int(np.bincount(seen).argmax())] if seen.size else ""
        frames = np.zeros((2 * len(text) + 1, 1 + len(ALPHABET)), np.float32)
        places = range(1, 2 * len(text), 2)
        frames[places, [1 + ALPHABET.index(c) for c in text]] = self.sureness
        frames[::2, 0] = 1.0
        return frames


def _reader(
    sureness: float = 0.99, locator: _GreyLocator | None = None
) -> TrackPlateReader:
    recogniser = _GreyRecogniser(sureness)
    return TrackPlateReader(locator or _GreyLocator(), recogniser, load_grammar())


def _picture(path: Path, *plates: tuple[int, int, int]) -> None:
    """Write a black picture; a plate is left, top and brightness, 64 x 24 px."""
    image = np.zeros((480, 640, 3), np.uint8)
    for left, top, grey in plates:
        image[top : top + 24, left : left + 64] = grey
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)


def _evaluated(table: Path, *, crops: bool = False) -> PlateEvaluation:
    return evaluate_plates(_reader(), read_table(table), crops=crops)


def test_a_right_a_wrong_and_a_missed_plate(tmp_path: Path) -> None:
    """One of three exact; of eighteen characters seven are wrong."""
    _picture(tmp_path / "a.png", (300, 200, 200))
    _picture(tmp_path / "b.png", (100, 80, 170))
    _picture(tmp_path / "c.png")
    table = tmp_path / "labels.csv"
    table.write_text(
        "image,plate,x,y,width,height\n"
        "a.png,ABC123,300,200,64,24\nb.png,M1W738,100,80,64,24\n"
        "c.png,XYZ999,10,10,64,24\n"
    )
    result = _evaluated(table)
    assert (result.plate_count, result.picture_count) == (3, 3)
    assert result.located == result.found == pytest.approx(2 / 3)
    assert result.reading.exact == pytest.approx(1 / 3)
    assert result.reading.error_rate == pytest.approx(7 / 18)
    assert result.published == pytest.approx(2 / 3)
    assert result.published_precision == pytest.approx(0.5)
    assert result.unlabelled_published == 0
    assert "33.3%" in summary(result)
    assert result.median_ms > 0
    assert f"{result.mean_ms:.0f} ms in the mean" in summary(result)


def test_true_boxes_are_read_whatever_was_located(tmp_path: Path) -> None:
    """The label lies beside what was found: not located, recognised all the same."""
    _picture(tmp_path / "a.png", (300, 200, 200))
    table = tmp_path / "labels.csv"
    table.write_text("image,plate,x,y,width,height\na.png,ABC123,348,200,64,24\n")
    result = _evaluated(table)
    assert result.located == result.found == 0.0
    assert result.recognition is not None
    assert result.recognition.exact == 1.0
    assert result.unlabelled_published == 1


def test_letters_that_look_like_digits_can_be_folded(tmp_path: Path) -> None:
    """O for 0 and 1 for I: wrong strictly, right when folded."""
    _picture(tmp_path / "a.png", (300, 200, 140))
    table = tmp_path / "labels.csv"
    table.write_text("path,text\na.png,X00 1-01\n")
    result = _evaluated(table)
    assert result.reading.exact == 0.0
    assert result.reading.error_rate == pytest.approx(3 / 6)
    assert result.reading.exact_folded == 1.0
    assert result.recognition is None


def test_several_plates_in_one_picture(tmp_path: Path) -> None:
    """Each label gets the one that is likest, without boxes; no one is given twice."""
    _picture(tmp_path / "a.png", (60, 60, 200), (500, 400, 170))
    table = tmp_path / "labels.csv"
    table.write_text("image,plate\na.png,M1W737\na.png,ABC123\na.png,\n")
    result = _evaluated(table)
    assert result.plate_count == 3
    assert result.reading.plate_count == 2
    assert result.reading.exact == 1.0


def test_an_unsure_read_is_not_published(tmp_path: Path) -> None:
    """It is read and compared all the same."""
    _picture(tmp_path / "a.png", (300, 200, 200))
    table = tmp_path / "labels.csv"
    table.write_text("image,plate\na.png,ABC123\n")
    result = evaluate_plates(_reader(0.4), read_table(table))
    assert result.reading.exact == 1.0
    assert result.published == 0.0
    assert result.published_precision is None


def test_pictures_that_are_plates(tmp_path: Path) -> None:
    """Nothing is searched for."""
    cv2.imwrite(str(tmp_path / "a.png"), np.full((30, 90, 3), 170, np.uint8))
    table = tmp_path / "labels.csv"
    table.write_text("image,plate\na.png,M1W-737\n")
    assert _evaluated(table, crops=True).reading.exact == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "image,plate,x,y,width,height\na.png,abc-123,1,2,30,40\n",
        '"image";"plate";"x";"y";"width";"height"\r\n"a.png";"ABC 123";1;2;30;40\r\n',
        "\ufeffpath, text, x, y, w, h\n a.png , ABC123 , 1, 2, 30, 40\n",
        "filename\tplate\txmin\tymin\txmax\tymax\na.png\tABC123\t1\t2\t31\t42\n",
        "country,text,Path,x,y,width,height\nPE,ABC123,sub\\a.png,1,2,30,40\n\n",
        "a.png,ABC123,1,2,30,40\n",
        "image;plate;x;y;width;height\na.png;ABC123;1,0;2,0;30,0;40,0\n",
    ],
)
def test_tables_as_people_write_them(tmp_path: Path, text: str) -> None:
    """All say the same."""
    _picture(tmp_path / "a.png")
    table = tmp_path / "labels.csv"
    table.write_text(text, "utf-8")
    (labels,) = read_table(table).pictures.values()
    assert labels[0].text == "ABC123"
    assert labels[0].box == PixelBox(1, 2, 31, 42)


def test_what_is_missing_or_broken_is_counted(tmp_path: Path) -> None:
    """And pictures are found in a folder above the table, too."""
    _picture(tmp_path / "plates" / "pe" / "a.png")
    table = tmp_path / "plates" / "labels.csv"
    rows = ["plates/pe/a.png,ABC123,x,2,3,4", "gone.png,XYZ123", ",", "lonely"]
    table.write_text("image,plate,x,y,width,height\n" + "\n".join(rows))
    found = read_table(table)
    (labels,) = found.pictures.values()
    assert labels[0].box is None
    assert found.missing_pictures == 1
    assert found.broken_rows == 2
    (tmp_path / "plates" / "pe" / "a.png").write_bytes(b"no picture")
    with pytest.raises(ConfigurationInvalid, match="None of the pictures"):
        evaluate_plates(_reader(), found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("one,two\n1,2\n", "no columns image and plate"),
        ("image,plate\ngone.png,ABC123\n", "None of the pictures"),
    ],
)
def test_a_useless_table_is_said_plainly(tmp_path: Path, text: str, said: str) -> None:
    """One sentence, no traceback."""
    table = tmp_path / "labels.csv"
    table.write_text(text)
    with pytest.raises(ConfigurationInvalid, match=said):
        read_table(table)
    with pytest.raises(ConfigurationInvalid, match="cannot be read"):
        read_table(tmp_path / "nowhere.csv")


def test_a_plate_at_the_edge_of_a_window_is_read_whole() -> None:
    """Wherever it is, exactly one is found, and it is all of it."""
    for left in range(0, 570, 57):
        image = np.zeros((480, 640, 3), np.uint8)
        image[230:254, left : left + 64] = 200
        (plate,) = find_plates(image, _reader())
        assert plate.box == PixelBox(left, 230, left + 64, 254)


@given(width=st.integers(20, 4000), height=st.integers(20, 4000))
def test_windows_cover_the_picture(width: int, height: int) -> None:
    """They begin and end with it, and neighbours overlap."""
    found = list(windows((height, width, 3), 0.6))
    assert min(w.left_px for w in found) == min(w.top_px for w in found) == 0
    assert max(w.right_px for w in found) == pytest.approx(width)
    assert max(w.bottom_px for w in found) == pytest.approx(height)
    assert all(w.width_px > width / 2 for w in found)
    assert all(w.height_px > height / 2 for w in found)


@pytest.mark.parametrize(
    ("sureness", "score", "looks"),
    [
        (0.99, 0.3, [False]),
        (0.2, 0.9, [False]),
        (0.2, 0.3, [False, True]),
    ],
)
def test_a_plain_plate_ends_the_search(
    sureness: float, score: float, looks: list[bool]
) -> None:
    """Read surely or seen plainly; only where it is neither is there a finer look."""
    image = np.zeros((480, 640, 3), np.uint8)
    image[230:254, 100:164] = 200
    locator = _GreyLocator(score)
    (plate,) = find_plates(image, _reader(sureness, locator))
    assert plate.box == PixelBox(100, 230, 164, 254)
    assert locator.looks == looks


@pytest.mark.parametrize(("width", "count"), [(60, 1), (24, 2), (12, 6)])
def test_far_plates_are_searched_in_finer_detail(width: int, count: int) -> None:
    """First in the whole picture, then in its parts; one is found once."""
    image = np.zeros((1080, 1920, 3), np.uint8)
    image[600:640, 1000 : 1000 + 4 * width] = 200
    locator = _GreyLocator(least_px=40)
    assert [p.box.left_px for p in find_plates(image, _reader(0.99, locator))] == [1000]
    assert len(locator.looks) == count


@given(width=st.integers(20, 4000), height=st.integers(20, 4000), fine=st.booleans())
def test_a_canvas_is_one_of_few(width: int, height: int, *, fine: bool) -> None:
    """For each a network is compiled."""
    tall, wide = canvas_hw((height, width, 3), fine=fine)
    assert tall % 32 == wide % 32 == 0
    assert (tall, wide) in {
        (rows * (2 if fine else 1), columns * (2 if fine else 1))
        for rows, columns in ((320, 512), (384, 512), (448, 448), (512, 384))
    }
    assert tall * wide <= (4 if fine else 1) * 448 * 448


@given(st.text("AB1", max_size=6), st.text("AB1", max_size=6))
def test_the_distance_of_texts_is_one(one: str, two: str) -> None:
    """Nothing to itself, the same both ways, at most the longer of the two."""
    assert edits(one, one) == 0
    assert edits(one, two) == edits(two, one) <= max(len(one), len(two))
    assert (edits(one, two) == 0) == (one == two)


def test_texts_are_compared_without_signs() -> None:
    """Hyphens, spaces, case and accents are not the plate's."""
    assert normal(" m1w·737 ") == "M1W737"
    assert overlap(PixelBox(0, 0, 2, 1), PixelBox(1, 0, 3, 1)) == pytest.approx(1 / 3)
