"""What is said while something is done with the models, and when it is over."""

from PySide6.QtCore import QCoreApplication

from widgets.models.model_work import Action, Ending, Outcome
from widgets.models.texts import form_name
from widgets.theme import State

_tr = QCoreApplication.translate


def beginning_text(action: Action | None) -> str:
    """Return what is said before the command says anything itself."""
    sentences = {
        Action.USE: _tr("models", "Choosing the model…"),
        Action.FETCH: _tr("models", "Fetching the model…"),
        Action.IMPORT: _tr("models", "Taking the file in…"),
        Action.VERIFY: _tr("models", "Verifying the models…"),
        Action.OPTIMISE: _tr("models", "Finding the fastest form…"),
    }
    return sentences.get(action, "") if action else ""


def ending_text(
    outcome: Outcome, *, engine_model: str, damaged: bool
) -> tuple[str, State]:
    """Return what to say of what is over; nothing of a failure, which has its bar.

    `engine_model` is what the engine was told to take whatever is chosen; `damaged`
    when a model here is not the one on record.
    """
    if outcome.ending is Ending.FAILED:
        return "", State.INFO
    if outcome.ending is Ending.CANCELLED:
        return _tr("models", "Cancelled. What was in use stays in use."), State.WARN
    if outcome.action is Action.VERIFY:
        return _verified(damaged=damaged)
    done = outcome.events[-1]
    name = str(done["name"])
    if outcome.action is Action.USE:
        return _used(name, engine_model), State.WARN
    if outcome.action is Action.OPTIMISE:
        said = _tr("models", "{0} runs as {1} when the engine starts again.")
        return said.format(name, form_name(str(done["form"]))), State.WARN
    if outcome.action is Action.FETCH:
        said = _tr("models", "{} is here, and is the one on record.")
        return said.format(name), State.GOOD
    said = _tr("models", "{} is in the list. Choose it there to use it.")
    return said.format(name), State.GOOD


def _used(name: str, engine_model: str) -> str:
    if engine_model:
        return _tr(
            "models",
            "{0} is chosen, but Atalaya was started with --model {1}: the engine "
            "takes {0} once Atalaya is started without it.",
        ).format(name, engine_model)
    return _tr(
        "models",
        "{} is chosen. The engine takes it when it starts again: close Atalaya "
        "and open it.",
    ).format(name)


def _verified(*, damaged: bool) -> tuple[str, State]:
    if damaged:
        return _tr("models", "Not all models are the ones on record."), State.WARN
    said = _tr("models", "All models on this computer are the ones on record.")
    return said, State.GOOD
