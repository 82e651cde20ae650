"""Stands in for `main.py models` in tests of the desktop: same words, no network.

What it does follows from the name of the model or file: "gone" cannot be fetched,
"long" goes on until it is told to stop, "hostile" is refused, "crash" ends without a
word. What was done is kept below `--home`, so that the next list shows it.
"""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

_SHA256 = "cbd57b21a6cedeb561121f767b34ae26a8e6e92f8a81fde43f092a473503e66b"
_STEPS = 4


def main() -> int:
    """Say what the command would say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json-lines", action="store_true", required=True)
    parser.add_argument("--follow", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True)
    for option in ("--name", "--licence", "--size"):
        parser.add_argument(option)
    parser.add_argument("subject", nargs="?", default="")
    action, *rest = sys.argv[1:]
    options = parser.parse_args(rest)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    kept = _Kept(options.home / "models-of-the-test.json")
    return _ACTS[action](options, kept, stop)


class _Kept:
    def __init__(self, file: Path) -> None:
        self._file = file
        self.facts: dict[str, Any] = {"used": "atalaya-n", "here": [], "own": []}
        self.facts |= {"forms": {}, "damaged": []}
        if file.exists():
            self.facts = json.loads(file.read_text("utf-8"))

    def write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(self.facts), "utf-8")


def _list(_options: argparse.Namespace, kept: _Kept, _stop: threading.Event) -> int:
    for model in [*_registry(kept), *kept.facts["own"]]:
        name = model["name"]
        measured = kept.facts["forms"].get(name, [])
        best = measured[0]["variant"] if measured else None
        form = {"form": best, "measured": measured, "chosen_at": None}
        if best:
            form["chosen_at"] = "2026-11-24T10:00:00-05:00"
        _say("model", **model, **form, used=name == kept.facts["used"])
    if "://" in kept.facts["used"]:
        _say("served", address=kept.facts["used"])
    _say("done")
    return 0


def _registry(kept: _Kept) -> list[dict[str, Any]]:
    road = ["person", "bicycle", "motorcycle", "car", "bus", "truck"]
    bundled = {"kind": "bundled", "file": "atalaya-n.pt"}
    wheel = {"kind": "wheel", "package": "fastanpr", "version": "0.1.13"}
    figures = {"simulated vehicle mAP50": 0.86, "real vehicle mAP50": 0.699}
    plate = _model("plate-locator", ["license_plate"], wheel, kept, task="plate")
    nano = _model("atalaya-n", road, bundled, kept, size=480)
    nano |= {"bytes": 6_206_755, "accuracy": figures}
    nano["title"] = "Atalaya road users, nano (YOLOv8n)"
    many = [*road, *(f"thing {number}" for number in range(74))]
    fetched = [
        _model(name, many, {"kind": "url", "url": f"https://example.org/{name}"}, kept)
        for name in ("yolo11s", "gone", "long")
    ]
    return [plate, nano, *fetched]


def _model(
    name: str,
    classes: list[str],
    source: dict[str, str],
    kept: _Kept,
    *,
    task: str = "detect",
    size: int = 640,
) -> dict[str, Any]:
    return {
        "name": name,
        "title": f"The model {name}",
        "task": task,
        "classes": classes,
        "input_size_px": size,
        "licence": "AGPL-3.0",
        "sha256": _SHA256,
        "accuracy": {},
        "source": source,
        "bytes": 19_300_000 if name in kept.facts["here"] else None,
        "eight_bit": False,
    }


def _use(options: argparse.Namespace, kept: _Kept, _stop: threading.Event) -> int:
    kept.facts["used"] = options.subject
    kept.write()
    _say("done", name=options.subject)
    return 0


def _pull(options: argparse.Namespace, kept: _Kept, stop: threading.Event) -> int:
    name = options.subject
    if name == "gone":
        return _fail("The model could not be downloaded. Check the network.")
    if not _work(f"Fetching {name}", stop, endless=name == "long"):
        return 130
    kept.facts["here"].append(name)
    kept.facts["damaged"] = [n for n in kept.facts["damaged"] if n != name]
    kept.write()
    _say("done", name=name)
    return 0


def _import(options: argparse.Namespace, kept: _Kept, _stop: threading.Event) -> int:
    stem = Path(options.subject).stem
    if stem == "crash":
        print("a library says something", file=sys.stderr)
        return 1
    if stem == "hostile":
        return _fail("The model hostile cannot be loaded safely, so it is not loaded.")
    made = _model(options.name, ["car"], {"kind": "local"}, kept)
    made |= {"bytes": 5_000_000, "licence": options.licence}
    made |= {"input_size_px": int(options.size), "title": options.name}
    kept.facts["own"].append(made)
    kept.write()
    _say("done", name=options.name)
    return 0


def _verify(_options: argparse.Namespace, kept: _Kept, _stop: threading.Event) -> int:
    models = [*_registry(kept), *kept.facts["own"]]
    for number, model in enumerate(models):
        name, sentence = model["name"], ""
        _say("progress", sentence=f"Checking {name}", share=number / len(models))
        if model["bytes"] is None:
            sentence = f"The model {name} is not on this computer."
        elif name in kept.facts["damaged"]:
            sentence = f"The file of the model {name} is not the one on record."
        _say("checked", name=name, sentence=sentence)
    _say("done", bad=1)
    return 1


def _optimise(options: argparse.Namespace, kept: _Kept, stop: threading.Event) -> int:
    name = options.subject
    _work("measuring rates, round 1 of 3", stop, endless=False)
    kept.facts["forms"][name] = [
        _measured("openvino-8bit:CPU", 15.5, 0.996, None),
        _measured("onnx:cpu", 12.6, 1.0, None),
        _measured("openvino:CPU", 7.2, 0.97, "box agreement 0.970, less than 0.980"),
    ]
    kept.write()
    _say("done", name=name, form="openvino-8bit:CPU")
    return 0


def _measured(
    variant: str, rate: float, agreement: float, refused: str | None
) -> dict[str, Any]:
    figures = {"pictures_per_s": rate, "agreement": agreement}
    return {"variant": variant, **figures, "refused": refused}


def _work(sentence: str, stop: threading.Event, *, endless: bool) -> bool:
    """Report progress; return whether it came to its end."""
    for step in range(_STEPS):
        _say("progress", sentence=sentence, share=step / _STEPS)
    print("a library says something else", flush=True)
    return not stop.wait(60) if endless else True


def _fail(sentence: str) -> int:
    _say("failed", sentence=sentence)
    return 3


def _say(event: str, **facts: object) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)


_ACTS = {
    "list": _list,
    "use": _use,
    "pull": _pull,
    "import": _import,
    "verify": _verify,
    "optimise": _optimise,
}

if __name__ == "__main__":
    sys.exit(main())
