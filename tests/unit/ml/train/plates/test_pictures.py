"""The pictures that the plate recogniser learns from: their texts are on them."""

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigurationInvalid
from ml.plate.grammar import ALPHABET
from ml.train.plates.draw import HEIGHT_PX, draw_plate, fonts_in
from ml.train.plates.layout import Layout, draw_text, lines_of, load_layouts
from ml.train.plates.network import INPUT_HW
from ml.train.plates.real import real_plates
from ml.train.plates.stream import MOST_SIGNS, NOTHING, Material, batches, sample
from ml.train.plates.wear import Wear, worn

LAYOUTS = load_layouts()
ONE_LINE = next(layout for layout in LAYOUTS if layout.name == "Spain")


def typefaces() -> tuple[Path, ...]:
    """The typefaces that the PDF library carries."""
    spec = find_spec("reportlab")
    assert spec is not None
    assert spec.origin is not None
    return fonts_in([Path(spec.origin).parent / "fonts"])


@given(st.sampled_from(LAYOUTS), st.integers(0, 2**32 - 1))
def test_every_sign_stands_on_one_line_and_none_twice(
    layout: Layout, seed: int
) -> None:
    """What is printed in the lines is the text, in its order."""
    text = draw_text(layout, np.random.default_rng(seed))
    lines = lines_of(layout, text)
    assert "".join(lines).replace("-", "") == text.replace("-", "")
    assert len(lines) == max(1, len(layout.lines))
    assert 0 < len(text.replace("-", "")) <= MOST_SIGNS


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_drawn_plate_has_ink_where_its_signs_stand(layout: Layout) -> None:
    """The band differs from a plate of the same layout with other signs, elsewhere
    nothing does."""
    font = typefaces()[0]
    texts = [draw_text(layout, np.random.default_rng(seed)) for seed in (1, 2)]
    one, other = (
        draw_plate(layout, text, font, np.random.default_rng(7)) for text in texts
    )
    assert one.shape == other.shape
    assert one.shape[0] == HEIGHT_PX
    changed = np.flatnonzero((one != other).any(axis=(1, 2)))
    assert changed.size
    slack = 3
    assert changed.min() >= layout.band[0] * HEIGHT_PX - slack
    assert changed.max() <= layout.band[1] * HEIGHT_PX + slack


def test_the_same_seed_gives_the_same_picture_and_another_another() -> None:
    """A training can be repeated."""
    material = Material(typefaces())
    first, text = sample(material, np.random.default_rng(5))
    again, same = sample(material, np.random.default_rng(5))
    assert text == same
    assert np.array_equal(first, again)
    assert sample(material, np.random.default_rng(6))[1] != text


@given(seed=st.integers(0, 2**32 - 1))
def test_worn_plates_are_pictures_of_a_few_pixels_at_least(seed: int) -> None:
    """However the dice fall there is a crop to resize."""
    rng = np.random.default_rng(seed)
    plate = np.full((HEIGHT_PX, 300, 3), 200, np.uint8)
    crop = worn(plate, rng, Wear())
    assert crop.dtype == np.uint8
    assert crop.ndim == 3
    assert min(crop.shape[:2]) >= 8
    assert crop.shape[0] <= 3 * HEIGHT_PX


def test_batches_hold_pictures_and_the_numbers_of_their_signs() -> None:
    """Each text begins with its first sign and is filled up with nothing."""
    pictures, targets = next(batches(Material(typefaces()), 4, (1, 2)))
    assert pictures.shape == (4, *INPUT_HW, 3)
    assert targets.shape == (4, MOST_SIGNS)
    assert ((targets >= 0) & (targets <= len(ALPHABET))).all()
    assert (targets[:, 0] != NOTHING).all()
    for row in targets:
        length = int((row != NOTHING).sum())
        assert (row[length:] == NOTHING).all()


def test_of_a_plate_of_two_lines_one_half_is_shown() -> None:
    """As the reader will cut it, with the signs of that line."""
    two = tuple(layout for layout in LAYOUTS if layout.name == "Peru, motorcycle")
    material = Material(typefaces(), layouts=two)
    rng = np.random.default_rng(3)
    texts = {len(sample(material, rng)[1]) for _ in range(20)}
    assert texts == {2, 4}


def test_a_folder_without_typefaces_is_said(tmp_path: Path) -> None:
    """Before an hour of training begins."""
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    with pytest.raises(ConfigurationInvalid, match="no typeface"):
        fonts_in([tmp_path])


def test_real_plates_are_cut_out_with_their_texts(tmp_path: Path) -> None:
    """Boxes are cut, small pictures taken whole, and large ones without a box left."""
    for name, size in (("whole.png", (60, 180)), ("street.png", (600, 800))):
        image = np.full((*size, 3), 90, np.uint8)
        cv2.imwrite(str(tmp_path / name), image)
    table = tmp_path / "labels.csv"
    table.write_text(
        "image,plate,x,y,width,height\n"
        "whole.png,AB-123,,,,\n"
        "street.png,XYZ987,100,200,120,40\n"
        "street.png,LOST111,,,,\n"
    )
    plates = real_plates([table])
    assert [plate.text for plate in plates] == ["AB123", "XYZ987"]
    assert plates[0].crop.shape == (60, 180, 3)
    assert 120 <= plates[1].crop.shape[1] <= 145
    shown, text = sample(Material((), plates, 1.0), np.random.default_rng(0))
    assert text in {"AB123", "XYZ987"}
    assert shown.ndim == 3
