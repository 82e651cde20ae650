"""What may be typed about a camera, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import FoundCamera
from tests.builders.site import camera
from widgets.cameras.entry import (
    CameraEntry,
    EntryFault,
    already_added,
    check,
    check_address,
)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", EntryFault.NO_ADDRESS),
        ("192.168.1.64/stream", EntryFault.BAD_SCHEME),
        ("file:///etc/passwd", EntryFault.BAD_SCHEME),
        ("rtsp:///stream", EntryFault.NO_HOST),
        ("rtsp://camera:70000/stream", EntryFault.BAD_PORT),
        ("rtsp://camera:port/stream", EntryFault.BAD_PORT),
        ("rtsp://[::1/stream", EntryFault.BAD_PORT),
        ("rtsp://10.0.0.5:554/stream1", None),
        ("RTSPS://[fe80::1]:322/a", None),
    ],
)
def test_addresses(url: str, fault: EntryFault | None) -> None:
    assert check_address(CameraEntry(url=url).tidied()) is fault


def test_name_and_user_are_asked_for() -> None:
    url = "rtsp://10.0.0.5/a"
    assert check(CameraEntry(name="  ", url=url).tidied(), ()) is EntryFault.NO_NAME
    lonely = CameraEntry(name="n", url=url, password="x")
    assert check(lonely.tidied(), ()) is EntryFault.NO_USER


def test_an_address_is_used_once_but_by_itself() -> None:
    known = camera()
    entry = CameraEntry(name="other", url=known.url).tidied()
    assert check(entry, (known,)) is EntryFault.ADDRESS_TAKEN
    assert check(entry, (known,), known.id) is None


def test_a_password_in_the_address_leaves_it() -> None:
    entry = CameraEntry(name="n", url="rtsp://adm:s%20cret@10.0.0.5/a").tidied()
    assert entry.url == "rtsp://10.0.0.5/a"
    assert (entry.user, entry.password) == ("adm", "s cret")
    assert "cret" not in repr(entry)


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_typed_is_answered(url: str, name: str) -> None:
    entry = CameraEntry(name=name, url=url).tidied()
    check(entry, ())
    assert "\n" not in entry.name


def test_a_found_device_fills_the_form() -> None:
    found = FoundCamera(
        service="_onvif._tcp.local.", name="Domo", host="fe80::1", port=80, url=None
    )
    assert CameraEntry.of_found(found).url == "rtsp://[fe80::1]/"
    assert not already_added(found, (camera(),))


def test_a_second_stream_must_be_the_same_camera_and_another_address() -> None:
    """The password goes to both."""
    first = "rtsp://10.0.0.5/a"
    faults = {
        "": None,
        "rtsp://10.0.0.5/b": None,
        "rtsp://adm:x@10.0.0.5:8554/b": None,
        "rtsp://10.0.0.6/b": EntryFault.SECOND_ELSEWHERE,
        first: EntryFault.SECOND_IS_FIRST,
        "b": EntryFault.BAD_SCHEME,
        "rtsp://10.0.0.5:x/b": EntryFault.BAD_PORT,
    }
    for address, fault in faults.items():
        entry = CameraEntry(name="n", url=first, sub_url=address).tidied()
        assert check_address(entry) is fault, address
        assert "@" not in entry.sub_url
