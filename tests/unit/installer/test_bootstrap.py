"""The way from a bare machine to a running product, without touching this one."""

import subprocess
import sys
from pathlib import Path

import pytest

from installer import bootstrap


def test_it_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys, installer.bootstrap\n"
        "extra = {n.split('.')[0] for n in sys.modules} - sys.stdlib_module_names\n"
        "print(sorted(extra - {'installer', '__main__', 'sitecustomize'}))"
    )
    shown = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=bootstrap.PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert shown.stdout.strip() == "[]"


def test_missing_libraries_are_named_with_the_command_to_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap, "missing_system_packages", lambda: ["libegl1"])
    monkeypatch.setattr(bootstrap, "privilege", lambda: None)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(bootstrap.SetupFailed, match=r"apt-get install .*libegl1"):
        bootstrap.install_system_packages()


def test_an_old_python_is_refused_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap, "MINIMUM_PYTHON", (99, 0))
    with pytest.raises(bootstrap.SetupFailed, match=r"99\.0 or newer"):
        bootstrap.require_python()


def test_every_requirement_has_a_tested_release() -> None:
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in bootstrap.CONSTRAINTS.read_text().splitlines()
        if "==" in line
    }
    for requirement in bootstrap.requirements():
        name = requirement.split(";")[0].split("[")[0]
        for mark in "<>=!~ ":
            name = name.split(mark)[0]
        assert name.lower().replace("_", "-") in pinned, requirement


def test_a_full_disk_stops_before_the_download(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "none")
    monkeypatch.setattr(bootstrap, "NEEDED_DISK_BYTES", 1 << 62)
    with pytest.raises(bootstrap.SetupFailed, match="free disk"):
        bootstrap.install_packages()


def test_the_fingerprint_changes_with_what_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = bootstrap.fingerprint()
    other = tmp_path / "constraints.txt"
    other.write_text("numpy==1.0\n")
    monkeypatch.setattr(bootstrap, "CONSTRAINTS", other)
    assert bootstrap.fingerprint() != before
