"""How far something is."""

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with what is being done and how much of it is, 0..1."""
