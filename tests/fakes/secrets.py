"""A secret store that forgets with the test."""


class MemorySecretStore:
    """Implements `app.ports.SecretStore`."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: dict[str, tuple[str, str]] = {}

    def get(self, reference: str) -> tuple[str, str] | None:
        """Return user and password."""
        return self._entries.get(reference)

    def put(self, reference: str, user: str, password: str) -> None:
        """Store or replace an entry."""
        self._entries[reference] = (user, password)

    def delete(self, reference: str) -> None:
        """Forget an entry."""
        self._entries.pop(reference, None)
