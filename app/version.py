"""The version that every infraction is signed with; pyproject.toml says the same."""

VERSION = "0.1.0"
