"""Settings of time-stamps are right, absent, or refused with the reason."""

from pathlib import Path

import pytest

from app.config.timestamping import load_timestamping
from app.domain.errors import ConfigurationInvalid


def _write(root: Path, text: str) -> Path:
    (root / "timestamp.toml").write_text(text, encoding="utf-8")
    return root


def test_none_are_none(tmp_path: Path) -> None:
    assert load_timestamping(tmp_path) is None


def test_an_authority_and_its_ca(tmp_path: Path) -> None:
    _write(tmp_path, 'url = "https://tsa.example:8443/tsr?x=1"\nca_file = "ca.pem"')
    found = load_timestamping(tmp_path)
    assert found is not None
    assert found.ca_file == str(tmp_path / "ca.pem")
    assert found.timeout_s == 10.0
    _write(tmp_path, 'url = "http://tsa.example"\nca_file = "/etc/ca.pem"')
    found = load_timestamping(tmp_path)
    assert found is not None
    assert found.ca_file == "/etc/ca.pem"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('ca_file = "ca.pem"', "url"),
        ('url = "http://tsa.example"', "ca_file"),
        ('url = "ftp://tsa.example"\nca_file = "ca.pem"', "http://"),
        ('url = "file:///etc/passwd"\nca_file = "ca.pem"', "http://"),
        ('url = "http://"\nca_file = "ca.pem"', "http://"),
        ('url = "http://me:secret@tsa.example"\nca_file = "ca.pem"', "no password"),
        ('url = "http://tsa.example:99999"\nca_file = "ca.pem"', "url"),
        ('url = "http://tsa.example/\\r\\nX: y"\nca_file = "ca.pem"', "characters"),
        (
            'url = "http://tsa.example"\nca_file = "ca.pem"\ntimeout_s = 0.1',
            "timeout_s",
        ),
        ('url = "http://tsa.example"\nca_file = "ca.pem"\nproxy = "x"', "proxy"),
        ("url = ", "cannot be read"),
        ("\udc80", "cannot be read"),
    ],
)
def test_wrong_ones_are_refused_with_the_reason(
    tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "timestamp.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigurationInvalid, match=r"timestamp\.toml") as caught:
        load_timestamping(tmp_path)
    assert why in str(caught.value)
    assert "secret" not in str(caught.value)
