"""A library that is loaded must leave the rest of the process as it was."""

from pathlib import Path

from PIL import Image

from ml.environment import load_ultralytics


def test_pillow_keeps_its_own_way_of_opening(tmp_path: Path) -> None:
    before = Image.open
    load_ultralytics(tmp_path)
    assert Image.open is before
