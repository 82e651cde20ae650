"""Opens models on the best device of this computer."""

import logging
from pathlib import Path

from app.domain.errors import ModelMissing
from app.ports import Detector, Progress
from ml import weights as registry
from ml.backends import (
    Model,
    Variant,
    cuda_available,
    open_variant,
    processor_variants,
    usual,
    variant_sha256,
)
from ml.choice import Form, read_choice
from ml.detect.motion_fallback import MotionFallback
from ml.detect.network_detector import ModelIdentity, NetworkDetector
from ml.detect.openvino_network import OpenVinoNetwork
from ml.detect.postprocess import Thresholds

__all__ = ["cuda_available", "open_detector"]

_log = logging.getLogger(__name__)
_DEFAULT_INPUT_PX = 640
_CANNOT_RUN = (ModelMissing, ImportError, OSError)
"""How a library fails that is missing, or damaged."""


def open_detector(
    models: Path,
    name: str | None = None,
    weights: Path | None = None,
    progress: Progress | None = None,
    thresholds: Thresholds | None = None,
    *,
    makeshift: bool = False,
) -> Detector:
    """Open a detector by its name in the registry, by its address, or by its file.

    Without a name it is the one that `models use` chose, else the bundled one. The
    form is the one that `models optimise` chose; where it never ran, CUDA is taken
    where there is a card, else OpenVINO on the processor, else torch. An address is
    that of a served model, `http://server:8000/model`. `weights` is a `.pt` file or an
    exported OpenVINO folder; the caller vouches for it. Raises ModelMissing,
    ConfigurationInvalid or InferenceUnavailable.

    With `makeshift` a model of the registry that no library here can run is not a
    fault: what moves is found without a network, and is no evidence. Weights that are
    missing or not those on record still are.
    """
    if weights is not None and weights.is_dir():
        return _folder(weights, models, thresholds)
    if weights is not None:
        model = _of_file(weights, models, name)
        return open_variant(
            model, usual(model), progress=progress, thresholds=thresholds
        )
    wanted = name or read_choice(models).detector or registry.DEFAULT_DETECTOR
    if "://" in wanted:
        return _served(wanted, thresholds)
    model = Model.of_entry(registry.entry(wanted, models), models)
    variant = _chosen(model) or usual(model)
    try:
        return open_variant(model, variant, progress=progress, thresholds=thresholds)
    except _CANNOT_RUN as fault:
        if not makeshift:
            raise
        _log.error("%s cannot run as %s: %s", model.name, variant, fault)
    return _makeshift(model, variant, progress, thresholds)


def _makeshift(
    model: Model,
    failed: Variant,
    progress: Progress | None,
    thresholds: Thresholds | None,
) -> Detector:
    """Open the model in any form that runs here, or find motion only."""
    for variant in processor_variants(model):
        if variant == failed:
            continue
        try:
            return open_variant(
                model, variant, progress=progress, thresholds=thresholds
            )
        except _CANNOT_RUN as fault:
            _log.error("%s cannot run as %s: %s", model.name, variant, fault)
    _log.error("no network runs here: vehicles are found by their motion only")
    return MotionFallback()


def check_name(name: str, models: Path) -> None:
    """Raise an EnvironmentFault unless `open_detector` could open this detector."""
    if "://" in name:
        _served(name, None).close()
        return
    wanted = registry.entry(name, models)
    if wanted.task != "detect":
        raise ModelMissing(
            f"The model {name} does not find road users. Choose another."
        )
    registry.resolve(name, models)


def _chosen(model: Model) -> Variant | None:
    """Return the form chosen here, if it is still the one that was measured."""
    form = read_choice(model.models).form_for(model.name, model.sha256)
    if form is None:
        return None
    variant = _still(form, model)
    if variant is not None and (cuda_available() or not variant.on_card):
        return variant
    _log.warning("the chosen form of %s is not what it was; using another", model.name)
    return None


def _still(form: Form, model: Model) -> Variant | None:
    try:
        variant = form.parsed
        same = variant_sha256(model, variant) == form.form_sha256
    except (ValueError, ModelMissing):
        return None
    return variant if same else None


def _of_file(weights: Path, models: Path, name: str | None) -> Model:
    if not weights.is_file():
        raise ModelMissing(f"There is no model file {weights.name}.")
    return Model(
        models=models,
        weights=weights,
        name=name or registry.safe_name(weights.stem),
        sha256=registry.file_sha256(weights),
        long_side_px=_DEFAULT_INPUT_PX,
    )


def _folder(folder: Path, models: Path, thresholds: Thresholds | None) -> Detector:
    xml = next(folder.glob("*.xml"), None)
    if xml is None or not xml.with_suffix(".bin").is_file():
        raise ModelMissing(f"There is no OpenVINO model in the folder {folder.name}.")
    identity = ModelIdentity(
        name=registry.safe_name(folder.name.removesuffix("_openvino_model")),
        sha256=registry.file_sha256(xml, xml.with_suffix(".bin")),
        long_side_px=_DEFAULT_INPUT_PX,
    )
    return NetworkDetector(OpenVinoNetwork(xml, models), identity, thresholds)


def _served(url: str, thresholds: Thresholds | None) -> Detector:
    from ml.detect.triton_network import TritonNetwork

    network = TritonNetwork(url)
    identity = ModelIdentity(
        name=network.name,
        sha256=network.sha256,
        long_side_px=network.long_side_px or _DEFAULT_INPUT_PX,
    )
    return NetworkDetector(network, identity, thresholds)
