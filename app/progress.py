"""How a long step shows in a terminal."""

import sys


def print_progress(what: str, share: float) -> None:
    """Show progress: on one line of a terminal, a line a step elsewhere."""
    if sys.stdout.isatty():
        print(f"\r{share:4.0%} {what:64.64}", end="", flush=True)
        if share >= 1:
            print()
    else:
        print(f"{share:4.0%} {what}", flush=True)
