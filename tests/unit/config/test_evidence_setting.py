"""Where evidence is kept: validated when it is set and when it is read."""

import stat
from pathlib import Path

import pytest

from app.config.evidence_setting import (
    EvidenceSetting,
    evidence_setting,
    load_evidence_setting,
    save_evidence_setting,
)
from app.config.paths import Paths
from app.domain.errors import ConfigurationInvalid

_S3 = {"place": "s3", "endpoint": "https://store.lan:9000", "bucket": "evidence"}


def test_without_a_setting_it_is_the_own_folder_encrypted(tmp_path: Path) -> None:
    found = load_evidence_setting(Paths(tmp_path / "nothing"))
    assert (found.place, found.encrypted, found.key_file) == ("own", True, "")


def test_a_setting_comes_back_and_is_the_user_s_alone(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "home")
    setting = evidence_setting(**_S3, prefix="lima/norte")
    save_evidence_setting(paths, setting)
    assert load_evidence_setting(paths) == setting
    assert stat.S_IMODE((paths.root / "evidence.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"place": "share", "path": "relative"}, "absolute path"),
        ({"place": "share"}, "absolute path"),
        ({"place": "tape"}, "place"),
        ({"place": "own", "password": "x"}, "password"),
        ({**_S3, "bucket": "Not A Bucket"}, "bucket's name"),
        ({**_S3, "endpoint": "store.lan:9000"}, "like https"),
        ({**_S3, "endpoint": "ftp://store.lan"}, "like https"),
        ({**_S3, "endpoint": "https://key:secret@store.lan"}, "no login"),
        ({**_S3, "endpoint": "https://store.lan/?key=x"}, "no login"),
        ({**_S3, "endpoint": "http://store.lan", "encrypted": False}, "use https"),
        ({**_S3, "prefix": "../up/.."}, None),
        ({**_S3, "prefix": "/up"}, "prefix"),
        ({"place": "own", "key_file": "keys.json"}, "absolute path"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, object], said: str | None) -> None:
    """With the reason, and without what was entered as a login."""
    if said is None:
        # Dots are names to S3: nothing goes up.
        assert evidence_setting(**values).prefix == "../up/.."
        return
    with pytest.raises(ConfigurationInvalid) as caught:
        evidence_setting(**values)
    assert said in str(caught.value)
    assert "secret@" not in str(caught.value)


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:1", "http://[::1]:9", "http://localhost"]
)
def test_in_clear_over_http_only_on_this_computer(endpoint: str) -> None:
    evidence_setting(**{**_S3, "endpoint": endpoint, "encrypted": False})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"place": "tape"}', '{"version": 2}'])
def test_a_spoilt_file_is_said_and_never_taken_for_the_default(
    tmp_path: Path, text: str
) -> None:
    """Else evidence would go to the wrong place without a word."""
    (tmp_path / "evidence.json").write_text(text)
    with pytest.raises(ConfigurationInvalid, match="evidence set"):
        load_evidence_setting(Paths(tmp_path))


def test_it_is_described_in_a_line() -> None:
    assert "NOT encrypted" in EvidenceSetting(encrypted=False).described()
    assert "bucket evidence" in evidence_setting(**_S3).described()
