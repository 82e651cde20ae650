"""What a demo did, as numbers a script can read."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from statistics import fmean
from typing import Any

from app.demo.online_log import OnlineLog
from app.demo.stage import Stage
from app.domain.camera import CameraHealth
from app.domain.infraction import Case, InfractionKind
from app.domain.measurement import SpeedMeasurement
from app.simulator.scenario import SimulatedCamera
from app.simulator.score import FoundEvent, Score, looped, score


def camera_rows(stage: Stage) -> list[dict[str, Any]]:
    """Return the engine's own counters of each camera."""
    status = stage.services.engine.status()
    by_id = {health.camera_id: health for health in status.cameras} if status else {}
    return [
        _camera_row(key, by_id.get(camera.id)) for key, camera in stage.cameras.items()
    ]


def _camera_row(key: str, health: CameraHealth | None) -> dict[str, Any]:
    if health is None:
        return {"camera": key, "online": False}
    return {
        "camera": key,
        "online": health.state.value == "online",
        "frames": health.frames_received,
        "fps": round(health.fps, 1),
        "detected_frames": health.frames_detected,
        "detected_fps": round(health.detected_fps, 1),
        "detections": health.detections,
        "dropped": health.frames_dropped,
        "reconnects": health.reconnects,
        "infractions": health.infractions,
        "latency_ms": round(health.latency_ms, 1),
    }


def scores(
    stage: Stage, cases: Sequence[Case], log: OnlineLog, now: datetime
) -> dict[str, dict[str, Any]]:
    """Return, by type, how the findings compare with the truth, and by camera."""
    result: dict[str, dict[str, Any]] = {}
    for kind in InfractionKind:
        by_camera = {
            camera.key: _camera_score(stage, camera, cases, log, now, kind)
            for camera in stage.site.cameras
        }
        pooled = sum(by_camera.values(), start=Score())
        details = {
            key: {
                "true": one.true_found,
                "false": one.false_found,
                "missed": one.missed,
            }
            for key, one in by_camera.items()
            if one != Score()
        }
        result[kind.value] = {**_score_row(pooled), "by_camera": details}
    return result


def _camera_score(
    stage: Stage,
    simulated: SimulatedCamera,
    cases: Sequence[Case],
    log: OnlineLog,
    now: datetime,
    kind: InfractionKind,
) -> Score:
    camera_id = stage.cameras[simulated.key].id
    truth = simulated.truth
    events = [
        (event.kind, event.time_s, event.plate, event.speed_kmh)
        for event in truth.infractions
        if event.kind is kind
    ]
    found = [
        _found(case)
        for case in cases
        if case.infraction.camera_id == camera_id and case.infraction.kind is kind
    ]
    true_events = list(looped(events, stage.site.epoch, truth.duration_s, now))
    return score(true_events, found, log.observed(camera_id, now))


def _found(case: Case) -> FoundEvent:
    infraction = case.infraction
    measured = infraction.measurement
    return FoundEvent(
        kind=infraction.kind,
        at=infraction.occurred.wall,
        plate=infraction.plate.text,
        speed_kmh=(
            measured.speed_kmh if isinstance(measured, SpeedMeasurement) else None
        ),
    )


def _score_row(result: Score) -> dict[str, Any]:
    errors = result.speed_errors_kmh
    return {
        "true": result.true_found,
        "false": result.false_found,
        "missed": result.missed,
        "precision": _rounded(result.precision),
        "recall": _rounded(result.recall),
        "plates_published": result.plates_published,
        "plates_right": result.plates_right,
        "speed_error_mean_abs_kmh": (
            round(fmean(abs(e) for e in errors), 2) if errors else None
        ),
        "speed_error_worst_kmh": (
            round(max(abs(e) for e in errors), 2) if errors else None
        ),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def by_kind(cases: Sequence[Case]) -> dict[str, int]:
    """Return how many cases there are of each type."""
    counts = Counter(case.infraction.kind for case in cases)
    return {kind.value: counts[kind] for kind in InfractionKind}
