"""Plates are read on a thread of their own; the detector never waits for them."""

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from app.domain.clock import SystemClock
from app.domain.detection import TrackedBox, Tracks
from app.domain.frame import Frame
from app.domain.geometry import PixelBox
from app.domain.ids import CameraId, PlateReadId, TrackId, new_uuid
from app.domain.plate import PlateReading, PlateSighting
from app.domain.plate_motion import PlateOnVehicle, own_plates
from app.domain.pulse import Pulse
from app.ports import PlateRead, PlateReader
from app.runtime.plate_policy import PlatePolicy
from app.runtime.plate_sightings import PlateSightings

_log = logging.getLogger(__name__)
_QUEUE_LENGTH = 4
_MOST_TRACKS = 1000

_Key = tuple[int, TrackId]
"""A track by the number of its watch: another tracker counts from 1 again."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """One run of a camera's tracker, over which a track is one vehicle."""

    number: int
    policy: PlatePolicy = field(default_factory=PlatePolicy)

    def key(self, track_id: TrackId) -> _Key:
        return self.number, track_id


@dataclass(frozen=True, slots=True)
class _Job:
    frame: Frame
    vehicle: TrackedBox
    watch: _Watch

    @property
    def key(self) -> _Key:
        return self.watch.key(self.vehicle.track_id)


@dataclass(frozen=True, slots=True)
class _Look:
    """A read, and the vehicle in whose box it was made."""

    read: PlateRead
    vehicle: PixelBox

    @property
    def place(self) -> PlateOnVehicle:
        return PlateOnVehicle(self.read.box, self.vehicle)


def _tell_nobody(_sighting: PlateSighting) -> None:
    return None


class PlateDesk:
    """Chooses vehicles by `PlatePolicy`, reads them in turn, and votes.

    Plates are read in the full-size picture. A full queue refuses the read, and so does
    a picture that is lost; it is tried again in a later frame, and `skipped` counts
    those. `lossless` waits instead of refusing.
    """

    def __init__(
        self,
        open_reader: Callable[[], PlateReader | None],
        *,
        lossless: bool = False,
        pulse: Pulse | None = None,
        tell: Callable[[PlateSighting], None] = _tell_nobody,
    ) -> None:
        """Start the thread, which opens the reader; `pulse` is its sign of life.

        `tell` is called once for each vehicle whose plate was read, and must not block.
        """
        self._pulse = pulse or Pulse(SystemClock())
        self._open_reader = open_reader
        self._lossless = lossless
        self._queue: queue.Queue[_Job | None] = queue.Queue(_QUEUE_LENGTH)
        self._lock = threading.Lock()
        self._watches: dict[CameraId, _Watch] = {}
        self._watch_count = 0
        self._looks: OrderedDict[_Key, list[_Look]] = OrderedDict()
        self._votes: dict[_Key, PlateReading] = {}
        self._sightings = PlateSightings[_Key](tell)
        self._reader: PlateReader | None = None
        self._skipped = 0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="plates", daemon=True)
        self._thread.start()

    @property
    def skipped(self) -> int:
        """Reads refused: the queue was full, or the picture lost."""
        with self._lock:
            return self._skipped

    @property
    def waiting(self) -> int:
        """Reads that are queued, about."""
        return self._queue.qsize()

    def offer(self, frame: Frame, tracks: Tracks) -> None:
        """Queue the reads of this frame that the policy wants."""
        if self._closed.is_set():
            return
        stream_ns = frame.time.stream_ns
        with self._lock:
            watch = self._watch(frame.camera_id)
            self._sightings.gone(self._left(watch, tracks))
            chosen = watch.policy.choose(
                tracks,
                stream_ns,
                frame.width_px,
                frame.height_px,
                under_way=lambda track: self._sightings.under_way(watch.key(track)),
            )
        for vehicle in chosen:
            if self._enqueue(_Job(frame, vehicle, watch)):
                with self._lock:
                    watch.policy.begun(vehicle, stream_ns)

    def flag(self, camera_id: CameraId, track_id: TrackId) -> None:
        """Read a vehicle with a finding before all others."""
        with self._lock:
            self._watch(camera_id).policy.flag(track_id)

    def texts(self, camera_id: CameraId, tracks: Tracks) -> dict[TrackId, str]:
        """Return the plates of `tracks` as far as they are known, for the overlay."""
        with self._lock:
            watch = self._watch(camera_id)
            readings = {
                box.track_id: self._votes.get(watch.key(box.track_id)) for box in tracks
            }
        return {
            track_id: reading.text
            for track_id, reading in readings.items()
            if reading is not None and reading.text
        }

    def vote_on(
        self, camera_id: CameraId, track_id: TrackId
    ) -> Callable[[], PlateReading]:
        """Return what gives the vote over all reads of a track by then.

        It means the vehicle that has this identity now, also when the camera has
        begun anew by then and gives the identity to another one.
        """
        with self._lock:
            return partial(self._vote_of, self._watch(camera_id).key(track_id))

    def forget(self, camera_id: CameraId) -> None:
        """Note that a camera is removed or begins anew: its tracks are others then."""
        with self._lock:
            watch = self._watches.pop(camera_id, None)
            if watch is not None:
                self._sightings.gone(self._left(watch, ()))

    def drain(self) -> None:
        """Wait until every queued read is done."""
        self._queue.join()

    def close(self, timeout_s: float = 1.0) -> None:
        """Stop after the read that is under way."""
        self._closed.set()
        with self._lock:
            self._watches.clear()
        self._discard_queue()
        self._queue.put(None)
        self._thread.join(timeout_s)
        with self._lock:
            self._sightings.all_gone()

    def _watch(self, camera_id: CameraId) -> _Watch:
        """Return the watch that is under way; the lock must be held."""
        watch = self._watches.get(camera_id)
        if watch is None:
            self._watch_count += 1
            watch = self._watches[camera_id] = _Watch(self._watch_count)
        return watch

    def _left(self, watch: _Watch, seen: Iterable[TrackedBox]) -> list[_Key]:
        """Return the vehicles of a watch that are not among those seen."""
        still = {watch.key(box.track_id) for box in seen}
        return [
            key
            for key in self._sightings
            if key[0] == watch.number and key not in still
        ]

    def _vote_of(self, key: _Key) -> PlateReading:
        with self._lock:
            return self._votes.get(key, PlateReading.unread())

    def _discard_queue(self) -> None:
        while True:
            try:
                self._queue.get_nowait()
            except queue.Empty:
                return
            self._queue.task_done()

    def _enqueue(self, job: _Job) -> bool:
        # Before it is queued: the thread may be done with it before we go on.
        with self._lock:
            self._sightings.begun(job.key)
        try:
            self._queue.put(job, block=self._lossless)
        except queue.Full:
            self._note_skipped()
            self._note_ended(job)
            return False
        return True

    def _note_ended(self, job: _Job) -> None:
        with self._lock:
            self._sightings.ended(job.key)

    def _note_skipped(self) -> None:
        with self._lock:
            self._skipped += 1

    def _run(self) -> None:
        self._reader = self._opened()
        while True:
            job = self._queue.get()
            try:
                if job is None:
                    return
                try:
                    with self._pulse.working():
                        self._read(job)
                finally:
                    self._note_ended(job)
            except Exception:  # noqa: BLE001 - a bug in one read stops no other
                _log.exception("reading a plate failed")
            finally:
                # A thread at rest must not keep a picture, and its session's packets.
                del job
                self._queue.task_done()

    def _opened(self) -> PlateReader | None:
        try:
            return self._open_reader()
        except Exception:  # noqa: BLE001 - infractions are kept without plates
            _log.exception("the plate reader cannot be opened; plates stay unread")
            return None

    def _read(self, job: _Job) -> None:
        if self._reader is None:
            return
        image = job.frame.full_size()
        if image is None:
            self._note_skipped()
            return
        read = self._reader.read(image, job.vehicle.box)
        if read is None:
            return
        key = job.key
        with self._lock:
            looks = [*self._looks.get(key, []), _Look(read, job.vehicle.box)]
        own = own_plates([look.place for look in looks])
        vote = self._reader.vote(
            [look.read for look, is_own in zip(looks, own, strict=True) if is_own]
        )
        with self._lock:
            self._keep(key, looks, vote)
            if own[-1]:
                job.watch.policy.read(job.vehicle.track_id, read.text)
            settled = job.watch.policy.settled(job.vehicle.track_id)
            self._sightings.read(key, _sighting(job, vote), settled=settled)

    def _keep(self, key: _Key, looks: list[_Look], vote: PlateReading) -> None:
        self._looks[key] = looks
        self._looks.move_to_end(key)
        self._votes[key] = vote
        while len(self._looks) > _MOST_TRACKS:
            forgotten, _ = self._looks.popitem(last=False)
            self._votes.pop(forgotten, None)


def _sighting(job: _Job, vote: PlateReading) -> PlateSighting:
    return PlateSighting(
        id=PlateReadId(new_uuid()),
        camera_id=job.frame.camera_id,
        track_id=job.vehicle.track_id,
        vehicle_class=job.vehicle.vehicle_class,
        seen=job.frame.time,
        reading=vote,
    )
