"""Says each change before it is made, or only says it."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Doing:
    """Collects what was changed; in a dry run nothing is, and the same is said."""

    dry_run: bool = False
    say: Callable[[str], None] = print
    changes: list[str] = field(default_factory=list)

    def change(self, what: str, act: Callable[[], object]) -> bool:
        """Make one change; return whether it was made."""
        self.changes.append(what)
        self.say(f"{'would' if self.dry_run else '+'} {what}")
        if not self.dry_run:
            act()
        return not self.dry_run

    def warn(self, text: str) -> None:
        """Say what somebody should look at; it is no change."""
        self.say(f"! {text}")
