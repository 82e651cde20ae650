"""A recording given to the command line: what is true is found, and nothing else."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import av
import pytest

from app.config.paths import PROJECT
from app.domain.infraction import InfractionKind
from app.simulator.scenario import CLIPS, load_camera
from app.simulator.score import FoundEvent, Interval, Score, TrueEvent, score

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

_KEY = "avenue-speed"
_LENGTH_S = 20.0
_START = datetime.fromisoformat("2026-03-14T10:00:00-05:00")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Analyse the first seconds of a bundled clip; return the folder."""
    room = tmp_path_factory.mktemp("analyse")
    video = _beginning(CLIPS / f"{_KEY}.mp4", room / "footage.mp4")
    out = room / "out"
    command = [sys.executable, "main.py", "analyse", str(video), "--out", str(out)]
    site = ["--site", str(CLIPS / f"{_KEY}.camera.json"), "--home", str(room / "home")]
    ended = subprocess.run(
        [*command, *site, "--start", _START.isoformat()],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=550,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-4000:]
    (folder,) = out.iterdir()
    return folder


def test_every_picture_was_looked_at(results: Path) -> None:
    summary = _read(results / "summary.json")
    assert summary["complete"]
    assert summary["frames_looked_at"] == _LENGTH_S * 20
    assert summary["frames_dropped"] == {}


def test_what_is_true_is_found_and_measured(results: Path) -> None:
    outcome = _against_truth(_read(results / "infractions.json")["infractions"])
    assert outcome.precision == 1.0
    assert outcome.recall == 1.0
    assert outcome.plates_right == outcome.plates_published
    errors = [abs(error) for error in outcome.speed_errors_kmh]
    assert len(errors) == outcome.true_found >= 3
    assert max(errors) <= 2.0
    assert sum(errors) / len(errors) <= 1.0


def _beginning(source: Path, target: Path) -> Path:
    """Copy the first seconds without encoding them again."""
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        video = reader.streams.video[0]
        copy = writer.add_stream_from_template(video)
        for packet in reader.demux(video):
            if packet.pts is None or packet.pts * packet.time_base >= _LENGTH_S:
                continue
            packet.stream = copy
            writer.mux(packet)
    return target


def _against_truth(found: list[dict[str, Any]]) -> Score:
    truth = load_camera(_KEY).truth
    true = [
        TrueEvent(
            kind=event.kind,
            at=_START + timedelta(seconds=event.time_s),
            plate=event.plate,
            speed_kmh=event.speed_kmh,
        )
        for event in truth.infractions
    ]
    seen = [
        FoundEvent(
            kind=InfractionKind(row["kind"]),
            at=datetime.fromisoformat(row["wall"]),
            plate=row["plate"]["text"],
            speed_kmh=row["measurement"]["speed_kmh"],
        )
        for row in found
    ]
    # A vehicle whose stretch ends just before the cut may be judged just after it.
    until = _START + timedelta(seconds=_LENGTH_S - 1.5)
    return score(true, seen, [Interval(start=_START, end=until)])


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
