"""How often one visitor may try: counted per client, in memory, never naming the client."""

import threading
from collections import OrderedDict, deque
from collections.abc import Sequence

from starlette.requests import Request

from domain.clients import client_of
from relay.keys import Keyring, Purpose

MINUTE = 60_000
HOUR = 60 * MINUTE
_MOST_CLIENTS = 50_000


def client_address(request: Request, trusted_proxies: Sequence[str]) -> str:
    """The client of a request, as it is counted."""
    peer = request.client.host if request.client else ""
    return client_of(peer, request.headers.get("x-forwarded-for", ""), trusted_proxies)


class Throttle:
    """At most `most` tries of one client within any `milliseconds`, an hour unless another is named.

    For use by any thread. The oldest clients are forgotten.
    """

    def __init__(self, most: int, keyring: Keyring, milliseconds: int = HOUR) -> None:
        self._most = most
        self._keyring = keyring
        self._milliseconds = milliseconds
        self._lock = threading.Lock()
        self._tries: OrderedDict[bytes, deque[int]] = OrderedDict()

    def is_open(self, client: str, now: int) -> bool:
        """True while this client may try again."""
        with self._lock:
            tries = self._tries.get(self._name(client))
            if tries is None:
                return True
            while tries and not now - self._milliseconds < tries[0] <= now:
                tries.popleft()
            return len(tries) < self._most

    def note(self, client: str, now: int) -> None:
        """This client has tried once more."""
        name = self._name(client)
        with self._lock:
            tries = self._tries.setdefault(name, deque(maxlen=self._most))
            tries.append(now)
            self._tries.move_to_end(name)
            while len(self._tries) > _MOST_CLIENTS:
                self._tries.popitem(last=False)

    def forgive(self, client: str) -> None:
        """The last try was right and does not count."""
        with self._lock:
            tries = self._tries.get(self._name(client))
            if tries:
                tries.pop()

    def _name(self, client: str) -> bytes:
        return self._keyring.mac(Purpose.CLIENT, client.encode("utf-8"))[:16]


class Ceilings:
    """How many letters an hour go straight on: of one client, and of one form from everybody.

    More are taken in and held, so that ballot stuffing stands out and no letter is lost. An
    attacker who changes addresses passes the first and meets the second. 0 sets no ceiling.
    """

    def __init__(self, per_client: int, per_form: int, keyring: Keyring) -> None:
        self._clients = Throttle(per_client, keyring) if per_client else None
        self._forms = Throttle(per_form, keyring) if per_form else None

    def find_signals(self, form_id: str, client: str, now: int) -> tuple[str, ...]:
        """The ceilings that this letter passes; it is counted."""
        watched = [
            ("many-from-one", self._clients, f"{form_id} {client}"),
            ("many-in-all", self._forms, form_id),
        ]
        signals = []
        for signal, throttle, name in watched:
            if throttle is None:
                continue
            if not throttle.is_open(name, now):
                signals.append(signal)
            throttle.note(name, now)
        return tuple(signals)
