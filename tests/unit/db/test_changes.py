"""Payloads come from anybody who may connect."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from db.changes import TOPICS, RowChange, parse_payload


@given(st.sampled_from(TOPICS), st.uuids())
def test_a_row(topic: str, row_id: UUID) -> None:
    assert parse_payload(f"{topic} {row_id}") == RowChange(topic, row_id)


@given(st.sampled_from(TOPICS))
def test_many_rows(topic: str) -> None:
    assert parse_payload(topic) == RowChange(topic, None)


@given(st.text())
def test_nonsense_is_dropped_or_known(payload: str) -> None:
    change = parse_payload(payload)
    assert change is None or change.topic in TOPICS
