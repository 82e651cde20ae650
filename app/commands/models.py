"""`models`: list, fetch, check, bring and train the networks."""

import argparse
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands import model_events
from app.commands.common import Commands, add_home, paths_of
from app.ports import Progress
from app.progress import print_progress

if TYPE_CHECKING:
    from ml.optimise import Outcome
    from ml.weights import ModelEntry


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add_parser("models", help="list, fetch and train models")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="show the registry")
    listing.set_defaults(run=model_events.told(_list))
    pull = actions.add_parser("pull", help="fetch a model and check its hash")
    pull.add_argument("name")
    pull.set_defaults(run=model_events.told(_pull))
    verify = actions.add_parser("verify", help="check the hashes of all models here")
    verify.set_defaults(run=model_events.told(_verify))
    bring = actions.add_parser("import", help="take a .pt file into the registry")
    bring.add_argument("file", type=Path)
    bring.add_argument("--name", required=True)
    bring.add_argument("--licence", required=True)
    bring.add_argument("--size", type=int, default=640, help="input size in pixels")
    bring.set_defaults(run=model_events.told(_import))
    dataset = actions.add_parser("dataset", help="make one training set of several")
    dataset.add_argument("out", type=Path)
    _add_sources(dataset)
    dataset.add_argument("--teacher", type=Path, help="model that labels footage")
    dataset.set_defaults(run=_dataset)
    training = actions.add_parser("train", help="train a detector")
    _add_training(training)
    training.set_defaults(run=_train)
    plates = actions.add_parser("train-plates", help="train a reader of plates")
    _add_plate_training(plates)
    plates.set_defaults(run=_train_plates)
    smaller = actions.add_parser("quantise", help="make the 8-bit form of a model")
    smaller.add_argument("name")
    smaller.add_argument("--pictures", type=Path, required=True, help="folder of JPEGs")
    smaller.add_argument("--count", type=int, default=300)
    smaller.add_argument("--out", type=Path, required=True)
    smaller.set_defaults(run=_quantise)
    prepare = actions.add_parser("prepare", help="make the models ready to run here")
    prepare.set_defaults(run=_prepare)
    best = actions.add_parser("optimise", help="find the fastest form of a model here")
    _add_optimising(best)
    best.set_defaults(run=model_events.told(_optimise))
    use = actions.add_parser("use", help="choose the detector of this workstation")
    use.add_argument("name", help="model of the registry, or http://server:8000/model")
    use.set_defaults(run=model_events.told(_use))
    for action in (listing, pull, verify, bring, best, use):
        model_events.add(action)
    for action in (
        *(listing, pull, verify, bring, dataset, training, plates, smaller),
        *(prepare, best, use),
    ):
        add_home(action)


def _add_optimising(parser: argparse.ArgumentParser) -> None:
    backends = ("auto", "openvino", "onnx", "tensorrt", "torch")
    parser.add_argument("name", nargs="?", help="model of the registry")
    parser.add_argument("--backend", choices=backends, default="auto")
    parser.add_argument("--pictures", type=Path, help="folder of JPEGs to measure with")
    parser.add_argument(
        "--agreement", type=float, help="least box agreement with the reference, 0..1"
    )


def _add_sources(parser: argparse.ArgumentParser) -> None:
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


def _add_training(parser: argparse.ArgumentParser) -> None:
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


def _add_plate_training(parser: argparse.ArgumentParser) -> None:
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
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="that make pictures")
    parser.add_argument("--resume", action="store_true")


def _progress(options: argparse.Namespace) -> Progress:
    return model_events.progress if options.json_lines else print_progress


def _list(options: argparse.Namespace) -> int:
    from ml.choice import read_choice
    from ml.weights import DEFAULT_DETECTOR, entries

    models = paths_of(options).models
    choice = read_choice(models)
    used = choice.detector or DEFAULT_DETECTOR
    if options.json_lines:
        model_events.say_registry(models, choice, used)
        return 0
    for entry in entries(models):
        _tell_model(entry, models, used=entry.name == used)
        form = choice.forms.get(entry.name)
        if form is not None:
            print(f"    runs as {form.variant}, chosen {form.chosen_at:%Y-%m-%d}")
    if "://" in used:
        print(f"● {used}  the detector in use")
    return 0


def _tell_model(entry: "ModelEntry", models: Path, *, used: bool) -> None:
    from ml.weights import file_here

    path = file_here(entry, models)
    place = f"{path.stat().st_size / 1e6:.1f} MB" if path else "not on this computer"
    mark, use = ("●", "  the detector in use") if used else ("○", "")
    print(f"{mark} {entry.name}  {entry.title}{use}")
    print(
        f"    {entry.task}, {entry.input_size_px} px, {place}, "
        f"{entry.source.kind}, {entry.licence}, SHA-256 {entry.sha256[:12]}…"
    )
    print(f"    sees: {', '.join(entry.classes)}")
    if entry.accuracy:
        figures = [f"{what} {value:.3f}" for what, value in entry.accuracy.items()]
        print(f"    measured: {'; '.join(figures)}")


def _pull(options: argparse.Namespace) -> int:
    from ml.weights import pull

    path = pull(options.name, paths_of(options).models, _progress(options))
    if options.json_lines:
        model_events.say("done", name=options.name)
    else:
        print(path)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from ml.weights import entries, is_optional

    models = paths_of(options).models
    known = entries(models)
    bad = 0
    for number, entry in enumerate(known):
        if options.json_lines:
            model_events.progress(f"Checking {entry.name}", number / len(known))
        if is_optional(entry, models):
            if not options.json_lines:
                print(f"○ {entry.name}, not on this computer")
            continue
        sentence = _fault_of(entry, models)
        bad += bool(sentence)
        if options.json_lines:
            model_events.say("checked", name=entry.name, sentence=sentence)
        else:
            print(f"▲ {sentence}" if sentence else f"● {entry.name}")
    if options.json_lines:
        model_events.say("done", bad=bad)
    return 1 if bad else 0


def _fault_of(entry: "ModelEntry", models: Path) -> str:
    """Return what is wrong with a model's file, empty when it is the one on record."""
    from app.domain.errors import ModelMissing
    from ml.weights import resolve

    try:
        resolve(entry.name, models)
    except ModelMissing as fault:
        return str(fault)
    return ""


def _import(options: argparse.Namespace) -> int:
    from ml.bring import bring

    made = bring(
        options.file,
        paths_of(options).models,
        name=options.name,
        licence=options.licence,
        input_size_px=options.size,
        progress=_progress(options) if options.json_lines else None,
    )
    if options.json_lines:
        model_events.say("done", name=made.name)
    else:
        print(f"{made.name} {made.sha256}")
    return 0


def _dataset(options: argparse.Namespace) -> int:
    from app.bootstrap import detector_maker
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
    lesson = Lesson(hours=options.hours, seed=options.seed, workers=options.workers)
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


def _prepare(options: argparse.Namespace) -> int:
    from ml.plate.reader import open_plate_reader
    from ml.session import open_detector

    models = paths_of(options).models
    open_detector(models, progress=print_progress).close()
    open_plate_reader(models, progress=print_progress)
    print_progress("the models are ready", 1.0)
    return 0


def _optimise(options: argparse.Namespace) -> int:
    from app.domain.clock import SystemClock
    from ml.backends import Model, available
    from ml.choice import read_choice
    from ml.optimise import MIN_AGREEMENT, optimise, pictures_in
    from ml.weights import DEFAULT_DETECTOR, entry

    models = paths_of(options).models
    name = options.name or read_choice(models).detector or DEFAULT_DETECTOR
    model = Model.of_entry(entry(name, models), models)
    variants = [
        variant
        for variant in available(model)
        if options.backend in {"auto", variant.backend}
    ]
    outcome = optimise(
        model,
        variants,
        pictures_in(options.pictures),
        SystemClock(),
        _progress(options),
        MIN_AGREEMENT if options.agreement is None else options.agreement,
    )
    if options.json_lines:
        model_events.say("done", name=model.name, form=outcome.form.variant)
    else:
        _tell_forms(outcome, model.name)
    return 0


def _tell_forms(outcome: "Outcome", name: str) -> None:
    for one in outcome.measured:
        figures = f"{one.pictures_per_s:7.1f} pictures/s  agreement {one.agreement:.3f}"
        print(f"{'▲' if one.refused else '●'} {one.variant:20} {figures}")
        if one.refused:
            print(f"    not used: {one.refused}")
    print(f"{name} runs as {outcome.form.variant}")


def _use(options: argparse.Namespace) -> int:
    from ml.choice import use_detector
    from ml.session import check_name

    models = paths_of(options).models
    check_name(options.name, models)
    use_detector(models, options.name)
    if options.json_lines:
        model_events.say("done", name=options.name)
    else:
        print(f"the detector is {options.name}")
    return 0
