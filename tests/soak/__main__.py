"""`python -m tests.soak --minutes 60 --cameras 8`: a verdict, and all that was seen."""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.soak.run import Choices, Soak
from tests.soak.verdict import Check, Seen, judge


def main() -> int:
    """Run, print, write; return 0 when every check held."""
    options = _options()
    choices = Choices(
        seconds=options.minutes * 60,
        cameras=options.cameras,
        seed=options.seed,
        height_px=options.height,
    )
    with tempfile.TemporaryDirectory(prefix="atalaya-soak-") as folder:
        home = Path(options.home or folder)
        seen = Soak(choices, home, lambda text: print(text, flush=True)).run()
    settle_s = min(180.0, choices.seconds / 3)
    checks = judge(seen, settle_s=settle_s, seconds=choices.seconds)
    for check in checks:
        print(f"{'ok  ' if check.held else 'FAIL'} {check.name}: {check.detail}")
    passed = all(check.held for check in checks)
    print("The soak passed." if passed else "The soak FAILED.")
    if options.json:
        report = _report(choices, seen, checks)
        options.json.write_text(json.dumps(report, indent=1), "utf-8")
    return 0 if passed else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--cameras", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--height", type=int, default=720, help="lines of the picture")
    parser.add_argument("--home", type=Path, help="keep the engine's files here")
    parser.add_argument("--json", type=Path, help="write everything to this file")
    return parser.parse_args()


def _report(choices: Choices, seen: Seen, checks: list[Check]) -> dict[str, object]:
    return {
        "choices": asdict(choices),
        "passed": all(check.held for check in checks),
        "checks": [asdict(check) for check in checks],
        "incidents": [asdict(outcome) for outcome in seen.outcomes],
        "series": [sample.as_dict() for sample in seen.samples],
        "shutdown_s": seen.shutdown_s,
        "errors": seen.errors,
    }


if __name__ == "__main__":
    sys.exit(main())
