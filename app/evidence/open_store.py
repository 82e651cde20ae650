"""Opens the evidence store that a workstation is set to use."""

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.config.evidence_setting import EvidenceSetting, load_evidence_setting
from app.config.paths import Paths
from app.domain.errors import ConfigurationInvalid
from app.domain.ids import Sha256
from app.evidence.blobs import Blobs
from app.evidence.command_vault import CommandVault
from app.evidence.folder_blobs import FolderBlobs
from app.evidence.master_keys import FileVault, MasterKeys, SecretVault
from app.evidence.outbox import Forwarding, OutboxEvidenceStore
from app.evidence.sealing import Sealing
from app.evidence.store import BlobEvidenceStore
from app.ports import EvidenceEraser, EvidenceStore, SecretStore

S3_SECRET = "evidence-s3"  # noqa: S105 - the name of an entry, not a secret


@dataclass(frozen=True, slots=True)
class OpenedEvidence:
    """A store in use: `store` for all, `kept` the places that it consists of.

    The last of `kept` is where evidence comes to rest; one before it is an outbox.
    """

    setting: EvidenceSetting
    store: EvidenceStore
    keys: MasterKeys
    kept: tuple[BlobEvidenceStore, ...]
    outbox: OutboxEvidenceStore | None = field(default=None)

    def trouble(self) -> str:
        """Return why evidence waits here for its store, empty when it does not."""
        return "" if self.outbox is None else self.outbox.trouble

    @contextmanager
    def forwarding(self) -> Iterator[None]:
        """Hand on what waits for a store elsewhere, for the length of the block."""
        if self.outbox is None:
            yield
            return
        forwarding = Forwarding(self.outbox)
        forwarding.start()
        try:
            yield
        finally:
            forwarding.stop()


def open_evidence(paths: Paths, secrets: SecretStore) -> OpenedEvidence:
    """Open what is set; a share or server that is away now is no fault.

    Raises ConfigurationInvalid, or a fault of the secret store.
    """
    return open_setting(load_evidence_setting(paths), paths, secrets)


def open_setting(
    setting: EvidenceSetting, paths: Paths, secrets: SecretStore
) -> OpenedEvidence:
    """Open one setting, whether it is in force or not."""
    keys = master_keys(setting, secrets)
    over = partial(_over, setting=setting, keys=keys)
    if setting.place == "own":
        own = over(FolderBlobs(paths.evidence))
        return OpenedEvidence(setting, own, keys, (own,))
    waiting = outbox_folder(paths)
    remote = over(_remote(setting, secrets, FolderBlobs(waiting / "fetched")))
    outbox = over(FolderBlobs(waiting))
    both = OutboxEvidenceStore(outbox, remote)
    return OpenedEvidence(setting, both, keys, (outbox, remote), both)


def set_aside_store(paths: Paths, opened: OpenedEvidence) -> BlobEvidenceStore:
    """Return where files go that no case names: on this disk, sealed as the store is.

    The master keys are the store's, so whoever changes or forgets one must look here
    as well (`sealed_places`).
    """
    return _over(FolderBlobs(paths.set_aside), opened.setting, opened.keys)


class EveryCopy:
    """Erases a file from a store, and what was set aside of it on this computer."""

    def __init__(self, store: EvidenceEraser, aside: EvidenceEraser) -> None:
        self._places = (store, aside)

    def delete(self, sha256: Sha256) -> bool:
        """Remove every copy for good; return whether there was one."""
        gone = [place.delete(sha256) for place in self._places]
        return any(gone)


def eraser_of(paths: Paths, opened: OpenedEvidence) -> EveryCopy:
    """Return what erases the files of a case from wherever this computer has them."""
    return EveryCopy(opened.store, set_aside_store(paths, opened))


def sealed_places(
    paths: Paths, opened: OpenedEvidence
) -> tuple[BlobEvidenceStore, ...]:
    """Return all places whose files the master keys of a store open.

    The own folder and the outbox are among them whatever is in use: what lies there of
    an earlier setting stays until it is copied.
    """
    earlier = outbox_folder(paths) if opened.outbox is None else paths.evidence
    left = _over(FolderBlobs(earlier), opened.setting, opened.keys)
    return (*opened.kept, set_aside_store(paths, opened), left)


def outbox_folder(paths: Paths) -> Path:
    """Return where files wait for a store elsewhere."""
    folder = paths.spool / "evidence"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def master_keys(setting: EvidenceSetting, secrets: SecretStore) -> MasterKeys:
    """Return the keys of a setting."""
    if setting.wrap_command:
        commands = (
            shlex.split(setting.wrap_command),
            shlex.split(setting.unwrap_command),
        )
        return MasterKeys(CommandVault(Path(setting.key_file), *commands))
    if setting.key_file:
        return MasterKeys(FileVault(Path(setting.key_file)))
    return MasterKeys(SecretVault(secrets))


def folder_store(folder: Path, keys: MasterKeys) -> BlobEvidenceStore:
    """Return what lies in a folder, sealed or not, to be read alone.

    Raises ConfigurationInvalid where there is no such folder.
    """
    if not folder.is_dir():
        raise ConfigurationInvalid(
            f"There is no folder {folder}. Mount it, or check how it is written."
        )
    blobs = FolderBlobs(folder, only_read=True)
    return BlobEvidenceStore(blobs, Sealing(blobs, keys))


def marker_of(share_id: str) -> str:
    """Return the name of the file by which a share is known again."""
    return f"atalaya-evidence-{share_id}"


def prepare_share(folder: Path, share_id: str) -> None:
    """Mark a share, so that an empty mount point is not taken for it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / marker_of(share_id)).touch(mode=0o600)
    except OSError as error:
        raise ConfigurationInvalid(
            f"Evidence cannot be kept in {folder} ({error.strerror}). "
            "Mount the share, check the rights on it, and set it again."
        ) from None


def share_id_in(folder: Path) -> str | None:
    """Return by what a share is known that another workstation marked."""
    try:
        found = sorted(folder.glob(marker_of("*")))
    except OSError:
        return None
    return found[0].name.removeprefix(marker_of("")) if found else None


def _over(
    blobs: Blobs, setting: EvidenceSetting, keys: MasterKeys
) -> BlobEvidenceStore:
    sealing = Sealing(blobs, keys)
    return BlobEvidenceStore(blobs, sealing, in_clear=not setting.encrypted)


def _remote(
    setting: EvidenceSetting, secrets: SecretStore, scratch: FolderBlobs
) -> Blobs:
    if setting.place == "share":
        return FolderBlobs(Path(setting.path), marker=marker_of(setting.share_id))
    # Only who uses it pays for loading it.
    from app.evidence.s3_blobs import S3Blobs, S3Place

    login = secrets.get(S3_SECRET)
    if login is None:
        raise ConfigurationInvalid(
            "This computer has no access key for the evidence server. "
            "Enter it: python main.py evidence login."
        )
    if setting.certificate and not os.access(setting.certificate, os.R_OK):
        raise ConfigurationInvalid(
            f"The certificate {setting.certificate} of the evidence server cannot be "
            "read. Restore it, or set the store again: python main.py evidence set."
        )
    place = S3Place(
        endpoint=setting.endpoint,
        bucket=setting.bucket,
        prefix=setting.prefix,
        region=setting.region,
        certificate=setting.certificate,
    )
    return S3Blobs(place, login, scratch)
