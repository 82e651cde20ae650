"""Frozen dataclasses as JSON and back, driven by their field types.

Strict in both directions: every field must be there, none may be unknown, numbers must
be finite, times aware, text free of what PostgreSQL's jsonb cannot hold. What cannot be
restored exactly is refused when it is written, not when somebody needs it.
"""

import dataclasses
import math
import re
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum, IntEnum
from functools import cache
from numbers import Integral, Real
from typing import Any
from uuid import UUID

from app.domain.clock import require_aware
from app.domain.ids import Sha256
from app.domain.measurement import RedLightMeasurement, SpeedMeasurement

_TEXT_LIMIT = 20_000
_LIST_LIMIT = 200_000
_INT_LIMIT = 2**63
_NOT_IN_JSONB = re.compile("[\x00\ud800-\udfff]")
_HEX_DIGITS = re.compile(r"[0-9a-f]{64}")
_TAG = "type"
_TAGS: Mapping[type, str] = {
    SpeedMeasurement: "speed",
    RedLightMeasurement: "red_light",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """How one type is written and restored; both raise ValueError."""

    write: Callable[[Any], Any]
    restore: Callable[[Any], Any]


@cache
def form_of(hint: Any) -> Form:
    """Return the form of a type: a dataclass, or anything a field of one may be."""
    origin = typing.get_origin(hint)
    if origin is tuple:
        return _tuple_form(hint)
    if origin in (typing.Union, types.UnionType):
        return _union_form(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if isinstance(hint, typing.NewType):
        return form_of(hint.__supertype__)
    if dataclasses.is_dataclass(hint):
        return _record_form(typing.cast("type", hint))
    return _enum_form(hint)


def write(kind: type, value: Any) -> dict[str, Any]:
    """Return the JSON object of `value`, a dataclass `kind`; ValueError if lossy."""
    form = form_of(kind)
    data: dict[str, Any] = form.write(value)
    if form.restore(data) != value:
        raise ValueError(f"{kind.__name__} does not survive being written")
    return data


def _refuse(expected: str, value: object) -> ValueError:
    return ValueError(f"expected {expected}, not {type(value).__name__}")


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise _refuse("a number", value)
    try:
        number = float(value)
    except OverflowError:
        raise ValueError("number too large") from None
    if not math.isfinite(number):
        raise ValueError("number is not finite")
    return number


def _int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise _refuse("a whole number", value)
    number = int(value)
    if not -_INT_LIMIT <= number < _INT_LIMIT:
        raise ValueError("whole number too large")
    return number


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refuse("true or false", value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _refuse("text", value)
    if len(value) > _TEXT_LIMIT or _NOT_IN_JSONB.search(value):
        raise ValueError("text is too long or holds characters that cannot be stored")
    return value


def _hash(value: Any) -> str:
    text = _text(value)
    if not _HEX_DIGITS.fullmatch(text):
        raise ValueError("expected the SHA-256 as 64 lower-case hexadecimal digits")
    return text


def _uuid(value: Any) -> UUID:
    text = _text(value)
    identity = UUID(text)
    if str(identity) != text:
        raise ValueError("expected a UUID in its canonical form")
    return identity


def _write_moment(value: datetime) -> str:
    require_aware(value, "time")
    return value.isoformat()


def _moment(value: Any) -> datetime:
    text = _text(value)
    moment = datetime.fromisoformat(text)
    require_aware(moment, "time")
    if moment.isoformat() != text:
        raise ValueError("expected a time in its canonical form")
    return moment


_SCALARS: Mapping[Any, Form] = {
    float: Form(_float, _float),
    int: Form(_int, _int),
    bool: Form(_bool, _bool),
    str: Form(_text, _text),
    Sha256: Form(_hash, _hash),
    UUID: Form(str, _uuid),
    datetime: Form(_write_moment, _moment),
}


def _enum_form(hint: type[Enum]) -> Form:
    """Write members by a name that stays readable in the database."""
    named: dict[str, Enum] = {
        member.name.lower() if issubclass(hint, IntEnum) else member.value: member
        for member in hint
    }
    names = {member: name for name, member in named.items()}

    def restore(value: Any) -> Enum:
        text = _text(value)
        if text not in named:
            raise ValueError(f"unknown {hint.__name__}")
        return named[text]

    return Form(lambda member: names[hint(member)], restore)


def _tuple_form(hint: Any) -> Form:
    item = form_of(typing.get_args(hint)[0])

    def restore(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > _LIST_LIMIT:
            raise _refuse("a list of reasonable length", value)
        return tuple(item.restore(each) for each in value)

    return Form(lambda values: [item.write(each) for each in values], restore)


def _union_form(hint: Any) -> Form:
    choices = typing.get_args(hint)
    if types.NoneType in choices:
        return _optional_form(next(c for c in choices if c is not types.NoneType))
    forms = {_TAGS[choice]: form_of(choice) for choice in choices}

    def write_tagged(value: Any) -> dict[str, Any]:
        tag = _TAGS.get(type(value))
        if tag not in forms:
            raise _refuse("a known kind of record", value)
        return {_TAG: tag, **forms[tag].write(value)}

    def restore(value: Any) -> Any:
        fields = dict(_object(value))
        tag = fields.pop(_TAG, None)
        if not isinstance(tag, str) or tag not in forms:
            raise ValueError("unknown kind of record")
        return forms[tag].restore(fields)

    return Form(write_tagged, restore)


def _optional_form(hint: Any) -> Form:
    form = form_of(hint)
    return Form(
        lambda value: None if value is None else form.write(value),
        lambda value: None if value is None else form.restore(value),
    )


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refuse("an object", value)
    return value


def _record_form(kind: type) -> Form:
    hints = typing.get_type_hints(kind)
    forms = {f.name: form_of(hints[f.name]) for f in dataclasses.fields(kind)}

    def write_record(value: Any) -> dict[str, Any]:
        if type(value) is not kind:
            raise _refuse(kind.__name__, value)
        return {name: form.write(getattr(value, name)) for name, form in forms.items()}

    def restore(value: Any) -> Any:
        fields = _object(value)
        if fields.keys() != forms.keys():
            raise ValueError(f"{kind.__name__} has missing or unknown fields")
        restored = {n: _restore_field(n, f, fields[n]) for n, f in forms.items()}
        return kind(**restored)

    return Form(write_record, restore)


def _restore_field(name: str, form: Form, value: Any) -> Any:
    try:
        return form.restore(value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
