"""What the work at hand belongs to, so that every line of the log can say it.

The identity is that of the infraction; before there is one, it is the picture's,
`camera/sequence`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_correlation: ContextVar[str] = ContextVar("correlation", default="")
_camera: ContextVar[str] = ContextVar("camera", default="")


@contextmanager
def tracing(correlation: str = "", *, camera: str = "") -> Iterator[None]:
    """Say of everything that this thread does in the block what it belongs to.

    What is left empty stays as it is outside.
    """
    tokens = [
        (variable, variable.set(value))
        for variable, value in ((_correlation, correlation), (_camera, camera))
        if value
    ]
    try:
        yield
    finally:
        for variable, token in tokens:
            variable.reset(token)


def correlation() -> str:
    """Return what the work at hand belongs to; empty when nobody said."""
    return _correlation.get()


def traced_camera() -> str:
    """Return the identity of the camera that the work is for; empty if none."""
    return _camera.get()
