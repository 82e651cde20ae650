"""How many failed logins are too many, and for how long nobody is let in then.

A login is locked for one address, not everywhere: who fails on purpose from elsewhere
keeps nobody from working. Locks are short and grow, so that a mistake costs half a
minute and a search through passwords takes years.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address

from app.domain.clock import NS_PER_S
from db.login_log import LoginTry

FAILURES = 5
"""Within the window, by one login from one address."""
FAILURES_OF_AN_ADDRESS = 30
"""Within the window, by whatever login: somebody tries names as well."""
WINDOW_S = 900
FIRST_LOCK_S = 30
LONGEST_LOCK_S = 900
LONGEST_OF_AN_ADMINISTRATOR_S = 60
"""Administrators are let in again soon: they are who undoes a lock."""
FORGIVEN_AFTER_S = 24 * 3600
ALL_LOGINS = ""
_MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """No login of this name from this address for so long; "" stands for all."""

    login: str
    address: str
    failures: int
    seconds: int


@dataclass(slots=True)
class _Count:
    failed_ns: list[int] = field(default_factory=list)
    times: int = 0
    locked_ns: int = 0


class LockoutPolicy:
    """Counts; the same tries at the same times give the same locks."""

    def __init__(self) -> None:
        """Know of no failure."""
        self._counts: dict[tuple[str, str], _Count] = {}

    def locks(
        self, one: LoginTry, now_ns: int, *, person: bool, administrator: bool
    ) -> Iterator[Lock]:
        """Take the next try; yield what must be locked because of it.

        `person` tells whether there is somebody of that login: the names that an
        attacker invents lock no login, only the address.
        """
        if not one.failed:
            self._counts.pop((one.login, one.address), None)
            return
        if person:
            most_s = LONGEST_OF_AN_ADMINISTRATOR_S if administrator else LONGEST_LOCK_S
            yield from self._count(one.login, one.address, FAILURES, now_ns, most_s)
        # Behind the loopback address is everybody who works at this computer.
        if not _is_local(one.address):
            yield from self._count(
                ALL_LOGINS, one.address, FAILURES_OF_AN_ADDRESS, now_ns, LONGEST_LOCK_S
            )

    def _count(
        self, login: str, address: str, allowed: int, now_ns: int, most_s: int
    ) -> Iterator[Lock]:
        self._forget_some(now_ns)
        count = self._counts.setdefault((login, address), _Count())
        since = now_ns - WINDOW_S * NS_PER_S
        count.failed_ns = [at for at in count.failed_ns if at > since] + [now_ns]
        if len(count.failed_ns) < allowed:
            return
        if now_ns - count.locked_ns > FORGIVEN_AFTER_S * NS_PER_S:
            count.times = 0
        seconds = min(FIRST_LOCK_S << min(count.times, 16), most_s)
        failures = len(count.failed_ns)
        count.times += 1
        count.locked_ns, count.failed_ns = now_ns, []
        yield Lock(login=login, address=address, failures=failures, seconds=seconds)

    def _forget_some(self, now_ns: int) -> None:
        """Bound the memory: whoever invents names by the thousand is one address."""
        if len(self._counts) < _MOST_KEYS:
            return
        old = now_ns - FORGIVEN_AFTER_S * NS_PER_S
        newest = sorted(
            (item for item in self._counts.items() if item[1].locked_ns > old),
            key=lambda item: item[1].locked_ns,
        )
        self._counts = dict(newest[-_MOST_KEYS // 2 :])


def _is_local(address: str) -> bool:
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return True
