"""A computer without a card decodes all the same, and makes no noise about it."""

import sys
from pathlib import Path

import pytest

from app.camera import hardware
from app.camera.stream import open_stream
from tests.builders.two_streams import write_numbered


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    hardware.device_kind.cache_clear()


def test_a_card_that_is_not_there_is_not_used(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hardware, "hwdevices_available", lambda: ["qsv", "nonsense"])
    assert hardware.accelerator() is None
    monkeypatch.setitem(hardware._BY_PLATFORM, sys.platform, ("nonsense", "qsv"))
    hardware.device_kind.cache_clear()
    assert hardware.accelerator() is None
    assert capfd.readouterr() == ("", "")


def test_a_stream_is_decoded_with_or_without_a_card(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    clip = write_numbered(tmp_path / "a.mp4", 5, (320, 180))
    stream = open_stream(str(clip), None, accelerate=True)
    frames = [frame for packet in stream.packets() for frame in packet.decode()]
    stream.close()
    assert len(frames) == 5
    assert capfd.readouterr() == ("", "")
