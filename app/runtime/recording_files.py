"""Small JSON files, written whole or not at all."""

import json
import os
from pathlib import Path
from typing import Any

_MOST_BYTES = 64 << 20


def write_object(path: Path, document: dict[str, Any]) -> None:
    """Write a JSON object and flush it to the disk before it gets its name."""
    arriving = path.with_suffix(".new")
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    with arriving.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    arriving.replace(path)


def read_object(path: Path) -> dict[str, Any] | None:
    """Return the JSON object of a file, None when there is none that can be read."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
