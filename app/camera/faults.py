"""What libav and the network say, as sentences without secrets."""

from urllib.parse import urlsplit

import av

from app.camera.credentials import scrub
from app.domain.errors import CameraUnreachable

_SENTENCES: tuple[
    tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...
]
_SENTENCES = (
    (
        (av.error.TimeoutError, av.error.ExitError, TimeoutError),
        "{place} does not answer. Check that the camera is on and on the network.",
    ),
    (
        (ConnectionRefusedError, av.error.ConnectionRefusedError),
        "{place} refuses the connection. Check the port of the address.",
    ),
    (
        (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError),
        "{place} refuses the user or the password. Enter them again.",
    ),
    (
        (av.error.HTTPNotFoundError, av.error.FileNotFoundError, FileNotFoundError),
        "There is no video at {place}. Check the path of the address.",
    ),
    (
        (av.error.HTTPServerError, av.error.HTTPTooManyRequestsError),
        "{place} serves no further viewer now. It will be tried again.",
    ),
    (
        (av.error.InvalidDataError, av.error.DemuxerNotFoundError),
        "What {place} sends is not video. Check the address.",
    ),
)
_ELSE = "No video comes from {place}. Check the address and the network."


def place_of(url: str) -> str:
    """Return host and port of a URL, or the path of a file, free of secrets."""
    parts = urlsplit(url)
    return scrub(parts.netloc.rpartition("@")[2] or parts.path or url)


def unreachable(url: str, error: BaseException) -> CameraUnreachable:
    """Return the sentence for `error`; raise it `from None`: libav quotes the URL."""
    for kinds, sentence in _SENTENCES:
        if isinstance(error, kinds):
            return CameraUnreachable(sentence.format(place=place_of(url)))
    return CameraUnreachable(_ELSE.format(place=place_of(url)))
