"""One model of the registry, as the command `models list` tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from widgets.common.child_process import Event

DETECT: Final = "detect"
SERVED: Final = "served"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredForm:
    """A form of a model as it was measured here; `refused` says why it is not used."""

    variant: str
    pictures_per_s: float
    agreement: float
    refused: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """A model, whether it is here, and what was found out about it.

    `source` has a "kind" and what belongs to it; of the kind "served" is the one that
    an inference server runs. `bytes` is None when there is no file here; `form` None
    when the usual one runs. `checked` is None before it was verified, empty when its
    file is the one on record, else what is wrong.
    """

    name: str
    title: str = ""
    task: str = DETECT
    classes: tuple[str, ...] = ()
    input_size_px: int | None = None
    licence: str = ""
    sha256: str = ""
    accuracy: Mapping[str, float] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)
    bytes: int | None = None
    eight_bit: bool = False
    """Whether a form of it in 8 bits comes with the program."""
    form: str | None = None
    chosen_at: datetime | None = None
    measured: tuple[MeasuredForm, ...] = ()
    used: bool = False
    checked: str | None = None

    @property
    def kind(self) -> str:
        """Where it comes from: bundled, wheel, url, local or served."""
        return self.source.get("kind", "")

    @property
    def here(self) -> bool:
        """Whether it can run without being fetched."""
        return self.kind == SERVED or self.bytes is not None

    @property
    def damaged(self) -> bool:
        """Whether its file was found to be another than the one on record."""
        return self.bytes is not None and bool(self.checked)


def rows_of(events: tuple[Event, ...]) -> tuple[ModelRow, ...]:
    """Return the models that a list told, in its order.

    Raises ValueError when the command speaks another language than this window.
    """
    try:
        return tuple(
            _row(event) for event in events if event["event"] in ("model", SERVED)
        )
    except (KeyError, TypeError) as error:
        raise ValueError("the list of models cannot be read") from error


def _row(event: Event) -> ModelRow:
    if event["event"] == SERVED:
        return ModelRow(name=event["address"], source={"kind": SERVED}, used=True)
    plain = ("name", "title", "task", "input_size_px", "licence", "sha256", "accuracy")
    facts: dict[str, Any] = {key: event[key] for key in plain}
    chosen = event["chosen_at"]
    return ModelRow(
        **facts,
        classes=tuple(event["classes"]),
        source=event["source"],
        bytes=event["bytes"],
        eight_bit=event["eight_bit"],
        form=event["form"],
        chosen_at=datetime.fromisoformat(chosen) if chosen else None,
        measured=tuple(MeasuredForm(**one) for one in event["measured"]),
        used=event["used"],
    )
