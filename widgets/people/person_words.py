"""What is said of a person in a table and beside it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from app.domain.people import PersonEntry
from app.domain.person import Role

_tr = QCoreApplication.translate


def role_name(role: Role | None) -> str:
    """Return what a role is called; a dash for somebody without one."""
    names = {
        Role.OPERATOR: _tr("people", "Operator"),
        Role.SUPERVISOR: _tr("people", "Supervisor"),
        Role.TECHNICIAN: _tr("people", "Technician"),
        Role.ADMINISTRATOR: _tr("people", "Administrator"),
        Role.AUDITOR: _tr("people", "Auditor"),
    }
    return "—" if role is None else names.get(role, role.value)


def sites_text(sites: Sequence[int] | None, names: Mapping[int, str]) -> str:
    """Return which sites are seen, in a few words."""
    if sites is None:
        return _tr("people", "All sites")
    if not sites:
        return _tr("people", "No site")
    return ", ".join(names.get(site, str(site)) for site in sites)


def state_text(entry: PersonEntry, now: datetime) -> str:
    """Return what is out of the ordinary; empty when nothing is."""
    if not entry.active:
        return _tr("people", "■ Out")
    if entry.locked_until is not None and entry.locked_until > now:
        return _tr("people", "▲ Locked out")
    if entry.reset_asked_by is not None:
        return _tr("people", "◆ A reset waits")
    if entry.must_change_password:
        return _tr("people", "◆ Password to be changed")
    return ""
