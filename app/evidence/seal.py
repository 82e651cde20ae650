"""The seal of a case: the engine's signature over the manifest, a file beside it.

The manifest names the hash of every other file, and the key that will seal it; the seal
names the hash of the manifest; the case's document in the database names both. Nothing
names what names it. A time-stamp is over the seal and is named by none of them.
"""

import hashlib
import json
import logging
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from app.domain.clock import Clock, require_aware
from app.domain.errors import EnvironmentFault
from app.domain.ids import EngineId, InfractionId, Sha256
from app.domain.infraction import Infraction
from app.domain.seal import EngineKey, Seal
from app.evidence.seal_key import SealKey
from app.evidence.signing import canonical, signed_by
from app.ports import SecretStore

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/json"
_PURPOSE = "atalaya case seal"
_VERSION = 1
_MOST_BYTES = 16 << 10

_Signed = dict[str, str | int | bool]


class SealUnreadable(ValueError):
    """The file is no seal of a known version, or not in its only form."""


class SignatureWrong(ValueError):
    """The file says what nobody signed with the key that it names."""


class Sealer:
    """Signs manifests in the name of this workstation's engine."""

    def __init__(self, key: SealKey, workstation: str, *, time_stamp: bool) -> None:
        """`time_stamp` tells whether one is going to be asked for."""
        self._key = key
        self._workstation = workstation
        self._time_stamp = time_stamp

    @property
    def public(self) -> str:
        """The public key, in hexadecimal."""
        return self._key.public

    @property
    def entry(self) -> EngineKey:
        """What the server is told of the key."""
        return self._key.entry(self._workstation)

    def seal(
        self, infraction: Infraction, manifest_sha256: Sha256, sealed_at: datetime
    ) -> bytes:
        """Return the file; the same in, the same out."""
        made = Seal(
            infraction_id=infraction.id,
            manifest_sha256=manifest_sha256,
            engine_id=infraction.provenance.engine_id,
            station=self._key.station,
            workstation=self._workstation,
            software_version=infraction.provenance.software_version,
            key=self.public,
            sealed_at=sealed_at,
            time_stamp=self._time_stamp,
        )
        fields = _fields(made)
        return _file(fields, self._key.sign(fields))


def open_sealer(
    secrets: SecretStore, clock: Clock, workstation: str, *, time_stamp: bool
) -> Sealer | None:
    """Return what seals here; None, with a warning, where there is no key to be had.

    A case without a seal is still a case; one that is not recorded is none.
    """
    try:
        key = SealKey.of(secrets, clock)
    except EnvironmentFault as fault:
        _log.warning("cases are recorded without a seal: %s", fault)
        return None
    return Sealer(key, workstation, time_stamp=time_stamp)


def read_seal(file: BinaryIO) -> Seal:
    """Read a seal and check its signature.

    Whether its key is to be trusted is the caller's question. Raises SealUnreadable or
    SignatureWrong.
    """
    data = file.read(_MOST_BYTES + 1)
    try:
        fields: dict[str, Any] = json.loads(data)
        signature = fields.pop("signature")
        seal = _restored(fields)
        whole = data == _file(_fields(seal), signature)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SealUnreadable("the seal cannot be read") from None
    if not whole:
        raise SealUnreadable("the seal is not in its only form")
    if not signed_by(seal.key, fields, signature):
        raise SignatureWrong("the seal was not signed with the key that it names")
    return seal


def seal_sha256(data: bytes) -> Sha256:
    """Return the hash that the store, and a time-stamp, know the seal by."""
    return Sha256(hashlib.sha256(data).hexdigest())


def _fields(seal: Seal) -> _Signed:
    require_aware(seal.sealed_at, "sealed_at")
    return {
        "purpose": _PURPOSE,
        "version": _VERSION,
        "case": str(seal.infraction_id),
        "manifest_sha256": seal.manifest_sha256,
        "engine": str(seal.engine_id),
        "station": str(seal.station),
        "workstation": seal.workstation,
        "software": seal.software_version,
        "key": seal.key,
        "time": seal.sealed_at.isoformat(),
        "time_stamp": seal.time_stamp,
    }


def _restored(fields: dict[str, Any]) -> Seal:
    if not isinstance(fields["time_stamp"], bool):
        raise TypeError("time_stamp is true or false")
    return Seal(
        infraction_id=InfractionId(UUID(fields["case"])),
        manifest_sha256=Sha256(fields["manifest_sha256"]),
        engine_id=EngineId(UUID(fields["engine"])),
        station=UUID(fields["station"]),
        workstation=fields["workstation"],
        software_version=fields["software"],
        key=fields["key"],
        sealed_at=datetime.fromisoformat(fields["time"]),
        time_stamp=fields["time_stamp"],
    )


def _file(fields: _Signed, signature: str) -> bytes:
    return canonical(fields | {"signature": signature}) + b"\n"
