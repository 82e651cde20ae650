"""The one text of an infraction, which its hash in the database is taken of."""

import hashlib
import json

from app.domain.ids import Sha256
from app.domain.infraction import Infraction
from app.evidence.codec import infraction_to_json


def canonical_document(infraction: Infraction) -> str:
    """Return the infraction as JSON with sorted keys and without spaces."""
    return json.dumps(
        infraction_to_json(infraction),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )


def sha256_of(document: str) -> Sha256:
    """Return the SHA-256 of a document's UTF-8 bytes."""
    return Sha256(hashlib.sha256(document.encode()).hexdigest())
