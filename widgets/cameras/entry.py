"""What is typed about a camera, checked before it is tried. No Qt."""

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from urllib.parse import urlsplit

from app.camera.credentials import Credentials, split_credentials
from app.camera.sources import same_host
from app.domain.camera import Camera, FoundCamera
from app.domain.ids import CameraId

SCHEMES = ("rtsp", "rtsps", "http", "https")
LONGEST = 120


class EntryFault(Enum):
    """What is wrong with an entry; the words stand in the form."""

    NO_NAME = auto()
    NO_ADDRESS = auto()
    BAD_SCHEME = auto()
    NO_HOST = auto()
    BAD_PORT = auto()
    NO_USER = auto()
    ADDRESS_TAKEN = auto()
    SECOND_ELSEWHERE = auto()
    SECOND_IS_FIRST = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraEntry:
    """The fields of the form. An empty password keeps the one that is stored."""

    name: str = ""
    location: str = ""
    url: str = ""
    sub_url: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of_found(cls, found: FoundCamera) -> "CameraEntry":
        """Return what a device said of itself."""
        host = f"[{found.host}]" if ":" in found.host else found.host
        return cls(
            name=found.name,
            url=found.url or f"rtsp://{host}/",
            sub_url=found.sub_url or "",
        )

    @classmethod
    def of_camera(cls, camera: Camera) -> "CameraEntry":
        """Return what is stored of a camera; its password is never shown."""
        return cls(
            name=camera.name,
            location=camera.location,
            url=camera.url,
            sub_url=camera.sub_url or "",
        )

    def tidied(self) -> "CameraEntry":
        """Return the entry without stray spaces, and with user and password taken out
        of the addresses: there they would be stored and shown in the clear.
        """
        url, inside = _split(self.url.strip())
        sub_url, _ = _split(self.sub_url.strip())
        entry = replace(
            self,
            name=" ".join(self.name.split())[:LONGEST],
            location=" ".join(self.location.split())[:LONGEST],
            url=url,
            sub_url=sub_url,
            user=self.user.strip(),
        )
        if inside is None or entry.user:
            return entry
        return replace(entry, user=inside.user, password=inside.password)

    @property
    def credentials(self) -> Credentials | None:
        """User and password, None when none were typed."""
        return Credentials(self.user, self.password) if self.user else None


def host_of(url: str) -> str | None:
    """Return the host that an address names, None when it names none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def check(
    entry: CameraEntry, others: tuple[Camera, ...], this: CameraId | None = None
) -> EntryFault | None:
    """Return the first fault of a tidied entry; `others` are the site's cameras."""
    if not entry.name:
        return EntryFault.NO_NAME
    fault = check_address(entry)
    if fault is not None:
        return fault
    using = {c.id for c in others if c.url == entry.url}
    taken = bool(using) and this not in using
    return EntryFault.ADDRESS_TAKEN if taken else None


def check_address(entry: CameraEntry) -> EntryFault | None:
    """Return what keeps the addresses from being tried."""
    fault = _check_url(entry.url)
    if fault is not None:
        return fault
    if entry.password and not entry.user:
        return EntryFault.NO_USER
    return _check_second(entry) if entry.sub_url else None


def _check_second(entry: CameraEntry) -> EntryFault | None:
    """The password goes to both addresses, so both must lie on one host."""
    fault = _check_url(entry.sub_url)
    if fault is not None:
        return fault
    if not same_host(entry.url, entry.sub_url):
        return EntryFault.SECOND_ELSEWHERE
    return EntryFault.SECOND_IS_FIRST if entry.sub_url == entry.url else None


def _check_url(url: str) -> EntryFault | None:
    if not url:
        return EntryFault.NO_ADDRESS
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return EntryFault.BAD_PORT
    if parts.scheme.lower() not in SCHEMES:
        return EntryFault.BAD_SCHEME
    return None if host else EntryFault.NO_HOST


def already_added(found: FoundCamera, cameras: tuple[Camera, ...]) -> bool:
    """Tell whether a found device is one of the site's cameras."""
    return found.url is not None and any(c.url == found.url for c in cameras)


def _split(url: str) -> tuple[str, Credentials | None]:
    try:
        return split_credentials(url)
    except ValueError:
        return url, None
