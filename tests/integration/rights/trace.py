"""What the server logs of a scene, and which refused acts are missing in it."""

import re
import threading
import time
from collections.abc import Iterable

from app.domain.ids import new_uuid
from db.login_log import LogTail
from tests.integration.rights.acts import Act
from tests.integration.rights.scene import Scene

_LOGGED_WITHIN_S = 10.0


class Trace:
    """Gives what is logged from its making on."""

    def __init__(self, scene: Scene) -> None:
        """Begin with the next line."""
        self._scene = scene
        self._tail = LogTail(scene.database.host.log)
        self._lines: list[str] = []

    def read(self) -> str:
        """Return all that was logged by now; a collector may be a moment behind."""
        mark, patience = f"read {new_uuid()}", threading.Event()
        self._scene.watcher.execute(f"DO $$ BEGIN RAISE LOG '{mark}'; END $$".encode())
        deadline = time.monotonic() + _LOGGED_WITHIN_S
        while time.monotonic() < deadline:
            fresh = self._tail.lines()
            self._lines += fresh
            if any(mark in line for line in fresh):
                break
            patience.wait(0.0 if fresh else 0.02)
        return "\n".join(self._lines)


def line(state: str, login: str, scene: Scene, text: str) -> re.Pattern[str]:
    """Return what finds a line of somebody at the scene, ahead of what clients say."""
    name = scene.database.name
    where = f"{state} {login}@{name} 127\\.0\\.0\\.1 {text}"
    return re.compile(f"^[-0-9]+ [0-9:.]+ UTC \\[[0-9]+\\] {where}", re.MULTILINE)


def untraced(said: str, login: str, scene: Scene, acts: Iterable[Act]) -> list[str]:
    """Return the acts whose refusal does not stand there, with reason and author."""
    found = line("([0-9A-Z]{5})", login, scene, "STATEMENT:  (.*)$").findall(said)
    logged = {(statement, state) for state, statement in found}
    return [
        act.sql
        for act in acts
        if not any((act.sql, state) in logged for state in act.sqlstates)
    ]
