"""A secret store in memory."""


class MemorySecrets:
    """Keeps entries until it is gone."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[str, str]] = {}

    def get(self, reference: str) -> tuple[str, str] | None:
        """Return an entry."""
        return self.entries.get(reference)

    def put(self, reference: str, user: str, password: str) -> None:
        """Store an entry."""
        self.entries[reference] = (user, password)

    def delete(self, reference: str) -> None:
        """Forget an entry."""
        self.entries.pop(reference, None)
