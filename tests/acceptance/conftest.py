"""A virtual screen, so that the product runs as it does for a person."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from app.config.paths import PROJECT


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """Let all demos of a run share what is made once: models and small streams."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("models", "simulator"):
            environment.setenv(f"ATALAYA_{name.upper()}", str(PROJECT / "var" / name))
        yield


@pytest.fixture(scope="session")
def screen(made_once: None) -> Iterator[dict[str, str]]:
    """Start Xvfb; yield the environment that makes Qt use it."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed (Debian and Ubuntu: apt-get install xvfb)")
    read_end, write_end = os.pipe()
    size = ["-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), *size],
        pass_fds=(write_end,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as told:
        display = told.readline().strip()
    try:
        yield {**os.environ, "DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait(10)
