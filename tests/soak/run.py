"""Runs a soak: cameras, engine, incidents, observation."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.config.paths import PROJECT, Paths
from app.domain.camera import CameraHealth
from app.domain.clock import SystemClock
from app.domain.ids import CameraId, new_uuid
from app.runtime.control import ControlClient, connect
from app.runtime.gallery import Gallery
from app.runtime.status_codec import decode_report
from tests.soak.observer import (
    ProcessWatch,
    by_camera,
    ended_within_s,
    is_well,
    segments_of,
)
from tests.soak.plan import Incident, plan_incidents
from tests.soak.street import Street
from tests.soak.verdict import Outcome, Seen

if TYPE_CHECKING:
    Process = subprocess.Popen[bytes]
else:
    Process = subprocess.Popen

_SAMPLE_EVERY_S = 2.0
_SWEEP_EVERY_S = 20.0
_EVIDENCE_KEPT_S = 60.0
_START_WITHIN_S = 120.0
_GIVE_UP_AFTER_S = 30.0
_ALLOWED_LEFT = {"engine.lock", "site.json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How long and how hard; `quiet_s` is without incidents at both ends."""

    seconds: float
    cameras: int
    seed: int = 1
    quiet_s: float = 20.0
    height_px: int = 720
    clip_s: float = 20.0


class Soak:
    """One run; `home` is the engine's, and must be new."""

    def __init__(
        self, choices: Choices, home: Path, say: Callable[[str], None]
    ) -> None:
        """Render, serve and start; `say` is told how it goes."""
        self._choices = choices
        self._say = say
        self._paths = Paths(home)
        self.seen = Seen()
        clips = home / "clips"
        clips.mkdir(parents=True)
        say("rendering the clips")
        self._street = Street(
            choices.cameras,
            clips,
            seed=choices.seed,
            seconds=choices.clip_s,
            height_px=choices.height_px,
        )
        self._ids = [CameraId(new_uuid()) for _ in range(choices.cameras)]
        self._process = self._started(home)
        self._wall = Gallery(self._paths.run, SystemClock())
        self._began_s = time.monotonic()
        self._heard_s = self._began_s
        self._health: dict[CameraId, CameraHealth] = {}
        self._open: list[_Open] = []

    def run(self) -> Seen:
        """Soak; everything is ended when it returns, whatever happens."""
        try:
            client = self._connected()
            with contextlib.closing(client), contextlib.closing(self._wall):
                self._await_all(client)
                self._soak(client)
                self._shut_down(client)
        finally:
            ended_within_s(self._process, 0.0)
            self._street.close()
        self._look_around()
        return self.seen

    def _soak(self, client: ControlClient) -> None:
        choices = self._choices
        plan = plan_incidents(
            choices.seed, choices.cameras, choices.seconds, quiet_s=choices.quiet_s
        )
        watch = ProcessWatch(self._process, self._paths.run)
        self._began_s = self._heard_s = time.monotonic()
        self.seen.reports, self.seen.longest_silence_s = 0, 0.0
        sample_at_s = sweep_at_s = 0.0
        while (now_s := self._now_s()) < choices.seconds:
            while plan and plan[0].begin_s <= now_s:
                self._begin(plan.pop(0))
            self._end_due(now_s)
            self._listen(client)
            if now_s >= sample_at_s:
                self.seen.samples.append(watch.sample(now_s))
                sample_at_s = now_s + _SAMPLE_EVERY_S
            if now_s >= sweep_at_s:
                self._sweep_evidence()
                sweep_at_s = now_s + _SWEEP_EVERY_S

    # ------------------------------------------------------------------- incidents

    def _begin(self, incident: Incident) -> None:
        self._say(
            f"{incident.begin_s:7.1f} s  camera {incident.camera}: "
            f"{incident.trouble} for {incident.end_s - incident.begin_s:.0f} s"
        )
        self._street.disturb(incident.camera, incident.trouble)
        outcome = Outcome(incident)
        self.seen.outcomes.append(outcome)
        self._open.append(_Open(outcome, self._now_s()))

    def _end_due(self, now_s: float) -> None:
        for each in self._open:
            incident = each.outcome.incident
            if each.ended_s is None and now_s >= incident.end_s:
                self._street.restore(incident.camera)
                each.ended_s = self._now_s()
                health = self._health_of(incident)
                each.received_at_end = health.frames_received if health else 0
        self._open = [each for each in self._open if not each.over(now_s)]

    def _health_of(self, incident: Incident) -> CameraHealth | None:
        return self._health.get(self._ids[incident.camera])

    # ----------------------------------------------------------------- observation

    def _listen(self, client: ControlClient) -> None:
        data = client.receive(0.1)
        if data is None:
            return
        now_s = time.monotonic()
        self.seen.longest_silence_s = max(
            self.seen.longest_silence_s, now_s - self._heard_s
        )
        self._heard_s = now_s
        self.seen.reports += 1
        report = decode_report(data)
        self._health = by_camera(report.status.cameras)
        self._look(report.segments)
        for each in self._open:
            health = self._health_of(each.outcome.incident)
            if health is not None:
                each.look(health, self._now_s())

    def _look(self, segments: Mapping[CameraId, Path]) -> None:
        """Be a desktop that shows all cameras: nobody looks, nothing is scaled."""
        self._wall.hang(segments)
        for camera_id in segments:
            self._wall.frame(camera_id)

    def _await_all(self, client: ControlClient) -> None:
        deadline_s = time.monotonic() + _START_WITHIN_S
        while time.monotonic() < deadline_s:
            self._listen(client)
            if len(self._health) == self._choices.cameras and all(
                is_well(health) for health in self._health.values()
            ):
                self._say("all cameras are there")
                return
        raise AssertionError(f"the cameras do not all come: {self._health}")

    def _now_s(self) -> float:
        return time.monotonic() - self._began_s

    # ------------------------------------------------------------- begin and end

    def _started(self, home: Path) -> Process:
        site = home / "site.json"
        rows = [self._row(index, url) for index, url in enumerate(self._street.urls)]
        site.write_text(json.dumps(rows), "utf-8")
        with (home / "engine.err").open("wb") as errors:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.soak.engine_child", str(home), str(site)],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=os.environ | {"PYTHONPATH": str(PROJECT)},
            )

    def _row(self, index: int, url: str) -> dict[str, Any]:
        sheet = self._street.sheets[index]
        return {
            "id": str(self._ids[index]),
            "name": f"{index} {sheet.key}",
            "url": url,
            "sub_url": self._street.sub_urls[index],
            "configuration": sheet.configuration.model_dump(mode="json"),
        }

    def _connected(self) -> ControlClient:
        deadline_s = time.monotonic() + _START_WITHIN_S
        while time.monotonic() < deadline_s and self._process.poll() is None:
            with contextlib.suppress(OSError):
                return connect(self._paths.run)
            time.sleep(0.1)
        raise AssertionError(f"the engine does not start: {self._process.poll()}")

    def _shut_down(self, client: ControlClient) -> None:
        client.stop()
        self.seen.shutdown_s = ended_within_s(self._process, 15.0)
        self.seen.exit_code = self._process.returncode

    def _look_around(self) -> None:
        run_dir = self._paths.run
        left = {path.name for path in run_dir.iterdir()} - _ALLOWED_LEFT
        left |= {path.name for path in segments_of(run_dir)}
        left |= {path.name for path in (self._paths.spool / "work").iterdir()}
        self.seen.left = sorted(left)
        for line in _log_lines(self._paths.logs / "engine.jsonl"):
            if line.get("level") in ("error", "critical"):
                self.seen.errors.append(str(line.get("message")))

    def _sweep_evidence(self) -> None:
        """Nobody reads this evidence: keep an hour of it from filling the disk."""
        oldest = time.time() - _EVIDENCE_KEPT_S
        for path in self._paths.evidence.rglob("*"):
            with contextlib.suppress(OSError):
                if path.is_file() and path.stat().st_mtime < oldest:
                    path.unlink()


@dataclass(slots=True)
class _Open:
    """An incident that is under way, or whose camera is still to come back."""

    outcome: Outcome
    began_s: float
    ended_s: float | None = None
    received_at_end: int = 0

    def look(self, health: CameraHealth, now_s: float) -> None:
        outcome = self.outcome
        well = is_well(health)
        if self.ended_s is None:
            if not well and outcome.noticed_after_s is None:
                outcome.noticed_after_s = round(now_s - self.began_s, 2)
                outcome.said = f"{health.state}: {health.message}"
            return
        if well and health.frames_received > self.received_at_end:
            outcome.back_after_s = round(now_s - self.ended_s, 2)

    def over(self, now_s: float) -> bool:
        if self.ended_s is None:
            return False
        back = self.outcome.back_after_s is not None
        return back or now_s - self.ended_s > _GIVE_UP_AFTER_S


def _log_lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    lines = path.read_text("utf-8").splitlines()
    return [dict(json.loads(line)) for line in lines]
