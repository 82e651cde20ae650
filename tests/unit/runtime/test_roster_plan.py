"""Only what must be restarted is restarted."""

from dataclasses import replace

from app.runtime.roster_plan import plan_roster
from tests.builders.site import camera


def test_new_cameras_start_and_removed_ones_stop() -> None:
    old, new = camera("old"), camera("new")

    plan = plan_roster({old.id: old}, [(new, None)])

    assert plan.stop == (old.id,)
    assert plan.start == ((new, None),)
    assert plan.reconfigure == ()


def test_a_new_name_leaves_the_stream_alone() -> None:
    old = camera()
    renamed = replace(old, name="Javier Prado")

    plan = plan_roster({old.id: old}, [(renamed, None)])

    assert (plan.stop, plan.start) == ((), ())
    assert plan.reconfigure == ((renamed, None),)


def test_a_new_address_or_password_restarts_the_stream() -> None:
    old = camera()
    for moved in (
        replace(old, url="rtsp://b/"),
        replace(old, sub_url="rtsp://b/small"),
        replace(old, credential_ref="x"),
    ):
        plan = plan_roster({old.id: old}, [(moved, None)])
        assert (plan.stop, plan.start) == ((old.id,), ((moved, None),))


def test_switched_off_means_stopped() -> None:
    old = camera()

    plan = plan_roster({old.id: old}, [(replace(old, enabled=False), None)])

    assert (plan.stop, plan.start, plan.reconfigure) == ((old.id,), (), ())
