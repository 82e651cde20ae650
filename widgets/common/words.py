"""The product's words for the values of the domain, in the installed language."""

from PySide6.QtCore import QCoreApplication

from app.domain.camera import CameraState
from app.domain.infraction import InfractionKind, InfractionState, RejectReason
from app.domain.person import Role
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass

_tr = QCoreApplication.translate


def kind_name(kind: InfractionKind) -> str:
    """Return the name of a rule."""
    return {
        InfractionKind.SPEEDING: _tr("words", "Speeding"),
        InfractionKind.RED_LIGHT: _tr("words", "Red light"),
    }[kind]


def state_name(state: InfractionState) -> str:
    """Return where a case stands."""
    return {
        InfractionState.PENDING: _tr("words", "Pending"),
        InfractionState.CONFIRMED: _tr("words", "Confirmed"),
        InfractionState.REJECTED: _tr("words", "Rejected"),
        InfractionState.NOTIFIED: _tr("words", "Notified"),
    }[state]


def reason_name(reason: RejectReason) -> str:
    """Return why a case was thrown out."""
    reasons = RejectReason
    return {
        reasons.PLATE_UNREADABLE: _tr("words", "Plate unreadable"),
        reasons.PLATE_MISMATCH: _tr("words", "Plate does not match the vehicle"),
        reasons.LAMP_OR_LINE_NOT_VISIBLE: _tr("words", "Lamp or line not visible"),
        reasons.CROSSED_BEFORE_RED: _tr("words", "Crossed before red"),
        reasons.PERMITTED_MANOEUVRE: _tr("words", "Permitted manoeuvre"),
        reasons.EMERGENCY_VEHICLE: _tr("words", "Emergency vehicle"),
        reasons.OFFICER_DIRECTING: _tr("words", "Officer directing traffic"),
        reasons.TWO_VEHICLES: _tr("words", "Two vehicles in the measurement"),
        reasons.CLOCK_INVALID: _tr("words", "Clock not valid"),
        reasons.DUPLICATE: _tr("words", "Duplicate"),
        reasons.OBSTRUCTED: _tr("words", "View obstructed"),
        reasons.EXEMPT: _tr("words", "Exempt vehicle"),
        reasons.WITHIN_TOLERANCE: _tr("words", "Within tolerance"),
        reasons.TEST: _tr("words", "Test"),
    }[reason]


def vehicle_name(vehicle: VehicleClass) -> str:
    """Return the name of a kind of road user."""
    return {
        VehicleClass.PERSON: _tr("words", "person"),
        VehicleClass.BICYCLE: _tr("words", "bicycle"),
        VehicleClass.MOTORCYCLE: _tr("words", "motorcycle"),
        VehicleClass.CAR: _tr("words", "car"),
        VehicleClass.BUS: _tr("words", "bus"),
        VehicleClass.TRUCK: _tr("words", "truck"),
    }[vehicle]


def role_name(role: Role) -> str:
    """Return the name of a job."""
    return {
        Role.OPERATOR: _tr("words", "operator"),
        Role.SUPERVISOR: _tr("words", "supervisor"),
        Role.TECHNICIAN: _tr("words", "technician"),
        Role.ADMINISTRATOR: _tr("words", "administrator"),
        Role.AUDITOR: _tr("words", "auditor"),
        Role.ENGINE: _tr("words", "engine"),
    }[role]


def phase_name(phase: LampPhase) -> str:
    """Return the name of a lamp phase."""
    return {
        LampPhase.RED: _tr("words", "red"),
        LampPhase.AMBER: _tr("words", "amber"),
        LampPhase.GREEN: _tr("words", "green"),
        LampPhase.UNKNOWN: _tr("words", "unknown"),
    }[phase]


def camera_state_name(state: CameraState) -> str:
    """Return how a camera is doing, in a word."""
    return {
        CameraState.CONNECTING: _tr("words", "connecting"),
        CameraState.ONLINE: _tr("words", "online"),
        CameraState.LATE: _tr("words", "late"),
        CameraState.OFFLINE: _tr("words", "offline"),
        CameraState.DISABLED: _tr("words", "switched off"),
    }[state]
