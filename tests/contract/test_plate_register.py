"""What every `PlateRegister` and `PlateSink` promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import NotPermitted, StateConflict
from app.domain.ids import CameraId, PlateSearchId, WatchId, new_uuid
from app.domain.plate import PlateReading, PlateSighting
from app.domain.plate_search import NewWatch, PlateHit, PlateQuery
from app.ports import PlateRegister
from tests.builders.infractions import OCCURRED
from tests.builders.plates import REASON, sighting
from tests.builders.site import camera
from tests.contract.servers import SiteUnderTest

Pass = Callable[..., PlateSighting]
_DAY = timedelta(days=1)


@pytest.fixture
def camera_id(site: SiteUnderTest) -> CameraId:
    made = camera()
    site.session("teo").site.save_camera(made)
    return made.id


@pytest.fixture
def passes(site: SiteUnderTest, camera_id: CameraId) -> Pass:
    """Let a vehicle pass and return what was stored of it."""

    def store(text: str, ordinal: int = 0, *, published: bool = True) -> PlateSighting:
        made = sighting(camera_id, text, ordinal, published=published)
        site.plate_sink.add([made])
        return made

    return store


@pytest.fixture
def ana(site: SiteUnderTest) -> PlateRegister:
    return site.session("ana").plates


@pytest.fixture
def sofia(site: SiteUnderTest) -> PlateRegister:
    return site.session("sofia").plates


def plates_of(
    register: PlateRegister, pattern: str, *, alike: bool = False
) -> list[str]:
    query = PlateQuery(pattern=pattern, look_alikes=alike, reason=REASON)
    return [hit.plate for hit in register.search(query).hits]


def test_a_vehicle_comes_back_whole(ana: PlateRegister, passes: Pass) -> None:
    made = passes("AHK-472")
    passes("AHK-473")
    page = ana.search(PlateQuery(pattern="ahk 472", reason=REASON))
    assert page.hits == (
        PlateHit(
            id=made.id,
            plate="AHK472",
            published=True,
            confidence=0.9,
            read_count=3,
            camera_id=made.camera_id,
            camera_name="Av. Arequipa · norte",
            vehicle_class=made.vehicle_class,
            seen=made.seen.wall,
            distance=0,
        ),
    )
    assert not page.more


def test_the_same_read_again_changes_nothing(
    site: SiteUnderTest, ana: PlateRegister, passes: Pass
) -> None:
    made = passes("AHK-472")
    other = replace(made, reading=PlateReading(text="ZZZ-999", confidence=1.0))
    site.plate_sink.add([made, other])
    assert plates_of(ana, "AHK472") == ["AHK472"]
    assert plates_of(ana, "ZZZ999") == []


def test_a_guess_is_found_and_says_so(ana: PlateRegister, passes: Pass) -> None:
    passes("AHK-472", published=False)
    (hit,) = ana.search(PlateQuery(pattern="AHK472", reason=REASON)).hits
    assert not hit.published
    assert hit.confidence == pytest.approx(0.4)


def test_a_vehicle_without_any_text_is_not_kept(
    site: SiteUnderTest, ana: PlateRegister, camera_id: CameraId
) -> None:
    unread = replace(sighting(camera_id, "ABC-123"), reading=PlateReading.unread())
    site.plate_sink.add([unread, sighting(camera_id, "ABC-124")])
    assert plates_of(ana, "ABC*") == ["ABC124"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("ABC123", {"ABC123"}),
        ("ABC*", {"ABC123", "ABC124"}),
        ("*123", {"ABC123", "XYZ123"}),
        ("A?C12?", {"ABC123", "ABC124"}),
        ("*BC*2*", {"ABC123", "ABC124"}),
        ("?BC123", {"ABC123"}),
        ("ABC123*", {"ABC123"}),
        ("ABC123?", set()),
        ("1234*", {"1234AB"}),
        ("*4AB", {"1234AB"}),
    ],
)
def test_wildcards(
    ana: PlateRegister, passes: Pass, pattern: str, found: set[str]
) -> None:
    for place, text in enumerate(("ABC-123", "ABC-124", "XYZ-123", "1234-AB")):
        passes(text, place)
    assert set(plates_of(ana, pattern)) == found


def test_look_alikes_come_nearest_first_then_newest(
    ana: PlateRegister, passes: Pass
) -> None:
    texts = ("BOB-128", "8O8-12B", "BQB-128", "BOB-129", "BOB-12", "XOX-128", "OBB-128")
    for place, text in enumerate(texts):
        passes(text, place)
    query = PlateQuery(pattern="BOB128", look_alikes=True, reason=REASON)
    found = [(hit.plate, hit.distance) for hit in ana.search(query).hits]
    assert found == [
        ("BOB128", 0),
        ("BQB128", 1),
        ("8O812B", 1),
        ("BOB12", 2),
        ("BOB129", 2),
    ]


def test_pages_join_without_gap_or_overlap(ana: PlateRegister, passes: Pass) -> None:
    texts = (
        "ABC-128",
        "A8C-128",
        "ABC-12B",
        "ABC-129",
        "ABC-128",
        "ABC-128",
        "A8C-12B",
    )
    made = [passes(text, place // 2) for place, text in enumerate(texts)]
    query = PlateQuery(pattern="ABC128", look_alikes=True, reason=REASON)
    whole = ana.search(query).hits
    page = ana.search(query, limit=2)
    seen = list(page.hits)
    while page.more:
        page = ana.next_page(page.search_id, seen[-1], limit=2)
        seen += page.hits
    assert seen == list(whole)
    assert {hit.id for hit in seen} == {each.id for each in made}
    assert [hit.distance for hit in seen] == [0, 0, 0, 1, 1, 1, 2]


def test_a_period(ana: PlateRegister, passes: Pass) -> None:
    made = [passes("ABC-128", place) for place in range(4)]
    query = PlateQuery(
        pattern="ABC128",
        reason=REASON,
        since=made[1].seen.wall,
        until=made[3].seen.wall,
    )
    assert [h.id for h in ana.search(query).hits] == [made[2].id, made[1].id]


@pytest.mark.parametrize(
    "query",
    [
        PlateQuery(pattern="ABC128", reason=""),
        PlateQuery(pattern="ABC128", reason="    x    "),
        PlateQuery(pattern="ABC128", reason="x" * 201),
        PlateQuery(pattern="", reason=REASON),
        PlateQuery(pattern="*", reason=REASON),
        PlateQuery(pattern="AB*", reason=REASON),
        PlateQuery(pattern="ABC'; --", reason=REASON),
        PlateQuery(pattern="ABC%", reason=REASON),
        PlateQuery(pattern="ABC*", reason=REASON, look_alikes=True),
        PlateQuery(pattern="ABC", reason=REASON, look_alikes=True),
    ],
)
def test_a_question_with_a_flaw_is_refused(
    ana: PlateRegister, query: PlateQuery
) -> None:
    assert query.flaw is not None
    with pytest.raises(NotPermitted):
        ana.search(query)


@pytest.mark.parametrize("login", ["teo", "admin", "aurora"])
def test_who_may_not_ask(site: SiteUnderTest, login: str) -> None:
    register = site.session(login).plates
    with pytest.raises(NotPermitted):
        plates_of(register, "ABC123")
    with pytest.raises(NotPermitted):
        register.watches()
    with pytest.raises(NotPermitted):
        register.watch_hits()


def test_nobody_reads_on_in_another_ones_search(
    ana: PlateRegister, sofia: PlateRegister, passes: Pass
) -> None:
    for place in range(3):
        passes("ABC-123", place)
    page = ana.search(PlateQuery(pattern="ABC123", reason=REASON), limit=1)
    assert ana.next_page(page.search_id, page.hits[-1]).hits
    for register, search_id in (
        (sofia, page.search_id),
        (ana, PlateSearchId(new_uuid())),
    ):
        with pytest.raises(KeyError):
            register.next_page(search_id, page.hits[-1])


def watch(site: SiteUnderTest, plate: str, *, alike: bool = True) -> NewWatch:
    return NewWatch(
        plate=plate,
        reason=REASON,
        expires=site.now() + _DAY,
        look_alikes=alike,
    )


def test_a_watch_is_listed_until_it_is_ended(
    site: SiteUnderTest, ana: PlateRegister, sofia: PlateRegister
) -> None:
    first = sofia.add_watch(watch(site, "abc-123"))
    second = sofia.add_watch(watch(site, "XYZ999", alike=False))
    listed = ana.watches()
    assert {(w.id, w.plate, w.look_alikes) for w in listed} == {
        (first, "ABC123", True),
        (second, "XYZ999", False),
    }
    assert {(w.reason, w.created_by, w.hits) for w in listed} == {(REASON, "sofia", 0)}
    sofia.end_watch(first)
    assert [w.id for w in ana.watches()] == [second]
    with pytest.raises(StateConflict):
        sofia.end_watch(first)
    with pytest.raises(KeyError):
        sofia.end_watch(WatchId(new_uuid()))


def test_what_is_watched_for_is_told(
    site: SiteUnderTest, ana: PlateRegister, sofia: PlateRegister, passes: Pass
) -> None:
    passes("ABC-123", 0)
    alike = sofia.add_watch(watch(site, "ABC128"))
    exact = sofia.add_watch(watch(site, "ABC12B", alike=False))
    ended = sofia.add_watch(watch(site, "ABC128"))
    sofia.end_watch(ended)
    made = passes("A8C-128", 1)
    passes("ABC-129", 2)
    passes("A8C-128", 3)
    hits = ana.watch_hits()
    assert [(hit.watched, hit.plate) for hit in hits] == [("ABC128", "A8C128")] * 2
    assert hits[-1].seen == made.seen.wall
    assert (hits[0].reason, hits[0].camera_name) == (REASON, "Av. Arequipa · norte")
    assert {w.id: w.hits for w in ana.watches()} == {alike: 2, exact: 0}
    passes("ABC-12B", 4)
    assert {w.id: w.hits for w in ana.watches()} == {alike: 3, exact: 1}


@pytest.mark.parametrize(
    "flawed",
    [
        {"reason": "  "},
        {"plate": "AB*"},
        {"plate": "ABC"},
        {"expires": OCCURRED.wall - 400 * _DAY},
        {"expires": OCCURRED.wall + 4000 * _DAY},
    ],
)
def test_a_watch_with_a_flaw_is_refused(
    site: SiteUnderTest, sofia: PlateRegister, flawed: dict[str, object]
) -> None:
    wanted = replace(watch(site, "ABC128"), **flawed)  # type: ignore[arg-type]
    assert wanted.flaw_at(site.now()) is not None
    with pytest.raises(NotPermitted):
        sofia.add_watch(wanted)
    assert sofia.watches() == []


@pytest.mark.parametrize("login", ["ana", "teo", "admin", "aurora"])
def test_who_may_not_watch(site: SiteUnderTest, login: str) -> None:
    made = site.session("sofia").plates.add_watch(watch(site, "ABC128"))
    register = site.session(login).plates
    with pytest.raises(NotPermitted):
        register.add_watch(watch(site, "ABC129"))
    with pytest.raises(NotPermitted):
        register.end_watch(made)
    assert [w.id for w in site.session("sofia").plates.watches()] == [made]


@pytest.mark.parametrize("login", ["teo", "admin"])
def test_who_looks_after_the_site_says_how_long_plates_are_kept(
    site: SiteUnderTest, login: str
) -> None:
    register = site.session(login).plates
    assert register.keep_days() == 30
    register.set_keep_days(45)
    assert register.keep_days() == site.session("aurora").plates.keep_days() == 45


@pytest.mark.parametrize("login", ["ana", "sofia", "aurora"])
def test_nobody_else_changes_how_long_plates_are_kept(
    site: SiteUnderTest, login: str
) -> None:
    with pytest.raises(NotPermitted):
        site.session(login).plates.set_keep_days(45)
    assert site.session(login).plates.keep_days() == 30


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_plates_are_kept_for_a_day_at_least_and_a_year_at_most(
    site: SiteUnderTest, days: int
) -> None:
    register = site.session("teo").plates
    with pytest.raises(NotPermitted, match="365"):
        register.set_keep_days(days)
    assert register.keep_days() == 30
