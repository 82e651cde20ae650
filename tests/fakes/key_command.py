"""A key service as a command: it wraps what it is given under a key of its own."""

import sys
from pathlib import Path

_SERVICE = """
import hashlib, sys
from pathlib import Path

folder = Path(__file__).parent
with (folder / "asked").open("a") as log:
    log.write(" ".join(sys.argv[1:]) + chr(10))
secret = (folder / "secret").read_bytes()
given = sys.stdin.buffer.read()
stream = b"".join(hashlib.sha256(secret + bytes([n])).digest() for n in range(4))
turned = bytes(a ^ b for a, b in zip(given, stream))
sys.stdout.buffer.write(turned)
"""
_SECRET = b"of the service"


class KeyCommand:
    """The commands, and what they were asked; `unplug` is the service that is away."""

    def __init__(self, folder: Path) -> None:
        """Make the program in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._program = folder / "service.py"
        self._program.write_text(_SERVICE)
        (folder / "secret").write_bytes(_SECRET)

    @property
    def wrap(self) -> tuple[str, ...]:
        """The command that wraps."""
        return self._command("wrap")

    @property
    def unwrap(self) -> tuple[str, ...]:
        """The command that opens."""
        return self._command("unwrap")

    @property
    def asked(self) -> list[str]:
        """With which arguments it was started."""
        return (self._folder / "asked").read_text().splitlines()

    def unplug(self) -> None:
        """Let the service fail from now on."""
        (self._folder / "secret").unlink()

    def plug_in(self) -> None:
        """Let it answer again."""
        (self._folder / "secret").write_bytes(_SECRET)

    def _command(self, verb: str) -> tuple[str, ...]:
        return (sys.executable, "-I", "-S", str(self._program), verb)
