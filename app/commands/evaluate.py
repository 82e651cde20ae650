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
from app.domain.errors import ConfigurationInvalid
from app.progress import StepwiseProgress, print_progress

if TYPE_CHECKING:
    from app.ports import Detector
    from ml.evaluate.clip import Agreement
    from ml.evaluate.labelled import Skipped


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add_parser("evaluate", help="measure models on your pictures")
    subjects = parser.add_subparsers(metavar="SUBJECT", required=True)
    detect = subjects.add_parser("detect", help="a detector on labelled pictures")
    _add_detect(detect)
    detect.set_defaults(run=_detect)
    clip = subjects.add_parser("clip", help="a detector beside a teacher, on clips")
    _add_clip(clip)
    clip.set_defaults(run=_clip)
    plates = subjects.add_parser("plates", help="the plate reader on pictures")
    _add_plates(plates)
    plates.set_defaults(run=_plates)
    for subject in (detect, clip, plates):
        add_json(subject)
        add_home(subject)


def _add_detect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, required=True, help="YOLO folder, or its data.yaml"
    )
    parser.add_argument("--part", help='only this part of the set, such as "val"')
    parser.add_argument("--most", type=_count, help="at most so many pictures")
    parser.add_argument("--names", help="class names in order: car,bus,truck")
    parser.add_argument(
        "--failures", type=Path, help="draw the worst pictures on this JPEG"
    )
    add_model(parser)


def _add_clip(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", nargs="+", type=Path, help="clips of any kind")
    parser.add_argument(
        "--teacher",
        required=True,
        help="the model to be held against: a name, a .pt file, an OpenVINO folder",
    )
    parser.add_argument("--every", type=_count, default=10, help="every so many frames")
    parser.add_argument("--most", type=_count, help="at most so many frames of a clip")
    parser.add_argument(
        "--teacher-score", type=float, default=0.5, help="from when it is sure, 0..1"
    )
    add_model(parser)


def _clip(options: argparse.Namespace) -> int:
    from ml.evaluate.clip import (
        OUR_MIN_SCORE,
        UNSURE_SCORE,
        Agreement,
        compare,
        table,
    )

    _require_files(options.video)
    with (
        closing(_opened(options, options.model, OUR_MIN_SCORE)) as ours,
        closing(_opened(options, options.teacher, UNSURE_SCORE)) as teacher,
    ):
        told = compare(
            ours,
            teacher,
            options.video,
            every=options.every,
            most=options.most,
            teacher_score=options.teacher_score,
        )
        for one in told:
            if not isinstance(one, Agreement):
                print(f"{one.clip}: {one.frame_count} frames", flush=True)
                continue
            print(table([*one.clips, one.total]))
            print(_clip_summary(one))
            write_json(options.json, asdict(one))
    return 0


def _clip_summary(result: "Agreement") -> str:
    left_out = f"\nnot readable: {', '.join(result.unreadable)}"
    return (
        f"{result.model_name} beside {result.teacher_name} (boxes from "
        f"{result.teacher_score}): precision and recall at its working score; equal: "
        "where both are the same\n"
        f"time of a picture {result.our_ms:.1f} and {result.teacher_ms:.1f} ms, "
        f"ratio {result.time_ratio:.2f}; network alone {result.our_network_ms:.1f} and "
        f"{result.teacher_network_ms:.1f} ms, ratio {result.network_time_ratio:.2f}"
        + (left_out if result.unreadable else "")
    )


def _require_files(videos: list[Path]) -> None:
    missing = [str(video) for video in videos if not video.is_file()]
    if missing:
        raise ConfigurationInvalid(f"There is no video {', '.join(missing)}.")


def _detect(options: argparse.Namespace) -> int:
    from ml.evaluate.detect import MIN_SCORE, evaluate_set, table
    from ml.evaluate.failures import FailureSheet
    from ml.evaluate.labelled import LabelledSet

    names = dict(enumerate(options.names.split(","))) if options.names else None
    pictures = LabelledSet(options.data, options.part, names, options.most)
    # Before the model is opened, which takes its time.
    pictures.pictures()
    with closing(_opened(options, options.model, MIN_SCORE)) as detector:
        sheet = FailureSheet() if options.failures else None
        result = evaluate_set(detector, pictures, StepwiseProgress(), sheet)
    print_progress("done", 1.0)
    network = "" if result.network_ms is None else f", network {result.network_ms:.1f}"
    print(
        f"{result.model_name} {result.model_sha256[:12]} on {result.device}: "
        f"{result.picture_count} pictures, {result.median_ms:.1f} ms each{network}; "
        f"recall and precision at score {result.working_score}"
    )
    print(table(result))
    _tell_skipped(result.skipped)
    if sheet is not None:
        print(f"{sheet.save(options.failures)} pictures on {options.failures}")
    write_json(options.json, {**asdict(result), "data": str(options.data)})
    return 0


def _add_plates(parser: argparse.ArgumentParser) -> None:
    subject = parser.add_mutually_exclusive_group(required=True)
    subject.add_argument(
        "--labels",
        type=Path,
        help="CSV file with columns image,plate and perhaps x,y,width,height",
    )
    subject.add_argument(
        "--clip",
        type=Path,
        help="a video: how often the plate of a track is read; and how often rightly, "
        "where CLIP.truth.json lies beside it",
    )
    parser.add_argument("--most", type=_count, help="at most so many pictures")
    parser.add_argument(
        "--crops", action="store_true", help="every picture is one plate, cut out"
    )
    parser.add_argument("--each", action="store_true", help="show every plate")
    parser.add_argument(
        "--country",
        type=str.upper,
        help="whose forms of plates to expect, such as PE or BR; any where it is left "
        "out, for a clip those of the product",
    )
    parser.add_argument(
        "--reader", type=Path, help="another network to read with, from train-plates"
    )
    add_model(parser)


def _plates(options: argparse.Namespace) -> int:
    from ml.environment import inference_threads
    from ml.evaluate.plate_labels import read_table
    from ml.evaluate.plates import evaluate_plates, summary
    from ml.plate.grammar import ANYWHERE
    from ml.plate.reader import open_plate_reader

    if options.clip is not None:
        return _plate_clip(options)
    table = read_table(options.labels)
    result = evaluate_plates(
        open_plate_reader(
            paths_of(options).models,
            print_progress,
            country=options.country or ANYWHERE,
            threads=inference_threads(),
            text=_reader_file(options),
        ),
        table,
        most=options.most,
        crops=options.crops,
        progress=StepwiseProgress(),
    )
    print_progress("done", 1.0)
    if options.each:
        for row in result.rows:
            mark = "●" if row.read == row.plate else "▲"
            print(f"{mark} {row.image:40.40} {row.plate:10} {row.read or '-'}")
    print(summary(result))
    left_out = {
        "missing pictures": result.missing_pictures,
        "broken pictures": result.broken_pictures,
        "broken rows": result.broken_rows,
    }
    told = [f"{count} {name}" for name, count in left_out.items() if count]
    if told:
        print(f"left out: {', '.join(told)}")
    write_json(options.json, {**asdict(result), "labels": str(options.labels)})
    return 0


def _reader_file(options: argparse.Namespace) -> Path | None:
    chosen: Path | None = options.reader
    if chosen is not None and not chosen.is_file():
        raise ConfigurationInvalid(f"There is no file {chosen}.")
    return chosen


def _plate_clip(options: argparse.Namespace) -> int:
    from app.bootstrap.recordings import analyse_source
    from app.simulator.truth import Truth
    from ml.evaluate.plate_tally import TallyingReader, against_truth, summary
    from ml.plate.reader import open_plate_reader

    _require_files([options.clip])
    paths = paths_of(options)
    reader = TallyingReader(
        open_plate_reader(
            paths.models,
            print_progress,
            country=options.country or "PE",
            text=_reader_file(options),
        )
    )
    report = analyse_source(
        paths, str(options.clip), options.model, plate_reader=lambda: reader
    )
    tracks = reader.tracks()
    print(summary(tracks, report.tracks))
    figures = {**asdict(tracks), "tracks": report.tracks, "source": report.source}
    truth = options.clip.with_suffix(".truth.json")
    if truth.is_file():
        clip = Truth.load(truth)
        plates = {v.plate for v in clip.vehicles if v.plate is not None}
        compared = against_truth(tracks.readings, clip.legible_plates(), plates)
        print(compared.summary())
        figures["truth"] = asdict(compared)
    write_json(options.json, {**figures, "reads_per_track": tracks.reads_per_track})
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
