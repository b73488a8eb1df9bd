"""Which journal the store may use with the SQLite that was found.

WAL of SQLite 3.7.0 to 3.51.2 can lose committed writes where two or more connections
write; 3.51.3, 3.50.7 and 3.44.6 have the fix. A receipt is a promise, so WAL is used only
where the fix is in, always with synchronous=FULL; elsewhere TRUNCATE with EXTRA.
"""

from dataclasses import dataclass

_FIRST_FIXED = (3, 51, 3)
_FIXED_BRANCHES = {(3, 50): 7, (3, 44): 6}


@dataclass(frozen=True, slots=True)
class Journal:
    """The two settings of SQLite that decide whether an acknowledged letter can be lost."""

    mode: str
    synchronous: str


def choose_journal(sqlite_version: str) -> Journal:
    """WAL with FULL where that SQLite keeps what it committed, else TRUNCATE with EXTRA."""
    numbers = tuple(int(part) for part in sqlite_version.split("."))
    patch_with_fix = _FIXED_BRANCHES.get((numbers[0], numbers[1]))
    is_fixed = numbers >= _FIRST_FIXED or (
        patch_with_fix is not None and numbers[2] >= patch_with_fix
    )
    return Journal("WAL", "FULL") if is_fixed else Journal("TRUNCATE", "EXTRA")
