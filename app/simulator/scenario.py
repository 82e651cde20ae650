"""The bundled cameras: what each sees, how it is set up, and where its files are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.config.camera import CameraConfiguration
from app.config.paths import RESOURCES
from app.simulator import configure, sites
from app.simulator.furniture import SignalHead
from app.simulator.lighting import NIGHT, OVERCAST, SUNNY, Lighting
from app.simulator.pinhole import PinholeCamera
from app.simulator.schedule import World, avenue_world, junction_world
from app.simulator.sites import LanePath
from app.simulator.street import StreetPlan
from app.simulator.truth import Truth

CLIPS = RESOURCES / "simulator"

_JUNCTION_SEED = 12
_AVENUE_SEED = 45
_SERVICE_SEED = 46
_NIGHT_SEED = 55

End = Literal["front", "rear"]


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """A scene with its traffic, as one camera sees it.

    `end` is the end of the vehicles that faces the camera, and so the one whose
    crossing counts. `enforced` are the lanes in which offences count.
    """

    key: str
    name: str
    location: str
    camera: PinholeCamera
    street: StreetPlan
    lighting: Lighting
    heads: tuple[SignalHead, ...]
    world: World
    enforced: tuple[LanePath, ...]
    end: End
    configuration: CameraConfiguration
    stretch_m: tuple[float, float] | None = None
    stop_y_m: float | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCamera:
    """A bundled camera, read from the resources."""

    key: str
    name: str
    location: str
    clip: Path
    truth: Truth
    configuration: CameraConfiguration


class CameraSheet(BaseModel):
    """The file that ships beside a clip: what a technician would have entered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    location: str
    configuration: CameraConfiguration


@lru_cache(maxsize=2)
def _junction(seed: int) -> World:
    return junction_world(seed)


def junction_front(seed: int = _JUNCTION_SEED) -> Scenario:
    """The junction from ahead: fronts, and the lamps of the opposite direction."""
    camera = sites.junction_front()
    heads = sites.junction_heads()
    return Scenario(
        key="junction-front",
        name="Arequipa 12 · frontal",
        location="Av. Arequipa cuadra 12, cruce con Jr. Los Tilos, Lince",
        camera=camera,
        street=sites.junction_street(),
        lighting=SUNNY,
        heads=heads,
        world=_junction(seed),
        enforced=sites.JUNCTION_MAIN,
        end="front",
        configuration=configure.for_red_light(
            camera, sites.JUNCTION_MAIN, sites.JUNCTION_STOP_Y_M, heads[1], (-18.0, 5.0)
        ),
        stop_y_m=sites.JUNCTION_STOP_Y_M,
        seed=seed,
    )


def junction_rear(seed: int = _JUNCTION_SEED) -> Scenario:
    """The same junction at the same time from behind: rears, and facing lamps."""
    camera = sites.junction_rear()
    heads = sites.junction_heads()
    return Scenario(
        key="junction-rear",
        name="Arequipa 12 · posterior",
        location="Av. Arequipa cuadra 12, cruce con Jr. Los Tilos, Lince",
        camera=camera,
        street=sites.junction_street(),
        lighting=SUNNY,
        heads=heads,
        world=_junction(seed),
        enforced=sites.JUNCTION_MAIN,
        end="rear",
        configuration=configure.for_red_light(
            camera, sites.JUNCTION_MAIN, sites.JUNCTION_STOP_Y_M, heads[0], (-8.0, 18.0)
        ),
        stop_y_m=sites.JUNCTION_STOP_Y_M,
        seed=seed,
    )


def avenue_speed(seed: int = _AVENUE_SEED) -> Scenario:
    """Three lanes of an avenue, coming towards the camera."""
    return _avenue(
        "avenue-speed",
        "Javier Prado 45 · velocidad",
        "Av. Javier Prado Este cuadra 45, Santiago de Surco",
        OVERCAST,
        seed,
    )


def avenue_night(seed: int = _NIGHT_SEED) -> Scenario:
    """The avenue at night."""
    return _avenue(
        "avenue-night",
        "Brasil 23 · noche",
        "Av. Brasil cuadra 23, Jesús María",
        NIGHT,
        seed,
    )


def _avenue(
    key: str, name: str, location: str, lighting: Lighting, seed: int
) -> Scenario:
    camera = sites.avenue_speed()
    lanes, stretch = sites.AVENUE_LANES, sites.AVENUE_STRETCH_M
    return Scenario(
        key=key,
        name=name,
        location=location,
        camera=camera,
        street=sites.avenue_street(),
        lighting=lighting,
        heads=(),
        world=avenue_world(seed, lanes, stretch),
        enforced=lanes,
        end="front",
        configuration=configure.for_speeding(camera, lanes, stretch),
        stretch_m=stretch,
        seed=seed,
    )


def avenue_plate(seed: int = _SERVICE_SEED) -> Scenario:
    """A tele view of the service road, close enough to read every plate."""
    camera = sites.avenue_plate()
    lanes, stretch = sites.SERVICE_LANES, sites.SERVICE_STRETCH_M
    return Scenario(
        key="avenue-plate",
        name="Javier Prado 46 · placas",
        location="Av. Javier Prado Este cuadra 46, vía auxiliar, Santiago de Surco",
        camera=camera,
        street=sites.service_street(),
        lighting=SUNNY,
        heads=(),
        world=avenue_world(seed, lanes, stretch),
        enforced=lanes,
        end="front",
        configuration=configure.for_speeding(camera, lanes, stretch),
        stretch_m=stretch,
        seed=seed,
    )


SCENARIOS: dict[str, Callable[[], Scenario]] = {
    "junction-front": junction_front,
    "junction-rear": junction_rear,
    "avenue-speed": avenue_speed,
    "avenue-plate": avenue_plate,
    "avenue-night": avenue_night,
}
"""How to make each bundled camera's scene, by key."""


def load_bundled(folder: Path = CLIPS) -> tuple[SimulatedCamera, ...]:
    """Return the bundled cameras whose three files are there, in a fixed order."""
    return tuple(
        load_camera(key, folder)
        for key in SCENARIOS
        if (folder / f"{key}.mp4").is_file()
    )


def load_camera(key: str, folder: Path = CLIPS) -> SimulatedCamera:
    """Return one bundled camera; FileNotFoundError or ValueError when it is damaged."""
    sheet = CameraSheet.model_validate_json(
        (folder / f"{key}.camera.json").read_bytes()
    )
    return SimulatedCamera(
        key=key,
        name=sheet.name,
        location=sheet.location,
        clip=folder / f"{key}.mp4",
        truth=Truth.load(folder / f"{key}.truth.json"),
        configuration=sheet.configuration,
    )
