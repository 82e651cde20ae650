"""The second stream is shown where it can be, and never at the price of flapping."""

from app.decode.stream_choice import StreamChoice
from app.domain.clock import NS_PER_S

S = NS_PER_S


def showing_second() -> StreamChoice:
    choice = StreamChoice(two=True)
    choice.main_opened()
    choice.second_opened()
    assert not choice.wants_main(0)
    assert choice.takes_second(0)
    choice.showed_second(0)
    return choice


def showing_main_after_loss() -> StreamChoice:
    choice = showing_second()
    choice.second_lost()
    assert choice.wants_main(2 * S)
    choice.showed_main()
    return choice


def test_one_stream_is_shown_at_once() -> None:
    choice = StreamChoice(two=False)
    choice.main_opened()
    assert choice.wants_main(0)


def test_a_second_stream_that_is_late_is_waited_for_but_not_long() -> None:
    choice = StreamChoice(two=True)
    choice.main_opened()
    choice.second_opened()
    assert not choice.wants_main(0)
    assert not choice.wants_main(4 * S)
    assert choice.wants_main(5 * S)


def test_a_second_stream_that_does_not_exist_is_not_waited_for() -> None:
    choice = StreamChoice(two=True)
    choice.main_opened()
    assert not choice.wants_main(0)
    choice.second_lost()
    assert choice.wants_main(1)


def test_pictures_that_stop_without_a_word_are_replaced() -> None:
    """The connection stands, but nothing can be decoded."""
    choice = showing_second()
    assert not choice.wants_main(4 * S)
    assert choice.wants_main(5 * S)


def test_a_short_break_of_the_whole_camera_changes_nothing() -> None:
    choice = showing_second()
    choice.second_lost()
    choice.main_opened()
    choice.second_opened()
    assert not choice.wants_main(30 * S)
    assert choice.takes_second(30 * S)


def test_after_a_loss_the_second_stream_must_prove_itself() -> None:
    choice = showing_main_after_loss()
    choice.second_opened()
    assert not choice.takes_second(10 * S)
    assert not choice.takes_second(19 * S)
    assert choice.takes_second(20 * S)
    assert choice.wants_main(20 * S), "until a picture of the second is really shown"
    choice.showed_second(20 * S)
    assert not choice.wants_main(21 * S)


def test_a_second_stream_of_another_picture_is_never_taken() -> None:
    choice = showing_second()
    choice.judge(fit=False)
    assert choice.wants_main(0)
    assert not choice.takes_second(60 * S)
    choice.main_opened()
    assert choice.takes_second(61 * S), "the main stream may fit now"
