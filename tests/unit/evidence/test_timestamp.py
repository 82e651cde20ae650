"""A time-stamp is believed only when all of it holds."""

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from app.config.timestamping import TimestampSettings
from app.domain.errors import ConfigurationInvalid
from app.domain.ids import Sha256
from app.domain.seal import StampState
from app.evidence.timestamp import (
    MOST_BYTES,
    StampTrust,
    TimestampAuthority,
    TimestampRefused,
    TimestampUnavailable,
    look_at_stamps,
)
from tests.builders.tsa import Answer, Authority, make_authority, served

_SEAL = b'{"a":"seal"}\n'
_SHA256 = Sha256(hashlib.sha256(_SEAL).hexdigest())
_OTHER = Sha256(hashlib.sha256(b"another seal").hexdigest())
_REPLY = "application/timestamp-reply"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    folder = tmp_path_factory.mktemp("tsa") / "authority"
    with served(make_authority(folder)) as authority:
        yield authority


@pytest.fixture(scope="module")
def response(running: Authority) -> bytes:
    """Return one sound time-stamp of the seal."""
    return _client(running).stamp(_SEAL, _SHA256)


@pytest.fixture
def tsa(running: Authority) -> Iterator[Authority]:
    running.answer = None
    yield running
    running.answer = None


@pytest.fixture(scope="module")
def trust(running: Authority) -> StampTrust:
    return StampTrust.of_file(running.ca_file)


def _client(authority: Authority, ca_file: Path | None = None) -> TimestampAuthority:
    return TimestampAuthority(
        TimestampSettings(
            url=authority.url,
            ca_file=str(ca_file or authority.ca_file),
            timeout_s=5.0,
        )
    )


def _query(data: bytes, algorithm: HashAlgorithm, *, nonce: bool = True) -> bytes:
    builder = TimestampRequestBuilder().data(data).hash_algorithm(algorithm)
    return builder.nonce(nonce=nonce).build().as_bytes()


def test_a_real_authority_stamps_a_seal(response: bytes, trust: StampTrust) -> None:
    found = trust.verify(response, _SHA256)
    assert (found.state, found.authority) == (StampState.HOLDS, "Test TSA")
    assert found.at is not None
    assert found.at.tzinfo is not None


def test_openssl_believes_it_too(
    response: bytes, running: Authority, tmp_path: Path
) -> None:
    (tmp_path / "seal.json").write_bytes(_SEAL)
    (tmp_path / "stamp.tsr").write_bytes(response)
    command = ["openssl", "ts", "-verify", "-data", "seal.json", "-in", "stamp.tsr"]
    command += ["-CAfile", str(running.ca_file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert b"Verification: OK" in done.stdout + done.stderr


def test_an_old_stamp_is_not_one_of_another_seal(
    response: bytes, trust: StampTrust
) -> None:
    with pytest.raises(TimestampRefused, match="another file"):
        trust.verify(response, _OTHER)


def test_whoever_is_not_trusted_is_not_believed(
    response: bytes, tmp_path: Path
) -> None:
    stranger = make_authority(tmp_path / "stranger")
    with pytest.raises(TimestampRefused, match="not to be believed"):
        StampTrust.of_file(stranger.ca_file).verify(response, _SHA256)


def test_a_certificate_for_other_things_does_not_stamp(
    trust: StampTrust, running: Authority, tmp_path: Path, response: bytes
) -> None:
    """openssl itself refuses to sign with it, so the response is a refusal."""
    other = make_authority(tmp_path / "other", may_stamp=False)
    with pytest.raises(subprocess.CalledProcessError):
        other.reply(_query(_SEAL, HashAlgorithm.SHA256))


def _replayed(tsa: Authority) -> bytes:
    """Return an earlier answer to the same question, with the nonce of then."""
    return tsa.reply(_query(_SEAL, HashAlgorithm.SHA256))


_HOSTILE: dict[str, Callable[[Authority, bytes], Answer]] = {
    "an old nonce": lambda tsa, _: (200, _REPLY, _replayed(tsa)),
    "no nonce": lambda tsa, _: (
        200,
        _REPLY,
        tsa.reply(_query(_SEAL, HashAlgorithm.SHA256, nonce=False)),
    ),
    "another file": lambda tsa, _: (
        200,
        _REPLY,
        tsa.reply(_query(b"another", HashAlgorithm.SHA256)),
    ),
    "another imprint": lambda tsa, _: (
        200,
        _REPLY,
        tsa.reply(_query(_SEAL, HashAlgorithm.SHA512)),
    ),
    "a refusal": lambda tsa, _: (200, _REPLY, tsa.reply(b"no query at all")),
    "nothing": lambda *_: (200, _REPLY, b""),
    "garbage": lambda *_: (200, _REPLY, b"\x30\x82" + b"x" * 500),
    "too much": lambda *_: (200, _REPLY, b"0" * (MOST_BYTES + 1)),
    "a page": lambda tsa, query: (200, "text/html", tsa.reply(query)),
    "elsewhere": lambda *_: (302, _REPLY, b""),
    "not found": lambda *_: (404, _REPLY, b""),
}


@pytest.mark.parametrize("what", _HOSTILE)
def test_a_hostile_answer_is_refused(tsa: Authority, what: str) -> None:
    tsa.answer = lambda query: _HOSTILE[what](tsa, query)
    asked = len(tsa.asked)
    with pytest.raises(TimestampRefused):
        _client(tsa).stamp(_SEAL, _SHA256)
    assert len(tsa.asked) == asked + 1, "a redirect was followed"


def test_an_untrusted_chain_is_refused(tsa: Authority, tmp_path: Path) -> None:
    stranger = make_authority(tmp_path / "stranger")
    with pytest.raises(TimestampRefused):
        _client(tsa, stranger.ca_file).stamp(_SEAL, _SHA256)


def test_an_authority_in_trouble_is_asked_again(tsa: Authority) -> None:
    tsa.answer = lambda _: (503, "text/plain", b"")
    with pytest.raises(TimestampUnavailable):
        _client(tsa).stamp(_SEAL, _SHA256)


def test_nobody_there(running: Authority) -> None:
    nobody = TimestampSettings(
        url="http://127.0.0.1:9", ca_file=str(running.ca_file), timeout_s=1.0
    )
    with pytest.raises(TimestampUnavailable):
        TimestampAuthority(nobody).stamp(_SEAL, _SHA256)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_byte_of_what_was_signed_can_be_another(
    response: bytes, trust: StampTrust, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(response) - 1))
    flip = data.draw(st.integers(1, 255))
    altered = bytearray(response)
    altered[place] ^= flip
    sound = trust.verify(response, _SHA256)
    try:
        found = trust.verify(bytes(altered), _SHA256)
    except TimestampRefused:
        return
    # What is not signed (the status text, a length written otherwise) tells nothing.
    assert (found.at, found.state) == (sound.at, sound.state)


def test_of_several_stamps_one_that_holds_is_enough(
    response: bytes, trust: StampTrust
) -> None:
    def state(*responses: bytes, by: StampTrust | None = trust) -> StampState:
        return look_at_stamps(responses, _SHA256, by, expected=True).state

    assert state(b"junk", response) is StampState.HOLDS
    assert state(b"junk") is StampState.WRONG
    assert state() is StampState.WAITING
    assert look_at_stamps((), _SHA256, trust, expected=False).state is StampState.NONE
    assert state(response, by=None) is StampState.UNCHECKED
    assert state(b"junk", by=None) is StampState.WRONG
    elsewhere = look_at_stamps([response], _OTHER, None, expected=True)
    assert elsewhere.state is StampState.WRONG


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_ca_file_that_is_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationInvalid, match=r"ca\.pem"):
        StampTrust.of_file(path)
