"""From a fresh machine to a running Atalaya, with the standard library alone.

    python installer/bootstrap.py setup          make everything ready
    python installer/bootstrap.py demo [...]     ... and run the demo
    python installer/bootstrap.py test [...]     ... and judge the tree
    python installer/bootstrap.py run [...]      ... and run main.py with arguments
    python installer/bootstrap.py server [...]   ... and set up the shared server

What is missing of the system's libraries is installed where that is allowed, and
named with the command to run where it is not. A second start takes seconds.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
CONSTRAINTS = PROJECT / "installer" / "constraints.txt"
VENV = PROJECT / ".venv"
STAMP = VENV / "atalaya-setup"
NEEDED_DISK_BYTES = 9_000_000_000
MINIMUM_PYTHON = (3, 11)
_IN_PARALLEL = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
QUICK_JUDGES = {
    "lint": ("-m", "ruff", "check"),
    "format": ("-m", "ruff", "format", "--check"),
    "import contracts": (
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
    ),
}
TYPES = ("types", ("-m", "mypy"))
TESTS = {"tests": ("-m", "pytest", *_IN_PARALLEL, "-m", "not acceptance")}
# These need the processor for themselves: they judge what it sustains.
ACCEPTANCE = {"acceptance tests": ("-m", "pytest", "-m", "acceptance")}
# Shared library that must load -> Debian and Ubuntu package that carries it.
SYSTEM_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libnss3.so": "libnss3",
    "libasound.so.2": "libasound2",
    "libpulse.so.0": "libpulse0",
}
SYSTEM_PROGRAMS = {"Xvfb": "xvfb"}


class SetupFailed(Exception):
    """The machine lacks something; the message says what to do."""


def say(text: str) -> None:
    """Print a step at once, so that a long one is seen to have begun."""
    print(f"\n== {text}", flush=True)


def main(arguments: Sequence[str]) -> int:
    """Run one of the five commands; return the exit code."""
    command, rest = (arguments or ("setup",))[0], list(arguments[1:])
    if command not in COMMANDS:
        print(__doc__)
        return 2
    try:
        set_up()
        return COMMANDS[command](rest)
    except SetupFailed as error:
        print(f"\natalaya: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\natalaya: stopped.", file=sys.stderr)
        return 130


def set_up() -> None:
    """Make virtual environment, packages and system libraries ready."""
    require_python()
    install_system_packages()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == fingerprint():
        return
    make_environment()
    install_packages()
    keep_one_opencv()
    STAMP.write_text(fingerprint(), encoding="utf-8")


def require_python() -> None:
    """Raise SetupFailed on a Python that is too old."""
    if sys.version_info < MINIMUM_PYTHON:
        wanted = ".".join(map(str, MINIMUM_PYTHON))
        raise SetupFailed(
            f"Python {wanted} or newer is needed, this is {sys.version.split()[0]}. "
            "Run the command again with a newer one: make PYTHON=python3.12 demo"
        )


def fingerprint() -> str:
    """Return a hash of all that decides what is installed."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (PROJECT / "pyproject.toml", CONSTRAINTS, Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def environment_python() -> Path:
    """Return the interpreter of the virtual environment."""
    folder = "Scripts" if os.name == "nt" else "bin"
    return VENV / folder / ("python.exe" if os.name == "nt" else "python")


def make_environment() -> None:
    """Create `.venv` unless it is there and works."""
    if environment_python().exists():
        return
    say("Making the virtual environment in .venv")
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupFailed(
            "The virtual environment cannot be made. On Debian and Ubuntu install "
            f"it with: apt-get install python{version}-venv"
        )


def install_packages() -> None:
    """Install what pyproject.toml names, at the releases that were tested."""
    free = shutil.disk_usage(VENV).free
    if not STAMP.exists() and free < NEEDED_DISK_BYTES:
        raise SetupFailed(
            f"{NEEDED_DISK_BYTES / 1e9:.0f} GB of free disk are needed, "
            f"{free / 1e9:.1f} GB are left on {VENV.anchor or VENV}. Free some."
        )
    say("Installing Python packages (the first time downloads several GB)")
    started = time.monotonic()
    # Most of what is installed is never imported: what is, Python compiles then.
    pip("install", "--no-compile", "--constraint", str(CONSTRAINTS), *requirements())
    say(f"Packages are ready after {time.monotonic() - started:.0f} s")


def requirements() -> list[str]:
    """Return the requirements of pyproject.toml, those for development included."""
    import tomllib

    with (PROJECT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    found = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return [str(requirement) for requirement in found]


def keep_one_opencv() -> None:
    """Leave opencv-python alone in the environment.

    Its headless twin comes in as a dependency, both write to the same folder, and
    which one wins depends on the order of installation.
    """
    if pip("show", "--quiet", "opencv-python-headless", check=False):
        return
    say("Keeping one OpenCV")
    pip("uninstall", "--yes", "opencv-python-headless", "opencv-python")
    constraint = ("--constraint", str(CONSTRAINTS))
    pip("install", "--no-deps", *constraint, "opencv-python")


def pip(*arguments: str, check: bool = True) -> int:
    """Run pip of the environment; return its exit code."""
    command = [str(environment_python()), "-m", "pip", *arguments]
    quiet = subprocess.DEVNULL if not check else None
    options = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    ended = subprocess.run(
        command, check=False, env={**os.environ, **options}, stdout=quiet, stderr=quiet
    )
    if check and ended.returncode:
        raise SetupFailed(
            "pip could not install the packages; its message stands above. Check the "
            "network, or the package index that pip is configured for, and try again."
        )
    return ended.returncode


def install_system_packages() -> None:
    """Install missing system libraries, or say which and how."""
    if not sys.platform.startswith("linux"):
        return
    missing = missing_system_packages()
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends"]
    prefix = privilege()
    if shutil.which("apt-get") is None or prefix is None:
        raise SetupFailed(
            "System libraries are missing. Install them and run the command again:\n"
            f"    sudo {' '.join([*command, *missing])}\n"
            "(names as on Debian and Ubuntu)"
        )
    say(f"Installing system libraries: {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, "apt-get", "update", "-q"], check=False, env=environment)
    # Only after the update does apt know the names that this release uses.
    command = [*prefix, *command, *map(available_name, missing)]
    if subprocess.run(command, check=False, env=environment).returncode:
        raise SetupFailed(f"This failed: {' '.join(command)}")


def missing_system_packages() -> list[str]:
    """Return the packages whose library does not load or program is not there."""
    missing = [p for name, p in SYSTEM_LIBRARIES.items() if not loads(name)]
    missing += [p for name, p in SYSTEM_PROGRAMS.items() if not shutil.which(name)]
    return missing


def loads(library: str) -> bool:
    """Tell whether a shared library can be found, without loading it here."""
    ldconfig = shutil.which("ldconfig") or "/sbin/ldconfig"
    if Path(ldconfig).exists():
        known = subprocess.run(
            [ldconfig, "-p"], check=False, capture_output=True, text=True
        )
        return f"\t{library} " in known.stdout
    folder = Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib")
    return any(folder.rglob(library))


def available_name(package: str) -> str:
    """Return the name that this release uses: some end in t64 since 2024."""
    newer = f"{package}t64"
    if shutil.which("apt-cache") is None:
        return package
    shown = subprocess.run(
        ["apt-cache", "show", newer], check=False, capture_output=True
    )
    return newer if shown.returncode == 0 and shown.stdout else package


def privilege() -> list[str] | None:
    """Return the words that make a command root's, None when there are none."""
    if os.name != "nt" and os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)
    return ["sudo", "-n"] if allowed.returncode == 0 else None


def run_in_environment(arguments: Sequence[str]) -> int:
    """Run the environment's Python in the project folder; return its exit code.

    Ctrl-C reaches the child too, which ends by itself; this waits for it.
    """
    child = subprocess.Popen([str(environment_python()), *arguments], cwd=PROJECT)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def has_screen() -> bool:
    """Tell whether a window could be opened."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def demo(arguments: Sequence[str]) -> int:
    """Open the demo; without a screen run it unseen and leave pictures behind."""
    if has_screen():
        say("Opening the demo (Ctrl-C or closing the window ends it)")
        return run_in_environment(["main.py", "demo"])
    say("No screen: the demo runs unseen and leaves its pictures in var/demo")
    return run_in_environment(["main.py", "demo", "--headless", *arguments])


def test(arguments: Sequence[str]) -> int:
    """Judge the tree; every judge has its say, and one refusal is enough."""
    if arguments:
        return run_in_environment(["-m", "pytest", *arguments])
    refused = judge_by(QUICK_JUDGES)
    # It needs one core for minutes; the tests wait for much and leave that over.
    with judging_aside(TYPES) as types:
        refused += judge_by(TESTS)
        refused += types()
    refused += judge_by(ACCEPTANCE)
    say(f"Refused by: {', '.join(refused)}" if refused else "All judges agree")
    return 1 if refused else 0


def judge_by(judges: Mapping[str, Sequence[str]]) -> list[str]:
    """Let judges speak one after the other; return the names of those that refuse."""
    refused = []
    for name, command in judges.items():
        say(f"Judging: {name}")
        if run_in_environment(command):
            refused.append(name)
    return refused


@contextmanager
def judging_aside(
    judge: tuple[str, Sequence[str]],
) -> Iterator[Callable[[], list[str]]]:
    """Let a judge think meanwhile; what is yielded waits for it and tells its say."""
    name, command = judge
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [str(environment_python()), *command],
            cwd=PROJECT,
            stdout=said,
            stderr=subprocess.STDOUT,
        )

        def verdict() -> list[str]:
            code = child.wait()
            say(f"Judging: {name}")
            said.seek(0)
            print(said.read().decode(errors="replace"), end="", flush=True)
            return [name] if code else []

        try:
            yield verdict
        finally:
            child.kill()
            child.wait()


def run(arguments: Sequence[str]) -> int:
    """Run main.py."""
    return run_in_environment(["main.py", *arguments])


def server(arguments: Sequence[str]) -> int:
    """Set up the shared server of a site."""
    return run_in_environment(["-m", "installer.server", "setup", *arguments])


COMMANDS = {
    "setup": lambda _: 0,
    "demo": demo,
    "test": test,
    "run": run,
    "server": server,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
