"""Reading with the real networks, on plates drawn here."""

from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from app.domain.errors import ModelMissing
from app.domain.geometry import PixelBox
from app.domain.vehicle import VehicleClass
from app.simulator.scenario import load_bundled
from ml import weights
from ml.plate.grammar import load_grammar
from ml.plate.locator import ContrastLocator, NetworkLocator, SeenPlate
from ml.plate.reader import TrackPlateReader, cut, open_plate_reader
from ml.plate.recogniser import PlateRecogniser

pytest.importorskip("onnxruntime")

Image = npt.NDArray[np.uint8]


class _KnownPlace:
    """Says where the plate was drawn."""

    def __init__(self, box: PixelBox | None) -> None:
        self._box = box

    def locate(self, vehicle: Image) -> PixelBox | None:
        """Return the box it was made with, if there is a picture at all."""
        return self._box if vehicle.size else None

    def locate_all(self, picture: Image, *, fine: bool = False) -> list[SeenPlate]:
        """Return the same, of which there is one at most."""
        found = None if fine else self.locate(picture)
        return [] if found is None else [SeenPlate(found, 1.0)]


def _plate(text: str, height_px: int = 60) -> Image:
    plate = np.full((height_px, height_px * 3, 3), 235, np.uint8)
    cv2.putText(
        plate, text, (10, int(height_px * 0.72)), cv2.FONT_HERSHEY_DUPLEX,
        height_px / 48, (20, 20, 20), 2, cv2.LINE_AA,
    )  # fmt: skip
    return plate


def _scene(text: str) -> tuple[Image, PixelBox, PixelBox]:
    """Return a picture, its vehicle, and the plate inside the vehicle's cut."""
    image = np.full((400, 640, 3), 90, np.uint8)
    cv2.rectangle(image, (150, 80), (490, 350), (140, 60, 40), -1)
    image[260:320, 230:410] = _plate(text)
    return image, PixelBox(150, 80, 490, 350), PixelBox(230, 260, 410, 320)


def _rendered() -> tuple[Image, PixelBox, str]:
    """Return the first frame with a large car in full view, its box and its plate."""
    (camera,) = (c for c in load_bundled() if c.key == "avenue-plate")
    sample, plate = min(
        (sample, vehicle.plate)
        for vehicle in camera.truth.vehicles
        if vehicle.plate_shown and vehicle.vehicle_class is VehicleClass.CAR
        for sample in vehicle.samples
        if sample.whole and sample.visible > 0.99 and sample.box.width_px > 250
    )
    with av.open(str(camera.clip)) as container:
        frames = container.decode(video=0)
        frame = next(f for number, f in enumerate(frames) if number == sample.frame)
        image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    return image, sample.box, plate or ""


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> PlateRecogniser:
    """Return the network that the product reads with."""
    models = tmp_path_factory.mktemp("models")
    return PlateRecogniser(1, weights.resolve(weights.PLATE_READER, models))


@pytest.mark.parametrize("text", ["AHK-472", "F3W-678", "M1W-737"])
def test_a_drawn_plate_is_read(recogniser: PlateRecogniser, text: str) -> None:
    """Hyphen left out, characters right, sure of them."""
    table = recogniser.read(_plate(text))
    found = "".join("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i] for i in table.argmax(1))
    assert found == text.replace("-", "")
    assert table.max(axis=1).min() > 0.5


def test_grey_is_no_text(recogniser: PlateRecogniser) -> None:
    """An empty surface has not the characters of a plate, nor has noise."""
    noise = np.random.default_rng(0).integers(0, 256, (48, 144, 3), np.uint8)
    for surface in (*(np.full_like(noise, grey) for grey in (0, 128, 255)), noise):
        assert len(recogniser.read(surface)) < 4


def test_a_read_says_where_the_plate_is(recogniser: PlateRecogniser) -> None:
    """The box is that of the full-size picture."""
    image, vehicle, plate = _scene("AHK-472")
    _, left, top = cut(image, vehicle, (0.04, 0.04))
    inside = PixelBox(
        plate.left_px - left,
        plate.top_px - top,
        plate.right_px - left,
        plate.bottom_px - top,
    )
    reader = TrackPlateReader(_KnownPlace(inside), recogniser, load_grammar())
    read = reader.read(image, vehicle)
    assert read is not None
    assert read.text == "AHK472"
    assert read.box == plate
    assert reader.vote([read, read]).text == "AHK-472"


def test_no_plate_is_no_read(recogniser: PlateRecogniser) -> None:
    """Neither a vehicle without plate nor a box outside the picture is an error."""
    reader = TrackPlateReader(_KnownPlace(None), recogniser, load_grammar())
    image = np.zeros((100, 100, 3), np.uint8)
    assert reader.read(image, PixelBox(10, 10, 90, 90)) is None
    assert reader.read(image, PixelBox(300, 300, 400, 400)) is None


def test_the_locator_without_network_finds_a_plain_plate() -> None:
    """What closed sites have to make do with."""
    image, vehicle, plate = _scene("AHK-472")
    crop, left, top = cut(image, vehicle, (0.0, 0.0))
    found = ContrastLocator().locate(crop)
    assert found is not None
    middle_x = (found.left_px + found.right_px) / 2 + left
    middle_y = (found.top_px + found.bottom_px) / 2 + top
    assert plate.left_px < middle_x < plate.right_px
    assert plate.top_px < middle_y < plate.bottom_px


def test_an_even_surface_has_no_plate() -> None:
    """Nothing there, nothing found."""
    assert ContrastLocator().locate(np.full((200, 300, 3), 80, np.uint8)) is None


def test_plates_are_found_on_a_closed_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What finds them comes with the product: nothing is fetched."""

    def refuse(*_: object) -> Path:
        raise ModelMissing("The package could not be fetched. Check the network.")

    monkeypatch.setattr(weights, "pull", refuse)
    opened = open_plate_reader(tmp_path)
    assert isinstance(opened.locator, NetworkLocator)
    image, vehicle, plate = _rendered()
    read = opened.read(image, vehicle)
    assert read is not None
    assert read.text == plate.replace("-", "")


def test_a_damaged_locator_is_replaced_by_the_plain_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader opens all the same, and the log says what is lost."""

    def damaged(_: object) -> Path:
        raise ModelMissing("The bundled model is damaged. Install Atalaya again.")

    monkeypatch.setattr(weights, "resolve_eight_bit", damaged)
    opened = open_plate_reader(tmp_path)
    assert isinstance(opened.locator, ContrastLocator)
    assert "without a network" in caplog.text


def test_a_file_that_is_no_network_is_said(tmp_path: Path) -> None:
    """Rather than the library's own words."""
    strange = tmp_path / "reader.onnx"
    strange.write_bytes(b"no network")
    with pytest.raises(ModelMissing, match="cannot be read"):
        PlateRecogniser(1, strange)
