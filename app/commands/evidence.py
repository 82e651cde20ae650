"""`evidence`: where evidence is kept, and the keys that it is sealed with."""

import argparse
import getpass
from pathlib import Path

from app.commands.common import Commands, add_home, paths_of
from app.config.evidence_setting import (
    EvidenceSetting,
    evidence_setting,
    load_evidence_setting,
    save_evidence_setting,
)
from app.config.paths import Paths
from app.config.secret_store import open_secret_store
from app.domain.clock import SystemClock
from app.domain.errors import ConfigurationInvalid, StateConflict
from app.domain.ids import new_uuid
from app.evidence import open_store, upkeep
from app.evidence.check import evidence_troubles
from app.evidence.master_keys import FileVault, MasterKeys
from app.evidence.open_store import OpenedEvidence, open_evidence
from app.evidence.store import BlobEvidenceStore


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add_parser(
        "evidence", help="where evidence is kept, and its keys"
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _add_set(actions)
    for name, run, text in (
        ("show", _show, "say where evidence is kept"),
        ("check", _check, "try the store and its keys"),
        ("login", _login, "enter the access key of the S3 server"),
        ("forward", _forward, "hand on what waits here for a store elsewhere"),
        ("encrypt", _encrypt, "encrypt what is there in clear; may be broken off"),
        ("keys", _keys, "list the master keys, and how many files each is for"),
    ):
        action = actions.add_parser(name, help=text)
        add_home(action)
        action.set_defaults(run=run)
    copied = actions.add_parser("copy", help="copy what another folder holds")
    copied.add_argument(
        "folder", type=Path, nargs="?", help="default: this computer's own folder"
    )
    add_home(copied)
    copied.set_defaults(run=_copy)
    _add_key_actions(actions)


def _add_set(actions: Commands) -> None:
    chosen = actions.add_parser("set", help="choose where evidence is kept")
    places = chosen.add_subparsers(dest="place", metavar="PLACE", required=True)
    own = places.add_parser("own", help="this computer's own folder")
    share = places.add_parser("share", help="a folder that several computers share")
    share.add_argument("path", type=Path)
    server = places.add_parser("s3", help="a bucket of a server that speaks S3")
    server.add_argument("--endpoint", required=True, help="https://server:port")
    server.add_argument("--bucket", required=True)
    server.add_argument("--prefix", default="", help="folder in the bucket")
    server.add_argument("--region", default="us-east-1")
    server.add_argument(
        "--certificate", type=Path, help="PEM of the server's own authority"
    )
    for place in (own, share, server):
        place.add_argument(
            "--plain", action="store_true", help="do not encrypt what is stored"
        )
        place.add_argument(
            "--key-file", type=Path, help="keep master keys in this file, mode 0600"
        )
        place.add_argument(
            "--wrap-command",
            default="",
            help="program that wraps a master key, by standard input and output",
        )
        place.add_argument(
            "--unwrap-command", default="", help="program that opens it again"
        )
        add_home(place)
        place.set_defaults(run=_set)


def _add_key_actions(actions: Commands) -> None:
    rotate = actions.add_parser(
        "rotate-key", help="make a new master key and wrap all data keys with it"
    )
    rotate.add_argument(
        "--resume", action="store_true", help="no new key: go on with the last one"
    )
    forget = actions.add_parser("forget-key", help="delete a key that is for no file")
    forget.add_argument("key_id", metavar="ID")
    exported = actions.add_parser("export-keys", help="write all master keys to a file")
    imported = actions.add_parser("import-keys", help="take master keys from a file")
    for action, run in (
        (rotate, _rotate),
        (forget, _forget),
        (exported, _export),
        (imported, _import),
    ):
        if action in (exported, imported):
            action.add_argument("file", type=Path)
        add_home(action)
        action.set_defaults(run=run)


def _opened(options: argparse.Namespace) -> OpenedEvidence:
    paths = paths_of(options)
    return open_evidence(paths, open_secret_store(paths))


def _places(
    options: argparse.Namespace, opened: OpenedEvidence
) -> tuple[BlobEvidenceStore, ...]:
    return open_store.sealed_places(paths_of(options), opened)


def _set(options: argparse.Namespace) -> int:
    paths = paths_of(options)
    setting = _setting_of(options)
    if setting.place == "share":
        _begin_share(Path(setting.path), setting.share_id)
    _take_keys_along(paths, setting)
    save_evidence_setting(paths, setting)
    print(f"Evidence is kept in {setting.described()}, from the next start on.")
    print("What is stored already stays where it is; to have it there as well:")
    print("python main.py evidence copy")
    left = open_store.outbox_folder(paths)
    if setting.place == "own" and any(left.glob("[0-9a-f][0-9a-f]/*/*")):
        print("Files that waited for the store before are here; take them over:")
        print(f"python main.py evidence copy {left}")
    if setting.place == "s3" and not open_secret_store(paths).get(open_store.S3_SECRET):
        print("Now enter the access key: python main.py evidence login")
    return 0


def _begin_share(folder: Path, share_id: str) -> None:
    """Mark a share; say so where it is new, for an empty mount point looks like one."""
    if open_store.share_id_in(folder) is None:
        print(f"{folder} was no share of evidence yet. If other computers keep theirs")
        print("there already, it is not mounted here: mount it, and set it again.")
    open_store.prepare_share(folder, share_id)


def _take_keys_along(paths: Paths, setting: EvidenceSetting) -> None:
    """Have the keys where they are kept from now on, or nothing could be read."""
    try:
        earlier = load_evidence_setting(paths)
    except ConfigurationInvalid:
        # Whoever sets it again mends it; what it said nobody knows.
        return
    if earlier.key_file == setting.key_file:
        if _commands(earlier) != _commands(setting):
            raise ConfigurationInvalid(
                "Keys that another command opens, or none, go to a file of their own: "
                "name another --key-file."
            )
        return
    secrets = open_secret_store(paths)
    before = open_store.open_setting(earlier, paths, secrets)
    target = open_store.master_keys(setting, secrets)
    places = open_store.sealed_places(paths, before)
    taken = upkeep.take_along(places, before.keys, target)
    if taken:
        print(f"{taken} master key(s) came along.")


def _commands(setting: EvidenceSetting) -> tuple[str, str]:
    return setting.wrap_command, setting.unwrap_command


def _setting_of(options: argparse.Namespace) -> EvidenceSetting:
    common = {
        "place": options.place,
        "encrypted": not options.plain,
        "key_file": str(options.key_file.absolute()) if options.key_file else "",
        "wrap_command": options.wrap_command,
        "unwrap_command": options.unwrap_command,
    }
    if options.place == "share":
        folder = options.path.absolute()
        known = open_store.share_id_in(folder) or str(new_uuid())
        return evidence_setting(**common, path=str(folder), share_id=known)
    if options.place == "s3":
        certificate = options.certificate
        return evidence_setting(
            **common,
            endpoint=options.endpoint,
            bucket=options.bucket,
            prefix=options.prefix.strip("/"),
            region=options.region,
            certificate=str(certificate.absolute()) if certificate else "",
        )
    return evidence_setting(**common)


def _show(options: argparse.Namespace) -> int:
    opened = _opened(options)
    print(f"Evidence is kept in {opened.setting.described()}.")
    if opened.outbox is not None:
        print(f"{opened.outbox.waiting()} file(s) wait on this computer.")
    if opened.setting.encrypted:
        print(f"Master key in use: {opened.keys.current_id() or 'none yet'}")
    return 0


def _check(options: argparse.Namespace) -> int:
    troubles = list(evidence_troubles(_opened(options)))
    for trouble in troubles:
        print(f"▲ {trouble}")
    if not troubles:
        print("● The evidence store answers, and its key is here.")
    return 1 if troubles else 0


def _login(options: argparse.Namespace) -> int:
    access = getpass.getpass("Access key id of the evidence server: ").strip()
    secret = getpass.getpass("Secret access key: ").strip()
    if not access or not secret:
        raise StateConflict("Nothing was entered, and nothing is changed. Try again.")
    open_secret_store(paths_of(options)).put(open_store.S3_SECRET, access, secret)
    print(
        "The access key is in the secret store. Try it: python main.py evidence check"
    )
    return 0


def _forward(options: argparse.Namespace) -> int:
    outbox = _opened(options).outbox
    forwarded = 0 if outbox is None else outbox.forward()
    print(f"{forwarded} file(s) were handed on.")
    return 0


def _encrypt(options: argparse.Namespace) -> int:
    opened = _opened(options)
    if not opened.setting.encrypted:
        raise StateConflict(
            "The evidence store is set to keep files in clear. Set it again without "
            "--plain: python main.py evidence set."
        )
    done = upkeep.seal_all(_places(options, opened))
    return _told(done, "were encrypted", "were so already")


def _copy(options: argparse.Namespace) -> int:
    opened, paths = _opened(options), paths_of(options)
    folder = options.folder.absolute() if options.folder else paths.evidence
    source = open_store.folder_store(folder, opened.keys)
    done = upkeep.copy_all(source, opened.store)
    return _told(done, "were copied", "were there already")


def _keys(options: argparse.Namespace) -> int:
    opened = _opened(options)
    current = opened.keys.current_id()
    used = upkeep.masters_in_use(_places(options, opened))
    for key_id in sorted({*used, *([current] if current else [])}):
        notes = [f"{used[key_id]} file(s)"]
        notes += ["in use"] if key_id == current else []
        notes += [] if opened.keys.holds(key_id) else ["NOT on this computer"]
        print(f"{key_id}: {', '.join(notes)}")
    return 0


def _rotate(options: argparse.Namespace) -> int:
    opened = _opened(options)
    current = opened.keys.current_id()
    if options.resume and current is not None:
        done = upkeep.rewrap_all(_places(options, opened), current)
    else:
        done = upkeep.rotate(_places(options, opened), opened.keys)
    code = _told(done, "keys were wrapped anew", "were so already")
    print(f"Master key in use: {opened.keys.current_id()}. Export it for a backup and")
    print("for the other computers of this store: python main.py evidence export-keys")
    return code


def _forget(options: argparse.Namespace) -> int:
    opened = _opened(options)
    places, now = _places(options, opened), SystemClock().now()
    upkeep.forget_master(places, opened.keys, options.key_id, now)
    print(f"The master key {options.key_id} is deleted on this computer.")
    return 0


def _export(options: argparse.Namespace) -> int:
    opened = _opened(options)
    target = MasterKeys(FileVault(options.file.absolute()))
    current = opened.keys.current_id()
    used = set(upkeep.masters_in_use(_places(options, opened)))
    used |= {current} if current else set()
    held = [key_id for key_id in sorted(used) if opened.keys.holds(key_id)]
    for key_id in held:
        target.adopt(opened.keys.key(key_id))
    if current:
        target.use(current)
    print(f"{len(held)} master key(s) are in {options.file}. Whoever has that file can")
    print(
        "read all evidence, and without a copy of it nobody can if this disk is lost."
    )
    return 0


def _import(options: argparse.Namespace) -> int:
    paths = paths_of(options)
    source = FileVault(options.file.absolute())
    brought = source.read()
    setting = load_evidence_setting(paths)
    own = open_store.master_keys(setting, open_secret_store(paths))
    for key_id in brought.keys:
        own.adopt(MasterKeys(source).key(key_id))
    if brought.current:
        own.use(brought.current)
    print(f"{len(brought.keys)} master key(s) are on this computer now.")
    return 0


def _told(done: upkeep.Upkeep, changed: str, already: str) -> int:
    print(f"{done.changed} {changed}, {done.already} {already}.")
    for name in done.damaged:
        print(f"▲ {name} is damaged and was left alone")
    for name in done.locked:
        print(f"▲ {name} needs a master key that is not on this computer")
    return 1 if done.damaged or done.locked else 0
