"""A password never leaves in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.camera.credentials import (
    Credentials,
    scrub,
    split_credentials,
    with_credentials,
)

SECRET = "canary-Zx9"


@pytest.mark.parametrize(
    "text",
    [
        f"open rtsp://admin:{SECRET}@10.0.0.5:554/main failed",
        f"rtsp://{SECRET}@cam/",
        f"rtsp://admin:p/{SECRET}@cam/main",
        f"http://cam/video?user=admin&password={SECRET}&channel=1",
        f"http://cam/video?token={SECRET}",
        f"password: {SECRET}",
        f"[Errno 111] 'rtsp://u:{SECRET}@host/x'",
    ],
)
def test_scrub_hides_secrets(text: str) -> None:
    assert SECRET not in scrub(text)


@pytest.mark.parametrize(
    "text",
    ["rtsp://10.0.0.5:554/main is silent", "camera 3 sent 25 frames", "2 @ 3 km/h"],
)
def test_scrub_leaves_the_rest(text: str) -> None:
    assert scrub(text) == text


@given(
    user=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1),
    password=st.text(st.characters(codec="utf-8"), min_size=1),
)
def test_credentials_survive_the_url(user: str, password: str) -> None:
    url = with_credentials("rtsp://cam:8554/main?x=1", Credentials(user, password))

    bare, credentials = split_credentials(url)

    assert bare == "rtsp://cam:8554/main?x=1"
    assert credentials == Credentials(user, password)
    assert (
        scrub(f"cannot open {url} now")
        == "cannot open rtsp://***@cam:8554/main?x=1 now"
    )


def test_repr_holds_no_password() -> None:
    assert SECRET not in repr(Credentials("admin", SECRET))
