"""The page's view-model: a draft with a past, a tool and a selection. No Qt."""

from collections.abc import Callable

from app.domain.geometry import PixelPoint, RoadPoint
from widgets.calibration.assessment import Assessment, assess
from widgets.calibration.draft import Draft
from widgets.calibration.tools import Grip, Tool, begin, finish, take_hold

_KEPT_STEPS = 200


class Editor:
    """Edits one camera's draft; every gesture is one step to undo."""

    def __init__(self, draft: Draft, tool: Tool = Tool.POINTS) -> None:
        """Begin with what is published, or with nothing."""
        self._base = draft
        self._draft = draft
        self._past: list[Draft] = []
        self._future: list[Draft] = []
        self._grip: Grip | None = None
        self._before_grip: Draft | None = None
        self._assessed: tuple[Draft, Assessment] | None = None
        self.tool = tool
        self.selected: int | None = None

    @property
    def draft(self) -> Draft:
        """What is drawn now."""
        return self._draft

    @property
    def changed(self) -> bool:
        """Whether there is anything to publish."""
        return self._draft != self._base

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self._future)

    @property
    def dragging(self) -> bool:
        """Whether the pointer holds something."""
        return self._grip is not None

    @property
    def assessment(self) -> Assessment:
        """How good the draft is; computed once per draft."""
        if self._assessed is None or self._assessed[0] is not self._draft:
            self._assessed = (self._draft, assess(self._draft))
        return self._assessed[1]

    def press(self, at: PixelPoint, reach_px: float) -> None:
        """Take hold of what is near, or draw something new."""
        before = self._draft
        plane = self.assessment.plane
        grip = take_hold(self.tool, self._draft, at, reach_px, plane)
        if grip is None:
            begun = begin(self.tool, self._draft, at, plane)
            if begun is None:
                return
            self._draft, grip = begun
        self._grip, self._before_grip = grip, before
        if grip.point is not None:
            self.selected = grip.point

    def drag(self, to: PixelPoint) -> None:
        """Move what is held."""
        if self._grip is not None:
            self._draft = self._grip.move(self._draft, to)

    def release(self) -> None:
        """Let go: the gesture becomes one step."""
        if self._grip is None or self._before_grip is None:
            return
        self._draft = finish(self.tool, self._draft)
        before = self._before_grip
        self._grip = self._before_grip = None
        if self._draft != before:
            self._remember(before)

    def apply(self, change: Callable[[Draft], Draft]) -> None:
        """Change the draft in one step; a change that changes nothing is none."""
        before, after = self._draft, change(self._draft)
        if after != before:
            self._draft = after
            self._remember(before)

    def set_road(self, index: int, road: RoadPoint | None) -> None:
        """Set the metres of a point."""
        self.apply(lambda draft: draft.with_road(index, road))

    def nudge(self, across_px: float, down_px: float) -> None:
        """Move the selected point a little."""
        index = self.selected
        if index is None:
            return
        pixel = self._draft.points[index].pixel
        to = PixelPoint(pixel.x_px + across_px, pixel.y_px + down_px)
        self.apply(lambda draft: draft.with_pixel(index, to))

    def remove_selected(self) -> None:
        """Take the selected point away."""
        index = self.selected
        if index is not None:
            self.apply(lambda draft: draft.without_point(index))

    def undo(self) -> None:
        """Take back the last step."""
        if self._past:
            self._future.append(self._draft)
            self._show(self._past.pop())

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._future:
            self._past.append(self._draft)
            self._show(self._future.pop())

    def published(self, draft: Draft) -> None:
        """Take `draft` as what is in force now; later changes stay."""
        self._base = draft

    def _remember(self, before: Draft) -> None:
        self._past = [*self._past, before][-_KEPT_STEPS:]
        self._future.clear()
        self._keep_selection()

    def _show(self, draft: Draft) -> None:
        self._draft = draft
        self._grip = self._before_grip = None
        self._keep_selection()

    def _keep_selection(self) -> None:
        if self.selected is not None and self.selected >= len(self._draft.points):
            self.selected = None
