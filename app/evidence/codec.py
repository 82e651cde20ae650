"""An infraction as JSON, for the spool and the database; lossless and versioned.

Field names are those of the dataclasses; enumerations are written by name, times in
ISO 8601 with their offset, identities in canonical form. A change of shape is a new
`schema_version`, and old versions stay readable.
"""

from collections.abc import Mapping
from typing import Any, cast

from app.domain.infraction import Infraction
from app.evidence.json_form import form_of, write

SCHEMA_VERSION = 1
_VERSION_KEY = "schema_version"


def infraction_to_json(infraction: Infraction) -> dict[str, Any]:
    """Return a JSON object; ValueError for what could not be restored exactly."""
    return {_VERSION_KEY: SCHEMA_VERSION, **write(Infraction, infraction)}


def infraction_from_json(data: Mapping[str, Any]) -> Infraction:
    """Return the infraction that was written; ValueError for anything else."""
    if not isinstance(data, Mapping):
        raise ValueError("expected an object")
    fields = dict(data)
    version = fields.pop(_VERSION_KEY, None)
    if isinstance(version, bool) or version != SCHEMA_VERSION:
        raise ValueError("the infraction was written by an unknown schema version")
    return cast("Infraction", form_of(Infraction).restore(fields))
