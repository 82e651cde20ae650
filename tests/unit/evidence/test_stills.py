"""Stills say everything that an objection will ask, and hide nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageFont

from app.config.paths import RESOURCES
from app.domain.clock import UNKNOWN_DATE
from app.domain.evidence import EvidenceKind
from app.domain.geometry import PixelBox
from app.domain.infraction import Infraction, InfractionKind
from app.domain.plate import PlateReading
from app.domain.signal import LampPhase
from app.evidence.bar_text import Cell, StillFacts, bar_rows, local_time
from app.evidence.data_bar import MINIMUM_WIDTH_PX, draw_bar
from app.evidence.labels import LANGUAGES, Labels
from app.evidence.marks import Marks, place_lines
from app.evidence.stills import crop, write_still
from tests.builders.captures import CAMERA, configuration
from tests.builders.infractions import OCCURRED, SPEED, red_light, speeding

LIMA = timezone(timedelta(hours=-5))
FACTS = StillFacts(
    kind=EvidenceKind.STILL_DECISIVE,
    number=101,
    count=175,
    wall=OCCURRED.wall,
    lamp=LampPhase.RED,
)


def _said(
    infraction: Infraction, language: str, facts: StillFacts = FACTS
) -> dict[str, str]:
    labels = LANGUAGES[language]
    rows = bar_rows(infraction, CAMERA, configuration(), facts, labels, LIMA)
    assert all(sum(cell.span for cell in row) == 4 for row in rows)
    return {cell.label: cell.value for row in rows for cell in row}


def test_speeding_in_spanish() -> None:
    """Every field of the notice's still."""
    infraction = speeding()
    assert _said(infraction, "es") == {
        "Infracción": "Exceso de velocidad · momento decisivo",
        "Fecha y hora": "2026-03-14 10:09:26.535 -05:00",
        "Velocidad": "83.4 ± 2.1 km/h (estimada)",
        "Límite": "60 km/h",
        "Placa": "ABC123 (0.93)",
        "Cuadro": "101/175",
        "Cámara": "Cámara 03 · Norte",
        "Lugar": "Av. Javier Prado Este cdra. 12, San Isidro",
        "Vehículo": "17",
        "Caso": str(infraction.id),
        "Configuración": "v3 · 0000000b",
        "Programa y modelo": "0.1.0 · junction-n",
    }


def test_red_light_in_english() -> None:
    """The lamp is that of this still, the time on red that of the crossing."""
    before = replace(FACTS, kind=EvidenceKind.STILL_BEFORE, lamp=LampPhase.AMBER)
    said = _said(red_light(plate=PlateReading.unread()), "en", before)
    assert said["Infraction"] == "Red light · before"
    assert said["Red for, at the line"] == "1.48 ± 0.08 s"
    assert said["Signal"] == "amber"
    assert said["Plate"] == "not read"


def test_a_certified_instrument_is_named() -> None:
    """Then the speed is no estimate."""
    measurement = replace(SPEED, certified_instrument="INACAL LM-0042")
    said = _said(speeding(measurement=measurement), "es")
    assert said["Velocidad"] == "83.4 ± 2.1 km/h (INACAL LM-0042)"


@pytest.mark.parametrize("labels", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_every_language_has_every_word_and_glyph(labels: Labels) -> None:
    """No kind without a name, no character that the font draws as an empty box."""
    assert set(labels.kinds) == set(InfractionKind)
    assert set(labels.phases) == set(LampPhase)
    font = ImageFont.truetype(str(RESOURCES / "fonts/AtalayaSans-SemiBold.ttf"), 40)
    absent = bytes(font.getmask("\ue123"))
    for character in set(repr(labels)) | set("±·…"):
        if character.strip():
            assert bytes(font.getmask(character)) != absent


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25 02:30:00.000 +02:00"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25 02:30:00.000 +01:00"),
        (
            datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC),
            "2026-01-01 01:00:00.999 +01:00",
        ),
    ],
)
def test_the_hour_that_comes_twice_is_told_apart(moment: datetime, shown: str) -> None:
    """By its offset; and milliseconds are cut, never rounded up."""
    assert local_time(moment, ZoneInfo("Europe/Madrid")) == shown


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_time_that_nobody_knows_is_not_shown_as_one(language: str) -> None:
    labels = LANGUAGES[language]
    facts = replace(FACTS, wall=UNKNOWN_DATE + timedelta(seconds=7.598))
    rows = bar_rows(speeding(), CAMERA, configuration(), facts, labels, LIMA)
    said = {cell.label: cell.value for row in rows for cell in row}
    assert "7.598 s" in said[labels.moment]
    assert "1970" not in said[labels.moment]
    assert "1969" not in said[labels.moment]


def test_hostile_names_are_harmless() -> None:
    """Control characters, line breaks and direction marks do not reach the bar."""
    camera = replace(CAMERA, name="a\nb\x00c\u202ed" * 50, location="\x1b[31m rojo")
    labels = LANGUAGES["es"]
    rows = bar_rows(speeding(), camera, configuration(), FACTS, labels, LIMA)
    said = {cell.label: cell.value for row in rows for cell in row}
    assert said["Cámara"].startswith("a b c da b c d")
    assert len(said["Cámara"]) <= 120
    assert said["Lugar"] == "[31m rojo"


def _noise(width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
    coarse = np.random.default_rng(7).integers(
        0, 256, (height_px // 16, width_px // 16, 3), np.uint8
    )
    return coarse.repeat(16, 0).repeat(16, 1)


@pytest.mark.parametrize("width_px", [320, 1280])
def test_the_picture_is_whole_above_the_bar(tmp_path: Path, width_px: int) -> None:
    """Not a pixel of the road is covered or moved."""
    image = _noise(width_px, 240)
    path = tmp_path / "still.jpg"
    rows = bar_rows(speeding(), CAMERA, configuration(), FACTS, LANGUAGES["es"], LIMA)
    write_still(path, image, rows, Marks())
    still = np.asarray(Image.open(path))
    left = (still.shape[1] - width_px) // 2
    shown = still[:240, left : left + width_px, ::-1]
    assert np.abs(shown.astype(int) - image.astype(int)).mean() < 3
    assert still.shape[1] == max(width_px, MINIMUM_WIDTH_PX)
    assert still[240:].std() > 10


@pytest.mark.parametrize("width_px", [960, 1280, 1920, 3840])
def test_long_values_stay_in_their_cell(width_px: int) -> None:
    """What does not fit is cut with an ellipsis, and covers no neighbour."""
    neighbour = Cell("B", "second")
    short = ((Cell("A", "W", 3), neighbour),)
    long = ((Cell("A", "W" * 120, 3), neighbour),)
    edge_px = round(width_px / 90) + (width_px - round(width_px / 90)) * 3 // 4
    bars = [np.asarray(draw_bar(rows, width_px))[:, edge_px:] for rows in (short, long)]
    assert (bars[0] == bars[1]).all()
    assert bars[0].max() > 200


def test_the_inset_enlarges_the_plate() -> None:
    """A plate of 60 x 20 pixels fills the right end of the bar."""
    plate = np.full((20, 60, 3), (0, 200, 0), np.uint8)
    rows = ((Cell("A", "a", 4),),) * 4
    bar = np.asarray(draw_bar(rows, 1280, plate)).astype(int)
    green = (bar[:, :, 1] > 150) & (bar[:, :, 0] < 80)
    columns = np.flatnonzero(green.any(0))
    assert columns.min() > 1280 * 0.77
    assert columns.size > 60 * 3


def test_the_stretch_is_outlined_on_the_road() -> None:
    """From 12 m to 36 m, in the still's own pixels."""
    body = configuration().body
    (outline,) = place_lines(InfractionKind.SPEEDING, body, (1024, 576))
    (double,) = place_lines(InfractionKind.SPEEDING, body, (2048, 1152))
    assert len(outline) == 5
    assert outline[0] == outline[-1]
    ys = [y for _, y in outline]
    assert 320 < min(ys) < max(ys) < 560
    assert double == tuple((2 * x, 2 * y) for x, y in outline)


def test_a_place_without_lines_has_none() -> None:
    """A configuration may lack them."""
    body = configuration().body.model_copy(
        update={"stop_line": None, "stretch": None, "rules": ()}
    )
    for kind in InfractionKind:
        assert place_lines(kind, body, (1024, 576)) == ()


def test_crops_stay_inside_the_picture() -> None:
    """A box that sticks out is cut; one that is outside gives nothing."""
    image = _noise(320, 240)
    partly = crop(image, PixelBox(300, 200, 400, 300))
    assert partly is not None
    assert partly.shape == (40, 20, 3)
    assert crop(image, PixelBox(400, 10, 500, 20)) is None
    with_margin = crop(image, PixelBox(100, 100, 140, 120), 0.5)
    assert with_margin is not None
    assert with_margin.shape == (40, 80, 3)
