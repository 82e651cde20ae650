"""A virtual screen, so that the product runs as it does for a person."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from app.config.paths import PROJECT


@pytest.fixture(scope="session", autouse=True)
def models() -> Iterator[None]:
    """Prepare the models once for all demos of a run."""
    before = os.environ.get("ATALAYA_MODELS")
    os.environ["ATALAYA_MODELS"] = str(PROJECT / "var" / "models")
    yield
    if before is None:
        del os.environ["ATALAYA_MODELS"]
    else:
        os.environ["ATALAYA_MODELS"] = before


@pytest.fixture(scope="session")
def screen(models: None) -> Iterator[dict[str, str]]:
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
