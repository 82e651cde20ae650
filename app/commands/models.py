"""`models`: list, fetch, check, bring and choose the networks."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands import model_events, model_making
from app.commands.common import Commands, add_home, paths_of
from app.ports import Progress
from app.progress import print_progress

if TYPE_CHECKING:
    from ml.optimise import Outcome
    from ml.weights import ModelEntry

_BACKENDS = ("auto", "openvino", "onnx", "tensorrt", "torch")


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add_parser("models", help="list, fetch and train models")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _told(actions, "list", "show the registry", _list)
    _add_pull(actions)
    _told(actions, "verify", "check the hashes of all models here", _verify)
    _add_import(actions)
    model_making.add(actions)
    _add_prepare(actions)
    _add_optimise(actions)
    _add_use(actions)


def _told(
    actions: Commands, name: str, what: str, run: model_events.Run
) -> argparse.ArgumentParser:
    """Add a command that a window can start as well, and follow."""
    parser = actions.add_parser(name, help=what)
    parser.set_defaults(run=model_events.told(run))
    model_events.add(parser)
    add_home(parser)
    return parser


def _add_pull(actions: Commands) -> None:
    parser = _told(actions, "pull", "fetch a model and check its hash", _pull)
    parser.add_argument("name")


def _add_import(actions: Commands) -> None:
    parser = _told(actions, "import", "take a .pt file into the registry", _import)
    parser.add_argument("file", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--licence", required=True)
    parser.add_argument("--size", type=int, default=640, help="input size in pixels")


def _add_prepare(actions: Commands) -> None:
    parser = actions.add_parser("prepare", help="make the models ready to run here")
    parser.set_defaults(run=_prepare)
    add_home(parser)


def _add_optimise(actions: Commands) -> None:
    what = "find the fastest form of a model here"
    parser = _told(actions, "optimise", what, _optimise)
    parser.add_argument("name", nargs="?", help="model of the registry")
    parser.add_argument("--backend", choices=_BACKENDS, default="auto")
    parser.add_argument("--pictures", type=Path, help="folder of JPEGs to measure with")
    parser.add_argument(
        "--agreement", type=float, help="least box agreement with the reference, 0..1"
    )


def _add_use(actions: Commands) -> None:
    parser = _told(actions, "use", "choose the detector of this workstation", _use)
    parser.add_argument(
        "name", help="model of the registry, or http://server:8000/model"
    )


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
    from ml.session import check_name
    from ml.weights import DEFAULT_DETECTOR, entry

    models = paths_of(options).models
    name = options.name or read_choice(models).detector or DEFAULT_DETECTOR
    check_name(name, models)
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
