"""A process that is killed at a named point of writing an index: as it asks the system for it.

Python tells every opening, renaming and removing of a file before it is done; nothing of ours is
replaced.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

POINTS: Final[Mapping[str, tuple[str, Callable[..., bool]]]] = {
    "segment begun": ("open", lambda path, mode, *_: _ends(path, ".columns") and mode == "w"),
    "contents written": ("os.rename", lambda _, target, *__: _ends(target, ".toc")),
    "contents in place": ("os.remove", lambda path, *_: _ends(path, ".toc")),
    "state written": ("os.rename", lambda _, target, *__: _ends(target, "state.json")),
    "pointer written": ("os.rename", lambda _, target, *__: _ends(target, "current")),
    "old generation goes": ("shutil.rmtree", lambda *_: True),
}
"""Point -> the event before which the process is killed, and whether it is that one."""


def kill_at(point: str) -> None:
    """This process is killed, without any last words, when it comes to the point."""
    wanted, is_it = POINTS[point]

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == wanted and is_it(*arguments):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def _ends(path: object, ending: str) -> bool:
    return str(path).endswith(ending)
