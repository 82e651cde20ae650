"""Where this workstation keeps its things."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

PROJECT = Path(__file__).resolve().parents[2]
RESOURCES = PROJECT / "resources"


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders below one root; each is made, for this user only, when asked for."""

    root: Path

    @classmethod
    def default(cls) -> "Paths":
        """Return `ATALAYA_HOME` if set, else the platform's data folder."""
        chosen = os.environ.get("ATALAYA_HOME")
        return cls(Path(chosen or platformdirs.user_data_dir("atalaya")).resolve())

    def _folder(self, name: str) -> Path:
        return _made(self.root / name)

    def _shared_folder(self, name: str) -> Path:
        """Return a folder that roots share where `ATALAYA_NAME` says so."""
        shared = os.environ.get(f"ATALAYA_{name.upper()}")
        return _made(Path(shared).resolve()) if shared else self._folder(name)

    @property
    def database(self) -> Path:
        """Data directory of the embedded PostgreSQL."""
        return self._folder("database")

    @property
    def evidence(self) -> Path:
        """The local evidence store."""
        return self._folder("evidence")

    @property
    def set_aside(self) -> Path:
        """Evidence files that no case names, kept out of the store."""
        return self._folder("set-aside")

    @property
    def spool(self) -> Path:
        """What the engine has not yet handed to PostgreSQL."""
        return self._folder("spool")

    @property
    def models(self) -> Path:
        """Pulled and exported models; roots share those of `ATALAYA_MODELS`."""
        return self._shared_folder("models")

    @property
    def simulator(self) -> Path:
        """What the virtual cameras made of the clips; shared as the models are."""
        return self._shared_folder("simulator")

    @property
    def logs(self) -> Path:
        """Log files."""
        return self._folder("logs")

    @property
    def run(self) -> Path:
        """Sockets, locks and process ids."""
        return self._folder("run")

    @property
    def secrets(self) -> Path:
        """Key files, readable by this user only."""
        return self._folder("secrets")

    @property
    def anchors(self) -> Path:
        """Signed heads of the audit chain."""
        return self._folder("anchors")

    @property
    def reports(self) -> Path:
        """PDF documents that were made here."""
        return self._folder("reports")

    @property
    def footage(self) -> Path:
        """What was found in imported recordings, a folder for each."""
        return self._folder("footage")


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
