"""What every `SiteStore` promises."""

from dataclasses import replace
from uuid import UUID

import pytest

from app.domain.errors import NotPermitted, StateConflict
from app.domain.ids import CameraId
from tests.builders.site import camera, configuration, installed_camera
from tests.contract.servers import SiteUnderTest


def test_cameras_come_back_by_name(site: SiteUnderTest) -> None:
    store = site.session("teo").site
    second, first = camera("Sur"), camera("Norte")
    store.save_camera(second)
    store.save_camera(first)
    assert store.cameras() == [first, second]


def test_a_camera_is_changed_in_place(site: SiteUnderTest) -> None:
    store = site.session("admin").site
    made = camera()
    store.save_camera(made)
    changed = replace(
        made,
        name="Otra",
        sub_url=made.url + "/small",
        enabled=False,
        credential_ref=None,
    )
    store.save_camera(changed)
    assert store.cameras() == [changed]
    store.save_camera(made)
    assert store.cameras() == [made]


def test_a_retired_camera_is_gone_and_stays_gone(site: SiteUnderTest) -> None:
    store = site.session("teo").site
    made = camera()
    store.save_camera(made)
    store.remove_camera(made.id)
    store.remove_camera(made.id)
    assert store.cameras() == []
    with pytest.raises(StateConflict):
        store.save_camera(made)


def test_a_url_with_a_password_is_refused(site: SiteUnderTest) -> None:
    address = "rtsp://root:pass@10.0.0.9/stream"
    store = site.session("teo").site
    for leaky in (replace(camera(), url=address), replace(camera(), sub_url=address)):
        with pytest.raises(NotPermitted):
            store.save_camera(leaky)
    assert store.cameras() == []


def test_the_highest_version_is_in_force(site: SiteUnderTest) -> None:
    store = site.session("teo").site
    first = installed_camera(store)
    camera_id = CameraId(UUID(first.camera_id))
    second = store.publish_configuration(camera_id, configuration(50), "slower")
    assert (first.version, second.version) == (1, 2)
    assert (second.created_by, second.note) == ("teo", "slower")
    assert store.configuration(camera_id) == second
    assert second.body == configuration(50)


def test_a_new_camera_has_no_configuration(site: SiteUnderTest) -> None:
    store = site.session("teo").site
    made = camera()
    store.save_camera(made)
    assert store.configuration(made.id) is None


def test_a_configuration_needs_a_camera(site: SiteUnderTest) -> None:
    with pytest.raises(KeyError):
        site.session("teo").site.publish_configuration(camera().id, configuration(), "")


@pytest.mark.parametrize("login", ["ana", "sofia", "admin", "aurora"])
def test_only_the_technician_publishes(site: SiteUnderTest, login: str) -> None:
    version = installed_camera(site.session("teo").site)
    camera_id = CameraId(UUID(version.camera_id))
    with pytest.raises(NotPermitted):
        site.session(login).site.publish_configuration(camera_id, version.body, "")
    assert site.session(login).site.configuration(camera_id) == version


@pytest.mark.parametrize("login", ["ana", "sofia", "aurora"])
def test_who_may_not_manage_cameras(site: SiteUnderTest, login: str) -> None:
    made = camera()
    site.session("teo").site.save_camera(made)
    store = site.session(login).site
    with pytest.raises(NotPermitted):
        store.save_camera(replace(made, name="x"))
    with pytest.raises(NotPermitted):
        store.remove_camera(made.id)
    assert store.cameras() == [made]
