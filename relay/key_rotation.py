"""Changing keys: a new one seals from now on; what old ones sealed is sealed anew; old ones go.

A query code and the digest of a repeated post are computed under the key of their day. So an
old key can go only when no letter needs it any more: when those letters are erased.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from relay.keys import Keyring, Purpose
from relay.store import Connection, Store

_AT_ONCE = 200
# Each may be as large as a letter with files is at most.
_ATTACHMENTS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class _Sealed:
    """Where sealed bytes stand: the columns that name a row, and what its bytes are bound to."""

    table: str
    names: tuple[str, ...]
    column: str
    purpose: Purpose
    bound_to: Callable[[tuple[Any, ...]], bytes]


_PLACES = (
    _Sealed("letter", ("id",), "payload", Purpose.PAYLOAD, lambda row: bytes(row[0])),
    _Sealed(
        "attachment", ("letter", "place"), "sealed", Purpose.ATTACHMENT, lambda row: bytes(row[0])
    ),
    _Sealed(
        "answer", ("id", "letter"), "sealed", Purpose.ANSWER, lambda row: bytes(row[0] + row[1])
    ),
    _Sealed("publication", ("letter",), "sealed", Purpose.PUBLICATION, lambda row: bytes(row[0])),
)


def seal_anew(store: Store, keyring: Keyring) -> int:
    """Everything in the store is sealed with the current key; gives how much was changed.

    It can be broken off and run again; the relay may run meanwhile.
    """
    return sum(_seal_place_anew(store, keyring, place) for place in _PLACES)


def find_keys_in_use(store: Store, keyring: Keyring) -> dict[str, int]:
    """For each key how many letters still need it."""
    counts = dict.fromkeys(keyring.key_ids, 0)
    for key_id, count in store.query(
        "SELECT code_key, count(*) FROM letter WHERE state <> 'erased' GROUP BY code_key"
    ):
        counts[key_id] = counts.get(key_id, 0) + count
    for place in _PLACES:
        for (sealed,) in store.query(
            f"SELECT DISTINCT substr({place.column}, 1, 5) FROM {place.table}"
        ):
            if sealed:
                key_id = bytes(sealed)[1:].hex()
                counts[key_id] = counts.get(key_id, 0) + 1
    return counts


def _seal_place_anew(store: Store, keyring: Keyring, place: _Sealed) -> int:
    head = b"\x01" + bytes.fromhex(keyring.current_id)
    names = ", ".join(place.names)
    at_once = _ATTACHMENTS_AT_ONCE if place.table == "attachment" else _AT_ONCE
    where = " AND ".join(f"{name} = ?" for name in place.names)

    def seal_some(connection: Connection) -> int:
        rows = connection.execute(
            f"SELECT {names}, {place.column} FROM {place.table}"
            f" WHERE length({place.column}) > 0 AND substr({place.column}, 1, 5) <> ? LIMIT ?",
            (head, at_once),
        )
        for *row, sealed in rows:
            bound_to = place.bound_to(tuple(row))
            opened = keyring.open(place.purpose, sealed, bound_to)
            connection.execute(
                f"UPDATE {place.table} SET {place.column} = ? WHERE {where}",
                (keyring.seal(place.purpose, opened, bound_to), *row),
            )
        return len(rows)

    changed = 0
    while some := store.write(seal_some):
        changed += some
    return changed
