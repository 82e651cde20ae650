"""Where this workstation keeps evidence: one validated file in its folder.

Without the file evidence lies in the workstation's own folder, encrypted, with the
master key in its secret store. No secret is ever in the file.
"""

import ipaddress
import json
import re
import shlex
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.config.paths import Paths
from app.config.private_file import write_private
from app.domain.errors import ConfigurationInvalid

_NAME = "evidence.json"
_MOST_BYTES = 1 << 16
_BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"


class EvidenceSetting(BaseModel):
    """`place`: "own" folder, a "share" at `path`, or "s3" (`endpoint`, `bucket`).

    A share is known again by `share_id`, which is also a file in it. `key_file` holds
    the master keys where the secret store shall not: in clear, or as `wrap_command`
    wrapped and `unwrap_command` opens them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    place: Literal["own", "share", "s3"] = "own"
    path: str = ""
    share_id: str = Field(default="", pattern=r"^([0-9a-f-]{36})?$")
    endpoint: str = ""
    bucket: str = ""
    prefix: str = Field(default="", pattern=r"^([\w.-]+(/[\w.-]+)*)?$")
    region: str = Field(default="us-east-1", pattern=r"^[\w-]{1,40}$")
    certificate: str = ""
    encrypted: bool = True
    key_file: str = ""
    wrap_command: str = Field(default="", max_length=2000)
    unwrap_command: str = Field(default="", max_length=2000)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.place == "share" and not Path(self.path).is_absolute():
            raise ValueError("a share needs an absolute path")
        if self.place == "s3":
            _check_bucket(self.bucket)
            _check_endpoint(self.endpoint, encrypted=self.encrypted)
        if self.key_file and not Path(self.key_file).is_absolute():
            raise ValueError("the key file needs an absolute path")
        if self.wrap_command or self.unwrap_command:
            _check_command(self.wrap_command)
            _check_command(self.unwrap_command)
            if not self.key_file:
                raise ValueError("commands for keys need a key file")
        return self

    def described(self) -> str:
        """Return one line for people."""
        where = {
            "own": "this computer's own folder",
            "share": f"the share {self.path}",
            "s3": f"the bucket {self.bucket} at {self.endpoint}",
        }[self.place]
        keys = self.key_file or "the secret store"
        if self.unwrap_command:
            keys += f", opened by {shlex.split(self.unwrap_command)[0]}"
        return f"{where}, " + (
            f"encrypted, master keys in {keys}" if self.encrypted else "NOT encrypted"
        )


def load_evidence_setting(paths: Paths) -> EvidenceSetting:
    """Return what was set; raises ConfigurationInvalid with the reason."""
    file = paths.root / _NAME
    try:
        with file.open("rb") as opened:
            text = opened.read(_MOST_BYTES)
        return EvidenceSetting.model_validate_json(text)
    except FileNotFoundError:
        return EvidenceSetting()
    except (OSError, ValidationError) as error:
        raise ConfigurationInvalid(
            f"The evidence setting {file} cannot be used ({_reason(error)}). "
            "Set it again: python main.py evidence set."
        ) from None


def save_evidence_setting(paths: Paths, setting: EvidenceSetting) -> None:
    """Keep a setting; it holds from the next start on."""
    paths.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    values = setting.model_dump(mode="json")
    # The release before knows no commands, and takes no field that it does not know.
    kept = {
        name: value
        for name, value in values.items()
        if value or not name.endswith("wrap_command")
    }
    document = json.dumps(kept, indent=1)
    write_private(paths.root / _NAME, document.encode() + b"\n")


def evidence_setting(**values: object) -> EvidenceSetting:
    """Return a setting of these values; raises ConfigurationInvalid."""
    try:
        return EvidenceSetting.model_validate(values)
    except ValidationError as error:
        raise ConfigurationInvalid(
            f"Evidence cannot be kept there: {_reason(error)}. Mend it and try again."
        ) from None


def _check_command(command: str) -> None:
    # Another program of the same name must not be found ahead of it.
    words = shlex.split(command)
    if not words or not Path(words[0]).is_absolute():
        raise ValueError("both commands for keys are programs with an absolute path")


def _check_bucket(bucket: str) -> None:

    if not re.fullmatch(_BUCKET, bucket):
        raise ValueError("a bucket's name has 3 to 63 letters, digits, dots, hyphens")


def _check_endpoint(endpoint: str, *, encrypted: bool) -> None:
    address = urlsplit(endpoint)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError("the endpoint must be like https://server:port")
    if address.username or address.password or address.query or address.fragment:
        raise ValueError("the endpoint holds an address alone, no login")
    if address.scheme == "http" and not encrypted and not _loopback(address.hostname):
        raise ValueError("over http only encrypted evidence may travel; use https")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        return f"{where}: {first['msg']}" if where else str(first["msg"])
    return getattr(error, "strerror", None) or "unreadable"
