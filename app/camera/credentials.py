"""User and password of a camera: joined to the URL in memory, never shown."""

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit, urlunsplit

_USERINFO = re.compile(r"(\w[\w+.-]*://)\S*@")
_NAMED_SECRET = re.compile(
    r"(?i)\b((?:pass(?:word|wd)?|pwd|user(?:name)?|usr|token|auth|secret|key)"
    r"\s*[=:]\s*)([^&\s\"',;]+)"
)
_HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a camera asks for; the password is left out of every `repr`."""

    user: str
    password: str = field(repr=False)


def with_credentials(url: str, credentials: Credentials | None) -> str:
    """Return `url` with user and password in it, for libav's eyes only."""
    if credentials is None:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = quote(credentials.user, safe="")
    password = quote(credentials.password, safe="")
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{host}"))


def split_credentials(url: str) -> tuple[str, Credentials | None]:
    """Return `url` without user and password, and those, None when it has none."""
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None
    user, _, password = userinfo.partition(":")
    bare = urlunsplit(parts._replace(netloc=host))
    return bare, Credentials(unquote(user), unquote(password))


def scrub(text: str) -> str:
    """Return `text` without the user, password and token of any URL in it.

    Rather too much is hidden than too little: everything between the scheme and the
    last `@` of a word goes.
    """
    return _NAMED_SECRET.sub(rf"\1{_HIDDEN}", _USERINFO.sub(rf"\1{_HIDDEN}@", text))
