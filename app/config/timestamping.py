"""Whether, where and whom this workstation asks for time-stamps (RFC 3161).

`timestamp.toml` in the folder of all data; no file, no time-stamps.
"""

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.domain.errors import ConfigurationInvalid

FILE_NAME = "timestamp.toml"


class TimestampSettings(BaseModel):
    """An authority, and the CA whose certificates its answers must lead to.

    `ca_file` is PEM, one or more certificates; a relative path is beside the settings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    url: str = Field(max_length=2000)
    ca_file: str = Field(min_length=1, max_length=1000)
    timeout_s: float = Field(default=10.0, ge=1.0, le=60.0)

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address must begin with http:// or https://")
        if parts.username is not None or parts.password is not None:
            raise ValueError("the address must hold no user and no password")
        if parts.port == 0 or not url.isascii() or any(c <= " " for c in url):
            raise ValueError("the address has characters or a port that none has")
        return url


def timestamp_file(root: Path) -> Path:
    """Return where the settings are, if there are any."""
    return root / FILE_NAME


def load_timestamping(root: Path) -> TimestampSettings | None:
    """Read the settings below `root`; None without any.

    Raises ConfigurationInvalid.
    """
    path = timestamp_file(root)
    try:
        settings = TimestampSettings.model_validate(
            tomllib.loads(path.read_text(encoding="utf-8"))
        )
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(each) for each in first["loc"])
        raise _invalid(path, f"{place}: {first['msg']}") from None
    except (OSError, ValueError):
        raise _invalid(path, "it cannot be read") from None
    return settings.model_copy(update={"ca_file": str(root / settings.ca_file)})


def _invalid(path: Path, why: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        f"The settings of time-stamps in {path} cannot be used ({why}). Mend the file."
    )
