"""A site file is taken in each of its forms, and a wrong one is told by its field."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.config.paths import RESOURCES
from app.config.site_file import (
    SiteCamera,
    choose_camera,
    load_site_file,
    save_site_file,
)
from app.domain.errors import ConfigurationInvalid
from tests.builders import recordings

SHEET = RESOURCES / "simulator" / "avenue-speed.camera.json"
Write = Callable[[object], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_one(document: object) -> Path:
        path = tmp_path / "site.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write_one


def sheet(name: str = "norte") -> dict[str, Any]:
    body = recordings.camera().configuration
    assert body is not None
    return {
        "name": name,
        "location": "Lince",
        "configuration": body.model_dump(mode="json"),
    }


def test_the_sheet_of_a_bundled_camera_is_one() -> None:
    (camera,) = load_site_file(SHEET)
    assert camera.name == "Javier Prado 45 · velocidad"
    assert camera.in_force.body.stretch is not None


def test_a_body_alone_is_named_after_its_file(write: Write) -> None:
    (camera,) = load_site_file(write(sheet()["configuration"]))
    assert camera.name == "site"


def test_a_site_has_several(write: Write) -> None:
    cameras = load_site_file(write({"cameras": [sheet("norte"), sheet("sur")]}))
    assert choose_camera(cameras, "sur").name == "sur"
    with pytest.raises(ConfigurationInvalid, match="“norte”, “sur” with --camera"):
        choose_camera(cameras, None)
    with pytest.raises(ConfigurationInvalid, match="no single camera “este”"):
        choose_camera(cameras, "este")


def test_what_an_engine_remembers_is_a_site(write: Write) -> None:
    version = recordings.camera().in_force
    rows = [
        {"camera": {"name": "dark"}, "configuration": None},
        {
            "camera": {"name": "norte", "url": "rtsp://10.0.0.1/"},
            "configuration": version.model_dump(mode="json"),
        },
    ]
    (camera,) = load_site_file(write(rows))
    assert camera.name == "norte"
    assert camera.in_force == version


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "site.json"
    published = SiteCamera(name="sur", version=recordings.camera().in_force)
    cameras = (recordings.camera(), published)
    save_site_file(path, cameras)
    assert load_site_file(path) == cameras


def test_the_same_file_has_the_same_identities() -> None:
    (one,), (other,) = load_site_file(SHEET), load_site_file(SHEET)
    assert one.in_force == other.in_force
    changed = one.model_copy(update={"name": "another"})
    assert changed.in_force.id != one.in_force.id


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [
        (("configuration", "image_width_px"), "wide", "configuration.image_width_px"),
        (("configuration", "stretch", "end_y_m"), None, "stretch.end_y_m"),
        (("configuration", "rules", 0, "limit_kmh"), -5, "rules[0].speeding.limit_kmh"),
        (("configuration", "calibration", "points"), [], "calibration.points"),
        (("name",), "", "name"),
        (("nmae",), "norte", "nmae"),
    ],
)
def test_a_wrong_field_is_named(
    write: Write, place: tuple[str | int, ...], value: object, field: str
) -> None:
    document: Any = sheet()
    inside = document
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    with pytest.raises(ConfigurationInvalid) as caught:
        load_site_file(write(document))
    assert f"{field}: " in str(caught.value)


def test_a_missing_part_is_named(write: Write) -> None:
    with pytest.raises(ConfigurationInvalid, match="either a configuration"):
        load_site_file(write({"name": "norte"}))


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_told(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "site.json"
    path.write_bytes(text)
    with pytest.raises(ConfigurationInvalid, match="not JSON"):
        load_site_file(path)


def test_a_missing_or_endless_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match="cannot be read"):
        load_site_file(tmp_path / "gone.json")
    path = tmp_path / "endless.json"
    path.write_bytes(b" " * (9 << 20))
    with pytest.raises(ConfigurationInvalid, match="too large"):
        load_site_file(path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cameras", "camera", "name", "configuration", "version"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=_JSON)
def test_nothing_but_a_plain_fault_comes_of_any_json(
    write: Write, document: object
) -> None:
    with pytest.raises(ConfigurationInvalid):
        load_site_file(write(document))
