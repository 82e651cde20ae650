"""The overlay that is drawn again is the one that was seen."""

from dataclasses import replace
from uuid import UUID

import pytest

from app.domain.clock import NS_PER_S
from app.domain.ids import ConfigurationId, Login
from app.domain.infraction import Infraction, InfractionKind
from app.domain.signal import LampPhase
from tests.builders import site
from tests.builders.footage import Drive
from tests.builders.infractions import red_light, speeding
from tests.fakes.in_memory import InMemoryServer
from tests.fakes.manual_clock import ManualClock
from widgets.review.replay import lamp_spans, replay_of


def _drive(finding: Infraction) -> Drive:
    server = InMemoryServer(ManualClock())
    technician = server.login(Login("teo"), "teo-opens-sesame").site
    camera = site.camera()
    server.cameras[camera.id] = camera
    version = technician.publish_configuration(camera.id, site.configuration(), "")
    made = replace(
        finding.provenance, configuration_id=ConfigurationId(UUID(version.id))
    )
    return Drive(
        infraction=replace(finding, camera_id=camera.id, provenance=made),
        configuration=version,
    )


def test_the_curve_shows_the_speed_that_was_driven() -> None:
    drive = _drive(speeding())
    replay = replay_of(drive.track(), InfractionKind.SPEEDING, drive.configuration)
    speeds = [s.speed_kmh for s in replay.road if s.speed_kmh is not None]
    assert len(speeds) > 10
    assert speeds == pytest.approx([drive.speed_kmh] * len(speeds), abs=0.5)


def test_another_configuration_is_not_used() -> None:
    drive = _drive(speeding())
    other = _drive(speeding()).configuration
    replay = replay_of(drive.track(), InfractionKind.SPEEDING, other)
    assert replay.road == ()


def test_the_box_turns_into_a_violation_at_the_decisive_moment() -> None:
    drive = _drive(red_light())
    track = drive.track()
    replay = replay_of(track, InfractionKind.RED_LIGHT, drive.configuration)
    before = replay.overlay_at(track.decisive_ns - NS_PER_S // 5)
    at = replay.overlay_at(track.decisive_ns)
    assert before.boxes[0].violation is None
    assert at.boxes[0].violation is InfractionKind.RED_LIGHT
    assert at.lamp is LampPhase.RED


def test_nothing_is_drawn_where_nothing_was_seen() -> None:
    drive = _drive(speeding())
    track = drive.track()
    replay = replay_of(track, InfractionKind.SPEEDING, drive.configuration)
    assert replay.overlay_at(track.decisive_ns + 30 * NS_PER_S).boxes == ()


def test_lamp_readings_join_but_not_over_a_gap() -> None:
    step = NS_PER_S // 10
    readings = [(i * step, LampPhase.AMBER) for i in range(3)]
    readings += [(i * step, LampPhase.RED) for i in range(3, 6)]
    readings += [(50 * step, LampPhase.RED)]
    spans = lamp_spans(readings)
    assert [span.phase for span in spans] == [
        LampPhase.AMBER,
        LampPhase.RED,
        LampPhase.RED,
    ]
    assert spans[0].end_ns == spans[1].start_ns == 3 * step
    assert spans[1].end_ns == 5 * step + NS_PER_S // 2
