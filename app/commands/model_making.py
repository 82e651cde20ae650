"""`models`: make networks of one's own: training sets, training, 8-bit forms."""

import argparse
from contextlib import ExitStack, closing
from pathlib import Path

from app.commands.common import Commands, add_home, paths_of
from app.progress import print_progress


def add(actions: Commands) -> None:
    """Add the commands to those of `models`."""
    _add_dataset(actions)
    _add_train(actions)
    _add_average(actions)
    _add_train_plates(actions)
    _add_quantise(actions)


def _add_dataset(actions: Commands) -> None:
    parser = actions.add_parser("dataset", help="make one training set of several")
    parser.add_argument("out", type=Path)
    parser.add_argument("--exact", type=Path, action="append", default=[])
    parser.add_argument("--drawn", type=Path, action="append", default=[])
    parser.add_argument("--footage", type=Path, action="append", default=[])
    parser.add_argument(
        "--held-out",
        metavar="NAME",
        action="append",
        default=[],
        help="a source that is only validated by; may be given several times",
    )
    parser.add_argument("--teacher", type=Path, help="model that labels footage")
    parser.set_defaults(run=_dataset)
    add_home(parser)


def _add_train(actions: Commands) -> None:
    parser = actions.add_parser("train", help="train a detector")
    parser.add_argument("data", type=Path, nargs="+", help="data.yaml of each set")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="plate-locator", help="model to start from")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--size", type=int, default=480)
    parser.add_argument("--hours", type=float)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--frozen", type=int, default=10, help="blocks, from the first")
    parser.add_argument("--rate", type=float, default=0.002, help="of learning")
    parser.add_argument(
        "--keep", type=float, default=0.0, help="share of the base that stays, 0..1"
    )
    parser.add_argument("--resume", action="store_true")
    parser.set_defaults(run=_train)
    add_home(parser)


def _add_average(actions: Commands) -> None:
    parser = actions.add_parser("average", help="make one detector of several")
    parser.add_argument(
        "part", nargs="+", type=_part, metavar="FILE=SHARE", help="such as one.pt=0.5"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=_average)


def _part(said: str) -> tuple[Path, float]:
    file, _, share = said.rpartition("=")
    if not file:
        raise argparse.ArgumentTypeError(f"{said!r} is not FILE=SHARE")
    return Path(file), float(share)


def _add_train_plates(actions: Commands) -> None:
    parser = actions.add_parser("train-plates", help="train a reader of plates")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--fonts", type=Path, action="append", required=True, help="folder of typefaces"
    )
    parser.add_argument(
        "--real",
        metavar="TABLE",
        type=Path,
        action="append",
        default=[],
        help="CSV of plates that people read, as for `evaluate plates`",
    )
    parser.add_argument(
        "--base", metavar="FILE.onnx", type=Path, help="a reader to learn on from"
    )
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="that make pictures")
    parser.add_argument("--resume", action="store_true")
    parser.set_defaults(run=_train_plates)
    add_home(parser)


def _add_quantise(actions: Commands) -> None:
    parser = actions.add_parser("quantise", help="make the 8-bit form of a model")
    parser.add_argument("name")
    parser.add_argument("--pictures", type=Path, required=True, help="folder of JPEGs")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=_quantise)
    add_home(parser)


def _dataset(options: argparse.Namespace) -> int:
    from app.bootstrap.detector import detector_maker
    from ml.train.dataset import Recipe, build_dataset

    recipe = Recipe(
        exact=tuple(options.exact),
        drawn=tuple(options.drawn),
        footage=tuple(options.footage),
        held_out=tuple(options.held_out),
    )
    with ExitStack() as stack:
        teacher = None
        if options.teacher is not None:
            chosen = str(options.teacher.resolve())
            opened = detector_maker(paths_of(options), chosen)()
            teacher = stack.enter_context(closing(opened))
        print(build_dataset(options.out, recipe, teacher, print_progress))
    return 0


def _average(options: argparse.Namespace) -> int:
    from ml.train.average import average

    print(average(options.part, options.out))
    return 0


def _train(options: argparse.Namespace) -> int:
    from ml.train.train import Schedule, train
    from ml.weights import pull

    base = Path(options.base)
    if not base.is_file():
        base = pull(options.base, paths_of(options).models, print_progress)
    schedule = Schedule(
        epochs=options.epochs,
        image_size=options.size,
        batch=options.batch,
        frozen_blocks=options.frozen,
        learning_rate=options.rate,
        hours=options.hours,
        seed=options.seed,
        kept_share=options.keep,
    )
    weights = train(
        options.data,
        options.out,
        schedule=schedule,
        base_weights=base,
        resume=options.resume,
        progress=print_progress,
    )
    print(weights)
    return 0


def _train_plates(options: argparse.Namespace) -> int:
    from ml.train.plates.draw import fonts_in
    from ml.train.plates.learn import Lesson, learn
    from ml.train.plates.real import real_plates
    from ml.train.plates.stream import Material

    material = Material(fonts_in(options.fonts), real_plates(options.real))
    lesson = Lesson(
        hours=options.hours,
        seed=options.seed,
        workers=options.workers,
        begin_with=options.base,
    )
    made = learn(
        material,
        options.out,
        lesson,
        resume=options.resume,
        progress=print_progress,
    )
    print(made)
    return 0


def _quantise(options: argparse.Namespace) -> int:
    from app.domain.ids import Sha256
    from ml.export import openvino_model
    from ml.train.quantise import quantise
    from ml.weights import entry, resolve

    models = paths_of(options).models
    wanted = entry(options.name, models)
    weights = resolve(options.name, models)
    xml = openvino_model(weights, Sha256(wanted.sha256), models, print_progress)
    found = sorted(options.pictures.rglob("*.jpg"))
    # Evenly over the folder, so that every source in it has its say.
    pictures = found[:: max(1, len(found) // options.count)][: options.count]
    print(quantise(xml, pictures, wanted.input_size_px, options.out, models))
    return 0
