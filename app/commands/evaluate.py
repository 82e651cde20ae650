"""`evaluate`: measure detectors and plate readers on pictures and clips."""

import argparse
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.common import (
    Commands,
    add_home,
    add_json,
    add_model,
    paths_of,
    write_json,
)
from app.progress import StepwiseProgress, print_progress

if TYPE_CHECKING:
    from app.ports import Detector
    from ml.evaluate.labelled import Skipped


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add_parser("evaluate", help="measure models on your pictures")
    subjects = parser.add_subparsers(metavar="SUBJECT", required=True)
    detect = subjects.add_parser("detect", help="a detector on labelled pictures")
    _add_detect(detect)
    detect.set_defaults(run=_detect)
    for subject in (detect,):
        add_json(subject)
        add_home(subject)


def _add_detect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, required=True, help="YOLO folder, or its data.yaml"
    )
    parser.add_argument("--part", help='only this part of the set, such as "val"')
    parser.add_argument("--most", type=_count, help="at most so many pictures")
    parser.add_argument("--names", help="class names in order: car,bus,truck")
    add_model(parser)


def _detect(options: argparse.Namespace) -> int:
    from ml.evaluate.detect import MIN_SCORE, evaluate_set, table
    from ml.evaluate.labelled import LabelledSet

    names = dict(enumerate(options.names.split(","))) if options.names else None
    pictures = LabelledSet(options.data, options.part, names, options.most)
    # Before the model is opened, which takes its time.
    pictures.pictures()
    with closing(_opened(options, options.model, MIN_SCORE)) as detector:
        result = evaluate_set(detector, pictures, StepwiseProgress())
    print_progress("done", 1.0)
    network = "" if result.network_ms is None else f", network {result.network_ms:.1f}"
    print(
        f"{result.model_name} {result.model_sha256[:12]} on {result.device}: "
        f"{result.picture_count} pictures, {result.median_ms:.1f} ms each{network}; "
        f"recall and precision at score {result.working_score}"
    )
    print(table(result))
    _tell_skipped(result.skipped)
    write_json(options.json, {**asdict(result), "data": str(options.data)})
    return 0


def _tell_skipped(skipped: "Skipped") -> None:
    told = [
        f"{count} {name.replace('_', ' ')}"
        for name, count in asdict(skipped).items()
        if count
    ]
    if told:
        print(f"left out: {', '.join(told)}")


def _opened(
    options: argparse.Namespace, model: str | None, min_score: float
) -> "Detector":
    """Open a detector by name, path or address, telling of every box it thinks of."""
    from ml.detect.postprocess import Thresholds
    from ml.session import open_detector

    thresholds = Thresholds(min_score=min_score)
    path = Path(model) if model and "://" not in model else None
    is_path = path is not None and (path.exists() or len(path.parts) > 1)
    return open_detector(
        paths_of(options).models,
        None if is_path else model,
        path if is_path else None,
        print_progress,
        thresholds,
    )


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count
