"""Drawing a calibration: gestures, steps back, and what is said to be wrong."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import ConfigurationInvalid
from app.domain.geometry import PixelBox, PixelPoint, RoadPoint
from tests.builders.junction import configuration
from tests.builders.road import CORNERS, RoadCamera
from widgets.calibration.assessment import Fault, assess
from widgets.calibration.draft import Draft, DraftLine
from widgets.calibration.editor import Editor
from widgets.calibration.tools import Tool

BODY = configuration().body
REACH_PX = 10.0


def empty() -> Editor:
    return Editor(Draft(width_px=1920, height_px=1080))


def full() -> Editor:
    return Editor(Draft.of(BODY))


def stroke(editor: Editor, *places: tuple[float, float]) -> None:
    """Press at the first place, drag over the others, release at the last."""
    points = [PixelPoint(*place) for place in places]
    editor.press(points[0], REACH_PX)
    for point in points[1:]:
        editor.drag(point)
    editor.release()


def drawn_line(editor: Editor) -> DraftLine:
    line = editor.draft.stop_line
    assert line is not None
    return line


def drawn_lamps(editor: Editor) -> list[PixelBox]:
    boxes = [box for box in editor.draft.lamps if box is not None]
    assert len(boxes) == 3
    return boxes


def faults(draft: Draft) -> list[Fault]:
    return [problem.fault for problem in assess(draft).problems]


def test_a_configuration_survives_being_edited() -> None:
    assert Draft.of(BODY).configuration() == BODY
    assert not full().changed
    assert assess(Draft.of(BODY)).problems == ()


def test_four_clicks_and_their_metres_make_a_plane() -> None:
    editor = empty()
    camera = RoadCamera()
    roads = CORNERS[[0, 1, 4, 5]]
    for index, (pixel, road) in enumerate(
        zip(camera.project(roads).tolist(), roads.tolist(), strict=True)
    ):
        assert editor.assessment.plane is None
        stroke(editor, (pixel[0], pixel[1]))
        assert editor.selected == index
        editor.set_road(index, RoadPoint(*road))
    assert editor.assessment.plane is not None
    assert editor.assessment.residuals_cm == pytest.approx((0, 0, 0, 0), abs=1e-4)


def test_a_fifth_point_is_given_the_metres_that_the_plane_expects() -> None:
    editor = full()
    x_px, y_px = RoadCamera().project(np.array([[-2.0, 22.0]]))[0]
    stroke(editor, (x_px, y_px))
    road = editor.draft.points[-1].road
    assert road is not None
    assert (road.x_m, road.y_m) == pytest.approx((-2.0, 22.0), abs=0.02)


def test_a_drag_is_one_step_and_can_be_taken_back() -> None:
    editor = full()
    pixel = editor.draft.points[0].pixel
    stroke(editor, (pixel.x_px + 3, pixel.y_px), (300, 700), (310, 720), (320, 740))
    assert len(editor.draft.points) == len(CORNERS)
    assert editor.draft.points[0].pixel == PixelPoint(320, 740)
    editor.undo()
    assert editor.draft.points[0].pixel == pixel
    assert not editor.can_undo
    editor.redo()
    assert editor.draft.points[0].pixel == PixelPoint(320, 740)


def test_taking_hold_without_moving_is_no_step() -> None:
    editor = full()
    pixel = editor.draft.points[2].pixel
    stroke(editor, (pixel.x_px, pixel.y_px))
    assert not editor.can_undo
    assert editor.selected == 2


def test_no_point_leaves_the_picture() -> None:
    editor = full()
    pixel = editor.draft.points[0].pixel
    stroke(editor, (pixel.x_px, pixel.y_px), (-50, 5000))
    assert editor.draft.points[0].pixel == PixelPoint(0, 1079)


def test_removing_the_selected_point() -> None:
    editor = full()
    editor.selected = 5
    for _ in range(2):
        editor.remove_selected()
        assert len(editor.draft.points) == 5
        assert editor.selected is None


def test_the_stop_line_is_drawn_with_traffic_from_below() -> None:
    editor = empty()
    editor.tool = Tool.STOP_LINE
    for ends in (((400, 500), (900, 510)), ((900, 510), (400, 500))):
        stroke(editor, *ends)
        assert drawn_line(editor).before.y_px > 510
        editor.undo()
    stroke(editor, (400, 500), (401, 500))
    assert not editor.changed


def test_three_clicks_set_three_lamps_of_one_size() -> None:
    editor = empty()
    editor.tool = Tool.LAMPS
    for y_px in (100, 140, 180):
        stroke(editor, (600, y_px))
    assert len({round(box.width_px, 6) for box in drawn_lamps(editor)}) == 1
    before = editor.draft
    stroke(editor, (50, 50))
    assert editor.draft == before
    stroke(editor, (600, 140), (620, 150))
    moved = drawn_lamps(editor)[1]
    assert (moved.left_px + moved.right_px) / 2 == pytest.approx(620)


def test_a_lamp_can_be_drawn_as_a_box() -> None:
    editor = empty()
    editor.tool = Tool.LAMPS
    stroke(editor, (600, 100), (590, 88))
    red = editor.draft.lamps[0]
    assert red is not None
    assert (red.left_px, red.top_px, red.right_px, red.bottom_px) == (590, 88, 600, 100)


def test_the_stretch_is_drawn_on_the_road() -> None:
    editor = full()
    editor.apply(lambda draft: replace(draft, stretch_m=None))
    editor.tool = Tool.STRETCH
    near, far = RoadCamera().project(np.array([[1.0, 20.0], [1.0, 44.0]]))
    stroke(editor, (near[0], near[1]), (far[0], far[1]))
    assert editor.draft.stretch_m == pytest.approx((20.0, 44.0), abs=0.11)
    nearer = RoadCamera().project(np.array([[1.0, 30.0]]))[0]
    stroke(editor, (far[0], far[1] + 2), (nearer[0], nearer[1]))
    assert editor.draft.stretch_m == pytest.approx((20.0, 30.0), abs=0.11)


def test_without_a_plane_there_is_no_stretch_to_draw() -> None:
    editor = empty()
    editor.tool = Tool.STRETCH
    stroke(editor, (500, 500), (600, 600))
    assert not editor.changed


def test_what_is_missing_is_named_and_blocks() -> None:
    draft = Draft(width_px=1920, height_px=1080, speeding=True, red_light=True)
    expected = {
        Fault.NO_CALIBRATION,
        Fault.NO_STRETCH,
        Fault.NO_STOP_LINE,
        Fault.NO_LAMPS,
    }
    assert set(faults(draft)) == expected
    assert not assess(draft).publishable
    with pytest.raises(ConfigurationInvalid):
        draft.configuration()


def test_points_in_a_row_are_told() -> None:
    draft = Draft(width_px=1920, height_px=1080)
    for step in range(5):
        draft = draft.with_point(
            PixelPoint(900.0, 900.0 - 100 * step), RoadPoint(0.0, 10.0 * step)
        )
    assert faults(draft) == [Fault.POINTS_DEGENERATE]


@pytest.mark.parametrize("wrong", range(6))
def test_the_one_wrong_point_is_found(wrong: int) -> None:
    draft = Draft.of(BODY)
    road = draft.points[wrong].road
    assert road is not None
    spoilt = draft.with_road(wrong, RoadPoint(road.x_m + 3.0, road.y_m))
    problem = assess(spoilt).problems[0]
    assert (problem.fault, problem.value) == (Fault.BAD_POINT, wrong + 1)
    assert assess(spoilt).publishable


def test_too_short_a_stretch_for_fast_vehicles_is_told() -> None:
    draft = replace(Draft.of(BODY), stretch_m=(18.0, 24.0), limit_kmh=100)
    assert Fault.FEW_SIGHTINGS in faults(draft)


def test_a_stretch_beyond_the_points_is_told() -> None:
    draft = replace(Draft.of(BODY), stretch_m=(18.0, 75.0))
    assert Fault.STRETCH_OUTSIDE_POINTS in faults(draft)


def test_uncertainty_shrinks_with_a_longer_stretch() -> None:
    draft = Draft.of(BODY)
    short = assess(replace(draft, stretch_m=(18.0, 26.0))).uncertainty_kmh
    long = assess(replace(draft, stretch_m=(18.0, 48.0))).uncertainty_kmh
    assert short is not None
    assert long is not None
    assert long < short / 1.5


@given(
    st.lists(
        st.tuples(st.sampled_from(Tool), st.floats(-100, 2000), st.floats(-100, 1200)),
        max_size=25,
    )
)
@settings(deadline=None, max_examples=40)
def test_every_step_can_be_taken_back(steps: list[tuple[Tool, float, float]]) -> None:
    editor = full()
    start = editor.draft
    for tool, x_px, y_px in steps:
        editor.tool = tool
        stroke(editor, (x_px, y_px), (y_px, x_px))
    while editor.can_undo:
        editor.undo()
    assert editor.draft == start
