"""A seal is one form of bytes, and believed only as it was signed."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config.secret_store import FileSecretStore
from app.domain.errors import EnvironmentFault
from app.domain.ids import EngineId, InfractionId, Sha256
from app.domain.seal import Seal
from app.evidence.seal import (
    Sealer,
    SealUnreadable,
    SignatureWrong,
    open_sealer,
    read_seal,
)
from app.evidence.seal_key import KEY_SECRET, SealKey, entries_before, handed_over
from app.evidence.signing import SigningKey, canonical, fingerprint, signed_by
from tests.builders.infractions import PROVENANCE, speeding
from tests.fakes.manual_clock import ManualClock
from tests.fakes.secrets import MemorySecrets

_MANIFEST = Sha256("0a" * 32)
_AT = datetime(2026, 3, 14, 15, 10, tzinfo=UTC)
_ANOTHER_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
"""A public key of RFC 8032, section 7.1."""
_KEY = SealKey.of(MemorySecrets(), ManualClock())
_FIELDS = st.dictionaries(
    st.text(max_size=12), st.text(max_size=20) | st.integers() | st.booleans()
)


def _seal(key: SealKey = _KEY, **changes: Any) -> bytes:
    sealer = Sealer(key, changes.pop("workstation", "desk"), time_stamp=False)
    infraction = speeding(**changes)
    return sealer.seal(infraction, _MANIFEST, _AT)


def _resigned(data: bytes, **changes: object) -> bytes:
    """Return the seal with other fields, signed anew as its key's owner could."""
    fields = json.loads(data)
    del fields["signature"]
    fields |= changes
    return canonical(fields | {"signature": _KEY.sign(fields)}) + b"\n"


@given(_FIELDS)
def test_the_same_fields_are_the_same_bytes(fields: dict[str, Any]) -> None:
    turned = dict(reversed(fields.items()))
    assert canonical(turned) == canonical(fields)
    assert json.loads(canonical(fields)) == fields
    assert canonical(json.loads(canonical(fields))) == canonical(fields)
    assert canonical(fields).isascii()


@given(_FIELDS, _FIELDS)
def test_a_signature_is_of_these_fields_alone(
    fields: dict[str, Any], others: dict[str, Any]
) -> None:
    signature = _KEY.sign(fields)
    assert signed_by(_KEY.public, fields, signature)
    same = json.dumps(fields, sort_keys=True) == json.dumps(others, sort_keys=True)
    assert signed_by(_KEY.public, others, signature) == same


@given(
    st.uuids(),
    st.uuids(),
    st.text(max_size=50),
    st.datetimes(timezones=st.just(timezone(timedelta(hours=-5)))),
    st.booleans(),
)
def test_a_seal_comes_back_as_it_was_made(
    case: UUID, engine: UUID, workstation: str, at: datetime, stamped: bool
) -> None:
    made = replace(PROVENANCE, engine_id=EngineId(engine))
    infraction = speeding(id=InfractionId(case), provenance=made)
    sealer = Sealer(_KEY, workstation, time_stamp=stamped)
    data = sealer.seal(infraction, _MANIFEST, at)
    assert read_seal(io.BytesIO(data)) == Seal(
        infraction_id=InfractionId(case),
        manifest_sha256=_MANIFEST,
        engine_id=EngineId(engine),
        station=_KEY.station,
        workstation=workstation,
        software_version="0.1.0",
        key=_KEY.public,
        sealed_at=at,
        time_stamp=stamped,
    )
    assert sealer.seal(infraction, _MANIFEST, at) == data


@given(st.data())
def test_no_byte_can_be_another(data: st.DataObject) -> None:
    whole = _seal()
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda b: b != whole[place]))
    altered = whole[:place] + bytes([other]) + whole[place + 1 :]
    with pytest.raises((SealUnreadable, SignatureWrong)):
        read_seal(io.BytesIO(altered))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("case", "01980000-0000-7000-8000-0000000000ff"),
        ("manifest_sha256", "0b" * 32),
        ("engine", "01980000-0000-7000-8000-0000000000ff"),
        ("station", "01980000-0000-7000-8000-0000000000ff"),
        ("workstation", "other"),
        ("software", "9.9.9"),
        ("key", _ANOTHER_KEY),
        ("time", "2026-03-14T15:11:00+00:00"),
        ("time_stamp", True),
    ],
)
def test_no_field_can_be_another(field: str, value: object) -> None:
    fields = json.loads(_seal())
    assert fields[field] != value
    altered = canonical(fields | {field: value}) + b"\n"
    with pytest.raises(SignatureWrong):
        read_seal(io.BytesIO(altered))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: _resigned(data, purpose="atalaya handover of a seal key"),
        lambda data: _resigned(data, version=2),
        lambda data: _resigned(data, extra="field"),
        lambda data: _resigned(data, time="2026-03-14T15:10:00"),
        lambda data: _resigned(data, time_stamp=1),
        lambda data: _resigned(data, case="{01980000-0000-7000-8000-0000000000ff}"),
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: json.dumps(json.loads(data)).encode(),
        lambda data: data[:-2] + b',"key":"' + b"00" * 32 + b'"}\n',
        lambda _: b"",
        lambda _: b"[]\n",
        lambda _: b"[" * 20_000,
        lambda _: b'{"signature":' + b"1" * 5_000 + b"}",
        lambda _: "ñ".encode("latin-1"),
    ],
)
def test_there_is_no_second_form(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(SealUnreadable):
        read_seal(io.BytesIO(change(_seal())))


def test_a_signature_for_another_purpose_is_none() -> None:
    fields = {"purpose": "anything", "key": _KEY.public}
    data = canonical(fields | {"signature": _KEY.sign(fields)}) + b"\n"
    with pytest.raises(SealUnreadable):
        read_seal(io.BytesIO(data))


def test_the_key_is_made_once_and_stays_in_the_store(tmp_path: Path) -> None:
    secrets = FileSecretStore(tmp_path)
    key = SealKey.of(secrets, ManualClock())
    again = SealKey.of(FileSecretStore(tmp_path), ManualClock())
    assert (again.public, again.station) == (key.public, key.station)
    private = json.loads((secrets.get(KEY_SECRET) or ("", "{}"))[1])["private"]
    kept = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert kept
    assert all(private.encode() not in path.read_bytes() for path in kept)
    assert all(bytes.fromhex(private) not in path.read_bytes() for path in kept)


def test_a_changed_key_was_handed_over() -> None:
    secrets, clock = MemorySecrets(), ManualClock()
    old = SealKey.of(secrets, clock)
    clock.advance(timedelta(days=1))
    new = SealKey.rotate(secrets, clock)
    assert SealKey.of(secrets, clock).public == new.public != old.public
    entry = new.entry("desk")
    assert (entry.station, entry.replaces) == (old.station, old.public)
    assert handed_over(entry)
    # The server gives times back in another zone.
    assert handed_over(replace(entry, since=entry.since.astimezone(UTC)))
    assert not handed_over(replace(entry, key=old.public))
    assert not handed_over(replace(entry, since=entry.since + timedelta(seconds=1)))
    assert not handed_over(replace(entry, replaces=new.public))
    assert not handed_over(replace(entry, handover=None))
    assert not handed_over(old.entry("desk"))


def test_former_keys_are_known_as_far_as_they_can_be_read() -> None:
    """A damaged one costs those before it, and never the present one."""
    secrets, clock = MemorySecrets(), ManualClock()
    keys = [SealKey.of(secrets, clock)]
    keys += [SealKey.rotate(secrets, clock) for _ in range(2)]
    told = [key.entry("desk") for key in keys]
    assert entries_before(secrets, told[2]) == told[:2]
    assert entries_before(secrets, told[0]) == []
    assert not any(
        "private" in secret for _, secret in list(secrets.entries.values())[1:]
    )
    secrets.put(f"{KEY_SECRET}-{keys[0].public}", "", "{}")
    assert entries_before(secrets, told[2]) == told[1:2]


@pytest.mark.parametrize("entry", ["", "{}", "[]", '{"private": "zz"}'])
def test_without_a_key_cases_go_on_without_a_seal(
    entry: str, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = MemorySecrets()
    secrets.put(KEY_SECRET, "", entry)
    with pytest.raises(EnvironmentFault, match="secret store"):
        SealKey.of(secrets, ManualClock())
    assert open_sealer(secrets, ManualClock(), "desk", time_stamp=True) is None
    assert "without a seal" in caplog.text


def test_a_fingerprint_is_short_and_of_the_key() -> None:
    found = {fingerprint(SigningKey.generate().public) for _ in range(20)}
    assert len(found) == 20
    assert {len(each) for each in found} == {19}
