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


class StepwiseProgress:
    """Shows progress like `print_progress`, in a log only every twentieth part."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._shown = -1.0

    def __call__(self, what: str, share: float) -> None:
        """Show it if it is time to; all of it is always shown."""
        if share < 1 and not sys.stdout.isatty() and share < self._shown + 0.05:
            return
        self._shown = share
        print_progress(what, share)
