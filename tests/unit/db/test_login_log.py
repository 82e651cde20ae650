"""What the log says of logins is read; what a client writes into it is not believed."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from db.login_log import LoginLog, LoginTry, LogTail

_AT = "2026-03-14 15:09:26.535 UTC"
_LONGEST_NAME = 63


def _received(pid: int = 7, host: str = "10.0.0.5") -> str:
    return (
        f"{_AT} [{pid}] 00000 [unknown]@[unknown] {host} LOG:  connection received: "
        f"host={host} port=44028"
    )


def _failed(login: str = "ana", pid: int = 7, host: str = "10.0.0.5") -> str:
    return (
        f"{_AT} [{pid}] 28P01 {login}@atalaya {host} FATAL:  password authentication "
        f'failed for user "{login}"'
    )


def _let_in(login: str = "ana", pid: int = 7, host: str = "10.0.0.5") -> str:
    return (
        f"{_AT} [{pid}] 00000 {login}@atalaya {host} LOG:  connection authenticated: "
        f'identity="{login}" method=scram-sha-256 (/x/pg_hba.conf:115)'
    )


def test_failures_and_successes() -> None:
    lines = [_received(), _failed(), _received(8), _let_in(pid=8)]
    assert list(LoginLog().tries(lines)) == [
        LoginTry("ana", "10.0.0.5", True),
        LoginTry("ana", "10.0.0.5", False),
    ]


def test_a_failure_from_nowhere_counts_for_nobody() -> None:
    assert list(LoginLog().tries([_failed()])) == []
    assert list(LoginLog().tries([_received(), _failed(host="10.0.0.6")])) == []
    assert list(LoginLog().tries([_received(8), _failed(pid=7)])) == []


def _logged(user: str, database: str, pid: int, host: str) -> list[str]:
    """Return what PostgreSQL writes when such a client fails."""
    said = user.replace("\n", "\n\t")
    text = (
        f"{_received(pid, host)}\n{_AT} [{pid}] 28P01 {user}@{database} {host} FATAL:  "
        f'password authentication failed for user "{said}"'
    )
    return text.split("\n")


_VICTIM = "10.9.9.9"
_FORGERIES = (
    _failed("ab", 9, "1.1.1.1"),
    _received(9, "1.1.1.1"),
    _let_in("ab", 9, "1.1.1.1"),
)


def test_the_longest_names_forge_no_line() -> None:
    """As was tried on PostgreSQL 18, whose log repeats both names with new lines."""
    for forged in _FORGERIES:
        head, _, tail = forged.partition("@")
        user, database = f"x\n{head}", f"{tail}\n"
        names = (user[:_LONGEST_NAME], database[:_LONGEST_NAME])
        lines = [_received(9, "1.1.1.1"), *_logged(*names, 7, _VICTIM)]
        for one in LoginLog().tries(lines):
            # At most what the attacker could have had by failing from there.
            assert one == LoginTry("ab", "1.1.1.1", True)
        alone = _logged(*names, 7, _VICTIM)
        assert list(LoginLog().tries(alone)) == []


_names = st.text(
    st.sampled_from("abx9 .@[]:=\n\t\"'()") | st.characters(codec="utf-8"), max_size=63
)


@given(user=_names, database=_names)
def test_no_name_speaks_for_another_address(user: str, database: str) -> None:
    lines = _logged(user, database, 7, _VICTIM)
    assert all(one.address == _VICTIM for one in LoginLog().tries(lines))


def test_a_tail_gives_whole_lines_and_follows_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_text("before\n")
    tail = LogTail(path)
    assert tail.lines() == []
    with path.open("a") as file:
        file.write("one\ntw")
    assert tail.lines() == ["one"]
    with path.open("a") as file:
        file.write("o\n")
    assert tail.lines() == ["two"]
    path.write_text("new\n")
    assert tail.lines() == ["new"]
    path.unlink()
    assert tail.lines() == []


def test_a_tail_of_a_folder_follows_from_one_day_to_the_next(tmp_path: Path) -> None:
    """A collector begins a file each day, a week later by the same name."""
    monday, tuesday = tmp_path / "monday.log", tmp_path / "tuesday.log"
    tuesday.write_text("a week ago, and longer than what comes\n")
    monday.write_text("before\n")
    os.utime(tuesday, (1, 1))
    tail = LogTail(tmp_path)
    with monday.open("a") as file:
        file.write("one\n")
    assert tail.lines() == ["one"]
    with monday.open("a") as file:
        file.write("last\n")
    os.utime(monday, (2, 2))
    tuesday.write_text("first\n")
    assert tail.lines() == ["last", "first"]
    (tmp_path / "wednesday.log").write_text("and on\n")
    assert tail.lines() == ["and on"]
