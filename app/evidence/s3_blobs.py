"""Named bytes in a bucket of any server that speaks S3.

Plain requests only: put, get, head, list, copy, delete. No object is overwritten: a put
asks the server to refuse a name that is taken (`If-None-Match: *`); where it does not
know that, a look comes first. A race through both puts equal content in its own place.
Requests are signed over their bodies, so a server refuses what changed on the way.
"""

import logging
import re
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO, cast

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from app.domain.errors import StorageFull, StorageUnavailable
from app.domain.ids import Sha256, new_uuid
from app.evidence.blobs import CURRENT_KEY, BlobMissing, checked_name
from app.evidence.folder_blobs import FolderBlobs

_log = logging.getLogger(__name__)
_CONNECT_S = 3.0
_REQUEST_S = 60.0
_RETRIES = 3
_RETRY_S = 15.0
_ONE_REQUEST_BYTES = 64 << 20
"""Up to this size an object goes in one request, held in memory."""
_IN_MEMORY_BYTES = 16 << 20
_FULL = ("QuotaExceeded", "StorageFull", "InsufficientStorage", "code: 507")
_NO_BUCKET = ("NoSuchBucket", "InvalidBucketName")
_UNKNOWN_CONDITION = ("code: 501", "NotImplemented")
_DAMAGED = "damaged"
_DIGITS = re.compile(r"\A[0-9a-f]{0,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """Where a bucket is; `certificate` is the PEM of a server with a CA of its own."""

    endpoint: str
    bucket: str
    prefix: str = ""
    region: str = "us-east-1"
    certificate: str = ""


class S3Blobs:
    """`Blobs` in a bucket; drafts and what was fetched lie in `scratch`, for a moment.

    `login` is access key and secret key. Requests are repeated with growing delays for
    15 s (connection refused, timeouts, 5xx); then StorageUnavailable is raised.
    """

    def __init__(
        self,
        place: S3Place,
        login: tuple[str, str],
        scratch: FolderBlobs,
        *,
        connect_s: float = _CONNECT_S,
        retry_s: float = _RETRY_S,
    ) -> None:
        self._place = place
        self._scratch = scratch
        self._conditional = True
        self._store = _client(place, login, connect_s, retry_s)

    def guarded(self) -> AbstractContextManager[None]:
        """Return the guard of the folder that drafts and what was fetched lie in."""
        return self._scratch.guarded()

    def draft(self, size_bytes: int) -> Path:
        """Return a path on this computer."""
        return self._scratch.draft(size_bytes)

    def add(
        self, name: str, draft: Path, ahead: tuple[str, Path] | None = None
    ) -> bool:
        """Upload unless the name is taken."""
        if ahead is not None:
            self.add(*ahead)
        path = _path(name)
        with self._translated():
            if draft.stat().st_size <= _ONE_REQUEST_BYTES and self._conditional:
                return self._put_new(path, draft)
            if self._taken(path):
                return False
            obstore.put(self._store, path, draft)
        return True

    def replace(self, name: str, draft: Path) -> None:
        """Upload in place of what is there: a server swaps objects whole."""
        with self._translated():
            obstore.put(self._store, _path(name), draft)

    def open(self, name: str) -> BinaryIO:
        """Fetch; what is larger goes to a file without a name, gone with its handle."""
        folder = self._scratch.incoming
        # The caller closes it.
        fetched = tempfile.SpooledTemporaryFile(  # noqa: SIM115
            max_size=_IN_MEMORY_BYTES, dir=str(folder)
        )
        try:
            with self._translated():
                for chunk in obstore.get(self._store, _path(name)).stream():
                    fetched.write(chunk)
        except FileNotFoundError:
            fetched.close()
            raise BlobMissing(name) from None
        except BaseException:
            fetched.close()
            raise
        fetched.seek(0)
        return cast("BinaryIO", fetched)

    def set_aside(self, name: str) -> None:
        """Copy below `damaged/`, then free the name."""
        with self._translated():
            aside = f"{_DAMAGED}/{name}.{new_uuid()}"
            obstore.copy(self._store, _path(name), aside)
            obstore.delete(self._store, _path(name))

    def remove(self, name: str) -> None:
        """Delete the object."""
        with self._translated():
            try:
                obstore.delete(self._store, _path(name))
            except FileNotFoundError:
                return

    def remove_damaged(self, sha256: Sha256) -> bool:
        """Delete what is below `damaged/` under names of its own."""
        begin = f"{_DAMAGED}/{checked_name(sha256)}"
        with self._translated():
            later = self._listed(_DAMAGED, begin)
            found = list(takewhile(lambda path: path.startswith(f"{begin}."), later))
            for path in found:
                obstore.delete(self._store, path)
        return bool(found)

    def written_at(self, name: str) -> datetime:
        """Ask the server, for the object's head."""
        try:
            with self._translated():
                return obstore.head(self._store, _path(name))["last_modified"]
        except FileNotFoundError:
            raise BlobMissing(name) from None

    def names(self, prefix: str = "", since: str = "") -> Iterator[str]:
        """List page by page: a server does so in the order of its paths."""
        folders = _path(prefix).rpartition("/")[0] if prefix else None
        with self._translated():
            for path in self._listed(folders, _before(since)):
                name = path.rpartition("/")[2]
                if _is_ours(path) and name >= since and name.startswith(prefix):
                    yield name

    def _listed(self, folders: str | None, after: str | None) -> Iterator[str]:
        for page in obstore.list(self._store, folders, offset=after):
            yield from (found["path"] for found in page)

    def _put_new(self, path: str, draft: Path) -> bool:
        try:
            obstore.put(self._store, path, draft, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return False
        except BaseError as error:
            if not _says(error, _UNKNOWN_CONDITION):
                raise
            _log.warning("the evidence server knows no conditional put; looking first")
            self._conditional = False
            if self._taken(path):
                return False
            obstore.put(self._store, path, draft)
        return True

    def _taken(self, path: str) -> bool:
        try:
            obstore.head(self._store, path)
        except FileNotFoundError:
            return False
        return True

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn the library's errors into sentences; its texts hold whole requests."""
        where = f"{self._place.endpoint}, bucket {self._place.bucket}"
        try:
            yield
        except FileNotFoundError as error:
            if not _says(error, _NO_BUCKET):
                raise
            raise StorageUnavailable(
                f"The evidence server has no such bucket ({where}). Make it there, or "
                "mend the setting: python main.py evidence set."
            ) from None
        except (PermissionDeniedError, UnauthenticatedError):
            raise StorageUnavailable(
                f"The evidence server refuses this computer's access key ({where}). "
                "Enter it again (python main.py evidence login), or have its rights "
                "and this computer's clock checked."
            ) from None
        except BaseError as error:
            raise self._away(error, where) from None

    def _away(self, error: BaseError, where: str) -> StorageUnavailable:
        if _says(error, _FULL):
            return StorageFull(
                f"The evidence server has no room left ({where}). Make room there."
            )
        return StorageUnavailable(
            f"The evidence server does not answer as it should ({where}). Check the "
            "network and the server; evidence waits until then."
        )


def _client(
    place: S3Place, login: tuple[str, str], connect_s: float, retry_s: float
) -> S3Store:
    options: dict[str, object] = {
        "allow_http": place.endpoint.startswith("http://"),
        "connect_timeout": timedelta(seconds=connect_s),
        "timeout": timedelta(seconds=_REQUEST_S),
    }
    if place.certificate:
        options["root_certificate"] = Path(place.certificate).read_bytes()
    return S3Store(
        place.bucket,
        prefix=place.prefix or None,
        endpoint=place.endpoint,
        region=place.region,
        access_key_id=login[0],
        secret_access_key=login[1],
        virtual_hosted_style_request=False,
        client_options=options,  # type: ignore[arg-type]
        retry_config={
            "max_retries": _RETRIES,
            "retry_timeout": timedelta(seconds=retry_s),
        },
    )


def _says(error: Exception, words: tuple[str, ...]) -> bool:
    """Look for a server's code in an error; the library gives it in its text only."""
    text = str(error).partition("Debug source")[0]
    return any(word in text for word in words)


def _path(name: str) -> str:
    if checked_name(name) == CURRENT_KEY:
        return name
    return f"{name[:2]}/{name[2:4]}/{name}"


def _before(since: str) -> str | None:
    """Return the path of the last name before all from `since` on, None before all.

    A server lists what comes after a path. One that ends in the midst of a folder's
    name would do, but SeaweedFS passes over the folder then.
    """
    first = int(_DIGITS.findall(since)[0].ljust(64, "0"), 16)
    return _path(f"{first - 1:064x}") if first else None


def _is_ours(path: str) -> bool:
    name = path.rpartition("/")[2]
    try:
        return name != CURRENT_KEY and path.endswith(_path(name))
    except ValueError:
        return False
