"""A few connections of one login, as an SQLAlchemy engine."""

from typing import Any

from sqlalchemy import Engine, create_engine

from db import address


def open_pool(
    parameters: dict[str, Any], *, first: address.Connection | None = None
) -> Engine:
    """Return an engine over the server; `first` is a connection made already.

    Connections are tried before use, so that a restarted server goes unnoticed.
    """
    ready = [] if first is None else [first]

    def creator() -> address.Connection:
        return ready.pop() if ready else address.connect(parameters)

    engine = create_engine(
        "postgresql+psycopg://",
        creator=creator,
        pool_size=3,
        max_overflow=2,
        pool_timeout=5,
        pool_pre_ping=True,
    )
    if first is not None:
        # The pool owns it from here on, and closes it with the others.
        engine.connect().close()
    return engine
