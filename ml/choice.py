"""Which model this workstation uses, and in which form: `choice.json`."""

import logging
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.domain.errors import ModelMissing
from app.domain.ids import Sha256
from ml.backends import Variant

_log = logging.getLogger(__name__)
_FILE = "choice.json"
_SHA256 = "^[0-9a-f]{64}$"


class Measured(BaseModel):
    """One form as it was measured here; `refused` says why it is not used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant: str
    pictures_per_s: float = 0.0
    agreement: float = 0.0
    refused: str | None = None


class Form(BaseModel):
    """The form that was chosen for a model on this workstation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights_sha256: str = Field(pattern=_SHA256)
    variant: str
    form_sha256: str = Field(pattern=_SHA256)
    chosen_at: AwareDatetime
    measured: tuple[Measured, ...] = ()

    @property
    def parsed(self) -> Variant:
        """Return the variant; raises ValueError when it is none."""
        return Variant.parse(self.variant)


class Choice(BaseModel):
    """Everything that was chosen: the detector, and a form for each model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detector: str | None = None
    forms: dict[str, Form] = Field(default_factory=dict)

    def form_for(self, name: str, weights_sha256: Sha256) -> Form | None:
        """Return the form chosen for these very weights."""
        found = self.forms.get(name)
        if found is None or found.weights_sha256 != weights_sha256:
            return None
        return found


def read_choice(models: Path) -> Choice:
    """Return what was chosen; nothing when the file is missing or cannot be read."""
    path = models / _FILE
    if not path.is_file():
        return Choice()
    try:
        return Choice.model_validate_json(path.read_bytes())
    except (ValidationError, OSError):
        _log.warning("%s cannot be read; the usual model is used", _FILE)
        return Choice()


def use_detector(models: Path, name: str) -> None:
    """Make a model of the registry, or of a server, this workstation's detector."""
    _write(models, read_choice(models).model_copy(update={"detector": name}))


def use_form(models: Path, name: str, form: Form) -> None:
    """Record the form in which a model runs here from now on."""
    before = read_choice(models)
    forms = {**before.forms, name: form}
    _write(models, before.model_copy(update={"forms": forms}))


def chosen_form(
    weights_sha256: Sha256,
    variant: Variant,
    form_sha256: Sha256,
    measured: tuple[Measured, ...],
    now: datetime,
) -> Form:
    """Return the record of a choice."""
    return Form(
        weights_sha256=weights_sha256,
        variant=str(variant),
        form_sha256=form_sha256,
        chosen_at=now,
        measured=measured,
    )


def _write(models: Path, choice: Choice) -> None:
    path = models / _FILE
    draft = path.with_suffix(".new")
    try:
        draft.write_text(choice.model_dump_json(indent=2) + "\n", "utf-8")
        draft.replace(path)
    except OSError as error:
        raise ModelMissing(
            "The choice of the model could not be written to the models folder. "
            "Check that there is room and that this user may write there."
        ) from error
