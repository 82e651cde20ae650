"""What is said of a model, in words and figures."""

from typing import Final

from PySide6.QtCore import QCoreApplication

from app.domain.vehicle import VehicleClass
from widgets.common import formatting
from widgets.common.fault_text import told
from widgets.common.formatting import DASH
from widgets.common.words import vehicle_name
from widgets.models.model_row import DETECT, SERVED, MeasuredForm, ModelRow
from widgets.theme import State

_tr = QCoreApplication.translate
_MOST_CLASSES: Final = 8
_SHORT_SHA256: Final = 12
_ROAD_USERS: Final = {kind.name.lower(): kind for kind in VehicleClass}
_LIBRARIES: Final = {
    "openvino": "OpenVINO",
    "onnx": "ONNX Runtime",
    "tensorrt": "TensorRT",
    "torch": "torch",
}


def state_of(row: ModelRow) -> State:
    """Return how urgent a model's state is."""
    if row.damaged or (row.used and not row.here):
        return State.ALARM
    return State.GOOD if row.used else State.INFO


def state_text(row: ModelRow) -> str:
    """Return whether a model is used, and what is wrong with it."""
    return f"{state_of(row).glyph} {_state_word(row)}"


def state_token(row: ModelRow) -> str | None:
    """Return the colour of a state; the usual one is not coloured."""
    if state_of(row) is State.ALARM:
        return "alarm"
    return None if row.here else "quiet"


def title_text(row: ModelRow) -> str:
    """Return the title, a dash where it only repeats the name."""
    if row.kind == SERVED:
        return _tr("models", "Served by an inference server")
    return DASH if row.title in ("", row.name) else told(row.title)


def sees_text(row: ModelRow) -> str:
    """Return the classes of a model; of very many only the road users."""
    names = list(row.classes)
    if len(names) > _MOST_CLASSES:
        names = [name for name in names if name in _ROAD_USERS]
    words = [_class_name(name) for name in names]
    left = len(row.classes) - len(names)
    if left:
        words.append(_tr("models", "{} more").format(left))
    return ", ".join(words) or DASH


def input_text(row: ModelRow) -> str:
    """Return the longer side of the input."""
    return formatting.number(row.input_size_px, 0, "px")


def source_text(row: ModelRow) -> str:
    """Return where a model comes from, in a word or two."""
    return {
        "bundled": _tr("models", "with the program"),
        "wheel": _tr("models", "package index"),
        "url": _tr("models", "download"),
        "local": _tr("models", "brought as a file"),
        SERVED: _tr("models", "inference server"),
    }.get(row.kind, DASH)


def source_whole(row: ModelRow) -> str:
    """Return where a model comes from, with package or address."""
    about = {
        "bundled": row.source.get("file", ""),
        "wheel": f"{row.source.get('package')} {row.source.get('version')}",
        "url": row.source.get("url", ""),
        SERVED: row.name,
    }.get(row.kind, "")
    return f"{source_text(row)}: {about}" if about else source_text(row)


def here_text(row: ModelRow) -> str:
    """Return the size of the file here, and whether it is the one on record."""
    megabytes = None if row.bytes is None else row.bytes / 1e6
    size = formatting.number(megabytes, 1, "MB")
    return _tr("models", "{}  ● verified").format(size) if row.checked == "" else size


def licence_text(row: ModelRow) -> str:
    """Return the licence."""
    return row.licence or DASH


def accuracy_short(row: ModelRow) -> str:
    """Return the figure that says most: of real pictures where there is one."""
    real = [value for what, value in row.accuracy.items() if what.startswith("real")]
    figures = real or list(row.accuracy.values())
    return formatting.number(figures[0] if figures else None, 3)


def accuracy_whole(row: ModelRow) -> str:
    """Return all measured figures with what they are."""
    figures = [
        f"{told(what)} {formatting.number(value, 3)}"
        for what, value in row.accuracy.items()
    ]
    return " · ".join(figures) or DASH


def sha256_short(row: ModelRow) -> str:
    """Return the beginning of the hash."""
    return f"{row.sha256[:_SHORT_SHA256]}…" if row.sha256 else DASH


def sha256_whole(row: ModelRow) -> str:
    """Return the hash."""
    return row.sha256 or DASH


def form_text(row: ModelRow) -> str:
    """Return the form in which a model runs here."""
    if row.kind == SERVED or row.task != DETECT:
        return DASH
    return form_name(row.form) if row.form else _tr("models", "the usual one")


def form_whole(row: ModelRow) -> str:
    """Return the form and since when."""
    if row.form is None:
        return form_text(row)
    since = formatting.date_iso(row.chosen_at)
    return _tr("models", "{0}, measured {1}").format(form_name(row.form), since)


def form_name(variant: str) -> str:
    """Return "OpenVINO 8-bit · CPU" for "openvino-8bit:CPU"."""
    head, _, device = variant.partition(":")
    library = head.removesuffix("-8bit")
    name = _LIBRARIES.get(library, library)
    if head.endswith("-8bit"):
        name = _tr("models", "{} 8-bit").format(name)
    return f"{name} · {device.upper()}"


def measured_rate(form: MeasuredForm) -> str:
    """Return pictures a second, a dash for a form that did not run."""
    return formatting.number(form.pictures_per_s or None, 1)


def measured_agreement(form: MeasuredForm) -> str:
    """Return the share of boxes that are those of the weights themselves."""
    return formatting.number(form.agreement or None, 3)


def measured_name(form: MeasuredForm) -> str:
    """Return the name of a form, marked when it is refused."""
    state = State.WARN if form.refused else State.INFO
    return f"{state.glyph} {form_name(form.variant)}"


def measured_token(form: MeasuredForm) -> str | None:
    """Return the colour of a form that is refused."""
    return "warn" if form.refused else None


def refusal(form: MeasuredForm) -> str:
    """Return why a form is not used."""
    return f"{measured_name(form)}: {told(form.refused or '')}"


def _state_word(row: ModelRow) -> str:
    if row.damaged:
        return _tr("models", "damaged")
    if row.used:
        return _tr("models", "in use") if row.here else _tr("models", "missing")
    if row.here:
        return _tr("models", "here")
    return _tr("models", "in 8 bits") if row.eight_bit else _tr("models", "not here")


def _class_name(name: str) -> str:
    if name in _ROAD_USERS:
        return vehicle_name(_ROAD_USERS[name])
    return told(name.replace("_", " "))
