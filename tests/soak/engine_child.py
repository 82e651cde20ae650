"""The engine of a soak, as a process of its own: HOME SITE.json.

Everything is the product's own, but the site, which lies in a file, and the sink,
which only counts: there is no database.
"""

import argparse
import json
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from app.bootstrap.detector import detector_maker
from app.commands.engine import leave_stuck_threads
from app.config.camera import CameraConfiguration, ConfigurationVersion
from app.config.evidence_setting import EvidenceSetting
from app.config.paths import Paths
from app.decode.opencv import work_alone
from app.domain.camera import Camera
from app.domain.clock import SystemClock
from app.domain.ids import CameraId, EngineId, new_uuid
from app.domain.infraction import Infraction
from app.domain.pulse import Pulse
from app.evidence.open_store import open_setting
from app.evidence.recorder import Recorder
from app.evidence.spool import Forwarder, Spool
from app.ports import EvidenceStore
from app.runtime.allocator import use_few_heaps
from app.runtime.engine import EngineParts, run_engine
from app.runtime.logs import configure_logging
from app.runtime.signals import stop_on_signals
from app.runtime.site import SiteCamera
from app.runtime.stage_timing import StageTimes
from app.runtime.timed_sink import TimedSink
from ml.plate.reader import open_plate_reader
from ml.track.tracker import ByteTracker
from tests.integration.engine.parts import ListSite, NoSecrets


class CountingSink:
    """Takes every infraction and keeps none."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, infraction: Infraction) -> None:  # noqa: ARG002 - the port's form
        """Count it."""
        self.count += 1


def main() -> int:
    """Run until stopped."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("site", type=Path)
    options = parser.parse_args()
    use_few_heaps()
    work_alone()
    paths = Paths(options.home)
    configure_logging(paths, "engine")
    stop = threading.Event()
    stop_on_signals(stop)
    rows = json.loads(options.site.read_text("utf-8"))
    code = _run(paths, [_site_camera(row) for row in rows], stop)
    leave_stuck_threads(code)
    return code


def _evidence(paths: Paths) -> EvidenceStore:
    """Return the store of a fresh workstation, its keys in a file of the run."""
    setting = EvidenceSetting(key_file=str(paths.secrets / "evidence-keys.json"))
    return open_setting(setting, paths, NoSecrets()).store


def _run(paths: Paths, site: list[SiteCamera], stop: threading.Event) -> int:
    clock = SystemClock()
    with closing(Spool(paths.spool / "spool.sqlite", clock)) as spool:
        times, forwarding = StageTimes(), Pulse(clock)
        sink = TimedSink(CountingSink(), times)
        forwarder = Forwarder(spool, sink, clock, pulse=forwarding)
        forwarder.start()
        recorder = Recorder(
            _evidence(paths),
            spool,
            clock,
            paths.spool / "work",
            plate_reader=open_plate_reader(paths.models),
        )
        parts = EngineParts(
            clock=clock,
            paths=paths,
            engine_id=EngineId(new_uuid()),
            software_version="soak",
            detector=detector_maker(paths, None),
            tracker=ByteTracker,
            plate_reader=lambda: open_plate_reader(paths.models),
            site=ListSite(site),
            recorder=recorder,
            secrets=NoSecrets(),
            run_dir=paths.run,
            database_online=lambda: True,
            spooled=spool.count,
            times=times,
            forwarding=forwarding,
            metrics_port=0,
        )
        try:
            return run_engine(parts, stop=stop)
        finally:
            forwarder.stop(1.0)


def _site_camera(row: dict[str, Any]) -> SiteCamera:
    camera = Camera(
        id=CameraId(UUID(row["id"])),
        name=row["name"],
        location="",
        url=row["url"],
        sub_url=row["sub_url"],
    )
    version = ConfigurationVersion(
        id=str(new_uuid()),
        camera_id=row["id"],
        version=1,
        created_at=datetime.now(UTC),
        created_by="soak",
        body=CameraConfiguration.model_validate(row["configuration"]),
    )
    return camera, version


if __name__ == "__main__":
    sys.exit(main())
