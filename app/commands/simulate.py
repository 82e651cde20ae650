"""`simulate`: render the virtual junction, or serve it as cameras."""

import argparse
from pathlib import Path

from app.commands.common import Commands, add_home, paths_of
from app.config.paths import RESOURCES
from app.progress import print_progress


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add_parser("simulate", help="render or serve virtual cameras")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    render = actions.add_parser("render", help="render the bundled clips again")
    render.add_argument("--out", type=Path, default=RESOURCES / "simulator")
    render.set_defaults(run=_render)
    serve = actions.add_parser("serve", help="serve the bundled clips over RTSP")
    add_home(serve)
    serve.add_argument("--state", type=Path, help="write port and epoch to this file")
    serve.add_argument("--outage", help="CAMERA:AFTER_S:LASTING_S, once")
    serve.add_argument("--follow", type=int, help="end with this process")
    serve.set_defaults(run=_serve)
    prepare = actions.add_parser("prepare", help="make the clips' small streams")
    add_home(prepare)
    prepare.set_defaults(run=_prepare)
    dataset = actions.add_parser("dataset", help="render labelled frames for training")
    dataset.add_argument("out", type=Path)
    dataset.add_argument("--count", type=int, default=1000)
    dataset.add_argument("--seed", type=int, default=1)
    dataset.set_defaults(run=_dataset)
    labelled = actions.add_parser("labels", help="label frames of the bundled clips")
    labelled.add_argument("out", type=Path)
    labelled.add_argument("--every", type=int, default=25, help="every so many frames")
    labelled.set_defaults(run=_labels)


def _render(options: argparse.Namespace) -> int:
    from app.simulator.render import render_all

    render_all(options.out, print_progress)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from app.demo.virtual_site import serve

    return serve(paths_of(options), options.state, options.outage, options.follow)


def _prepare(options: argparse.Namespace) -> int:
    from app.demo.virtual_site import served_clips

    served_clips(paths_of(options), print_progress)
    print_progress("the virtual cameras are ready", 1.0)
    return 0


def _dataset(options: argparse.Namespace) -> int:
    from app.simulator.dataset import export_dataset

    export_dataset(options.out, options.count, options.seed)
    return 0


def _labels(options: argparse.Namespace) -> int:
    from app.simulator.labelled_clips import export_clips
    from app.simulator.scenario import load_bundled

    export_clips(options.out, load_bundled(), max(1, options.every), print_progress)
    return 0
