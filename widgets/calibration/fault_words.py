"""What is wrong with a draft, in words: what it is and what to do."""

from PySide6.QtCore import QCoreApplication

from widgets.calibration.assessment import Fault, Problem
from widgets.common import formatting

_tr = QCoreApplication.translate


def sentence(problem: Problem) -> str:
    """Return one sentence for a problem."""
    return _template(problem.fault).replace("{}", _value(problem))


def _value(problem: Problem) -> str:
    if problem.fault is Fault.SPEED_UNCERTAIN:
        return formatting.number(problem.value, 1)
    return formatting.number(problem.value, 0)


def _template(fault: Fault) -> str:
    return _road_words(fault) or _speed_words(fault) or _signal_words(fault)


def _road_words(fault: Fault) -> str:
    if fault is Fault.FEW_POINTS:
        return _tr("faults", "Set {} more control points: the road needs four.")
    if fault is Fault.POINT_WITHOUT_METRES:
        return _tr("faults", "{} points have no metres yet: type them in the table.")
    if fault is Fault.POINTS_DEGENERATE:
        return _tr(
            "faults",
            "The control points lie in a row or fall together: spread them over the"
            " road.",
        )
    if fault is Fault.POINTS_DISAGREE:
        return _tr(
            "faults",
            "The control points disagree by up to {} cm: check places and metres.",
        )
    if fault is Fault.BAD_POINT:
        return _tr(
            "faults",
            "Point {} does not fit the others: check its place and its metres.",
        )
    return ""


def _speed_words(fault: Fault) -> str:
    if fault is Fault.NO_CALIBRATION:
        return _tr(
            "faults", "Speed needs a calibration: set four control points on the road."
        )
    if fault is Fault.NO_STRETCH:
        return _tr(
            "faults",
            "Speed needs a measured stretch of 5 m or more: draw it or type it.",
        )
    if fault is Fault.STRETCH_OUTSIDE_POINTS:
        return _tr(
            "faults",
            "The stretch goes beyond the control points, where the scale is a guess:"
            " add points at its ends.",
        )
    if fault is Fault.SPEED_UNCERTAIN:
        return _tr(
            "faults",
            "Speeds would be uncertain by ± {} km/h: lengthen the stretch or measure"
            " the points more exactly.",
        )
    if fault is Fault.FEW_SIGHTINGS:
        return _tr(
            "faults",
            "At {} km/h a vehicle is seen too seldom in the stretch: lengthen it.",
        )
    return ""


def _signal_words(fault: Fault) -> str:
    if fault is Fault.NO_STOP_LINE:
        return _tr("faults", "Red light needs a stop line: draw it.")
    if fault is Fault.SHORT_STOP_LINE:
        return _tr("faults", "The stop line is too short: draw it across the lanes.")
    if fault is Fault.NO_LAMPS:
        return _tr("faults", "Red light needs the lamps: {} are not drawn yet.")
    return _tr("faults", "A lamp is smaller than {} pixels: its colour is unsure.")
