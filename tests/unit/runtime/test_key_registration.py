"""The server knows a key before it gets a case that was sealed with it."""

import pytest

from app.domain.errors import DatabaseUnavailable, StateConflict
from app.domain.infraction import Infraction
from app.runtime.key_registration import RegisteringSink
from tests.builders.infractions import speeding


class _Server:
    """Notes in which order it was told what."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.trouble: Exception | None = None

    def add(self, infraction: Infraction) -> None:
        assert infraction == speeding(id=infraction.id)
        self.told.append("case")

    def register(self) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.told.append("key")

    def probe(self) -> None:
        self.told.append("probe")


@pytest.fixture
def server() -> _Server:
    return _Server()


@pytest.fixture
def sink(server: _Server) -> RegisteringSink:
    return RegisteringSink(server, server.register, server.probe)


def test_the_key_goes_first_and_once(sink: RegisteringSink, server: _Server) -> None:
    sink.add(speeding())
    sink.add(speeding())
    sink.probe()
    assert server.told == ["key", "case", "case", "probe"]


def test_an_engine_without_cases_tells_its_key_too(
    sink: RegisteringSink, server: _Server
) -> None:
    sink.probe()
    assert server.told == ["key", "probe"]


def test_no_case_overtakes_the_key(sink: RegisteringSink, server: _Server) -> None:
    server.trouble = DatabaseUnavailable("away")
    with pytest.raises(DatabaseUnavailable):
        sink.add(speeding())
    with pytest.raises(DatabaseUnavailable):
        sink.probe()
    server.trouble = None
    sink.add(speeding())
    assert server.told == ["key", "case"]


def test_a_key_that_is_refused_stops_no_case(
    sink: RegisteringSink, server: _Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.trouble = StateConflict("another key")
    sink.add(speeding())
    sink.add(speeding())
    assert server.told == ["case", "case"]
    assert caplog.text.count("was refused") == 1
