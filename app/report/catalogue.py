"""The catalogue of infractions of a country: codes, fines, points, wording.

Read from `resources/infractions/<country>.toml`. A fine is a percentage of a tax unit
(in Peru the UIT), computed here in decimal arithmetic and rounded half up to cents.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.config.paths import RESOURCES
from app.domain.errors import ConfigurationInvalid
from app.domain.infraction import Case, InfractionKind
from app.domain.measurement import SpeedMeasurement

_CENT = Decimal("0.01")


class _Row(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Wording(_Row):
    """A text in the product's languages."""

    es: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def text(self, language: str) -> str:
        """Return the text; Spanish is the language of the law."""
        return self.en if language == "en" else self.es


class FineUnit(_Row):
    """The tax unit that fines are percentages of."""

    name: str
    year: int
    amount: Decimal = Field(gt=0)


class CatalogueHead(_Row):
    """What a catalogue says of itself."""

    country: str = Field(pattern="^[A-Z]{2}$")
    version: str
    valid_from: date
    currency: str
    currency_symbol: str
    time_zone: str
    reviewed_by_counsel: bool
    law: Wording
    unit: FineUnit


class Discount(_Row):
    """Percent off within so many working days; 0 days: for as long as it is open."""

    within_days: int = Field(ge=0)
    percent: Decimal = Field(gt=0, lt=100)


class RuleRow(_Row):
    """The entry that answers for a kind, up to an excess (included) if one is given."""

    kind: InfractionKind
    code: str
    excess_up_to_kmh: Decimal | None = None


class EntryRow(_Row):
    """One infraction as the law lists it."""

    code: str
    classification: str
    unit_percent: Decimal = Field(gt=0, le=100)
    points: int = Field(ge=0)
    discount: bool
    es: str
    en: str


class _File(_Row):
    catalogue: CatalogueHead
    classification: dict[str, Wording]
    discount: tuple[Discount, ...]
    rule: tuple[RuleRow, ...]
    entry: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """An infraction with everything that follows from it; money in the currency."""

    code: str
    text: Wording
    classification: Wording
    unit_percent: Decimal
    unit: FineUnit
    fine: Decimal
    currency_symbol: str
    points: int
    discounts: tuple[Discount, ...]
    """Empty when the law grants none for this code."""

    def discounted(self, discount: Discount) -> Decimal:
        """Return what is left to pay after `discount`."""
        return _cents(self.fine * (100 - discount.percent) / 100)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All entries, and which one answers for what was measured."""

    head: CatalogueHead
    entries: dict[str, CatalogueEntry]
    rules: tuple[RuleRow, ...]

    @classmethod
    def load(cls, country: str = "pe") -> "Catalogue":
        """Read a bundled catalogue; ConfigurationInvalid when it cannot be used."""
        return _load(RESOURCES / "infractions" / f"{country}.toml")

    @property
    def zone(self) -> ZoneInfo:
        """Time zone that documents are written in."""
        return ZoneInfo(self.head.time_zone)

    def for_case(self, case: Case) -> CatalogueEntry:
        """Return the entry for a case; ConfigurationInvalid when there is none."""
        finding = case.infraction
        excess = _excess_kmh(case)
        for rule in self.rules:
            if rule.kind is finding.kind and _within(excess, rule.excess_up_to_kmh):
                return self.entries[rule.code]
        raise ConfigurationInvalid(
            f"The catalogue {self.head.version} has no code for "
            f"{finding.kind.value}; add a rule to it."
        )


def _excess_kmh(case: Case) -> Decimal | None:
    measured = case.infraction.measurement
    if not isinstance(measured, SpeedMeasurement):
        return None
    # Tenths, as printed: the band must not contradict the figure on the notice.
    considered = Decimal(f"{measured.considered_kmh:.1f}")
    return considered - Decimal(f"{measured.limit_kmh:.1f}")


def _within(excess: Decimal | None, up_to: Decimal | None) -> bool:
    return up_to is None or (excess is not None and excess <= up_to)


@cache
def _load(path: Path) -> Catalogue:
    try:
        with path.open("rb") as source:
            content = _File.model_validate(tomllib.load(source))
        return _assemble(content)
    except (OSError, tomllib.TOMLDecodeError, ValidationError, KeyError) as error:
        raise ConfigurationInvalid(
            f"The infraction catalogue {path.name} cannot be used ({error}). "
            "Restore the file from the installation."
        ) from error


def _assemble(content: _File) -> Catalogue:
    entries = {row.code: _entry(row, content) for row in content.entry}
    unknown = {rule.code for rule in content.rule} - entries.keys()
    if len(entries) != len(content.entry) or unknown:
        raise KeyError(f"codes given twice or never: {sorted(unknown)}")
    return Catalogue(content.catalogue, entries, content.rule)


def _entry(row: EntryRow, content: _File) -> CatalogueEntry:
    head = content.catalogue
    return CatalogueEntry(
        code=row.code,
        text=Wording(es=row.es, en=row.en),
        classification=content.classification[row.classification],
        unit_percent=row.unit_percent,
        unit=head.unit,
        fine=_cents(head.unit.amount * row.unit_percent / 100),
        currency_symbol=head.currency_symbol,
        points=row.points,
        discounts=content.discount if row.discount else (),
    )


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
