"""When a vehicle's plate is told: once, as soon as no further read can change it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from app.domain.plate import PlateSighting

_Key = TypeVar("_Key")
_MOST_TOLD = 2000


@dataclass(slots=True)
class _Vehicle:
    """`under_way` counts the reads that are queued; `newest` is the last vote."""

    under_way: int = 0
    newest: PlateSighting | None = None
    settled: bool = False
    over: bool = False


class PlateSightings(Generic[_Key]):
    """Keeps each vehicle until it is told by `tell`; not thread-safe, never blocks.

    A vehicle is told when its reads agree (`settled`), or when it is gone (`over`) and
    no read of it is under way. What comes after that changes nothing.
    """

    def __init__(self, tell: Callable[[PlateSighting], None]) -> None:
        """Start without vehicles."""
        self._tell = tell
        self._vehicles: dict[_Key, _Vehicle] = {}
        self._told: dict[_Key, None] = {}

    def __len__(self) -> int:
        """Return how many vehicles are not told yet."""
        return len(self._vehicles)

    def begun(self, key: _Key) -> None:
        """Note that a read is queued."""
        if key not in self._told:
            self._vehicles.setdefault(key, _Vehicle()).under_way += 1

    def under_way(self, key: _Key) -> int:
        """Return how many reads of a vehicle that is not told yet are queued."""
        vehicle = self._vehicles.get(key)
        return 0 if vehicle is None else vehicle.under_way

    def read(self, key: _Key, sighting: PlateSighting, *, settled: bool) -> None:
        """Take the vote after a read; the first one's identity is kept."""
        vehicle = self._vehicles.get(key)
        if vehicle is None:
            return
        before = vehicle.newest
        vehicle.newest = sighting if before is None else replace(sighting, id=before.id)
        vehicle.settled = settled

    def ended(self, key: _Key) -> None:
        """Note that a read that was queued is done, or given up."""
        vehicle = self._vehicles.get(key)
        if vehicle is not None:
            vehicle.under_way -= 1
            self._look(key, vehicle)

    def gone(self, keys: Collection[_Key]) -> None:
        """Note that these vehicles are not seen any more."""
        for key in keys:
            vehicle = self._vehicles.get(key)
            if vehicle is not None:
                vehicle.over = True
                self._look(key, vehicle)

    def all_gone(self) -> None:
        """Tell of all vehicles as they are: no read is done any more."""
        for vehicle in self._vehicles.values():
            vehicle.under_way = 0
        self.gone(tuple(self._vehicles))

    def __iter__(self) -> Iterator[_Key]:
        """Iterate over the vehicles that are not told yet."""
        return iter(tuple(self._vehicles))

    def _look(self, key: _Key, vehicle: _Vehicle) -> None:
        if not vehicle.settled and (not vehicle.over or vehicle.under_way > 0):
            return
        del self._vehicles[key]
        self._told[key] = None
        if len(self._told) > _MOST_TOLD:
            del self._told[next(iter(self._told))]
        if vehicle.newest is not None:
            self._tell(vehicle.newest)
