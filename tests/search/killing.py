"""A process that is killed at a named point of writing an index: as it asks the system for it.

Python tells every opening, renaming and removing of a file before it is done; nothing of ours is
replaced.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[2]
_BEGINNING: Final = """
import sys
from pathlib import Path
from tests.search.killing import kill_at
if sys.argv[1]:
    kill_at(sys.argv[1])
"""

POINTS: Final[Mapping[str, tuple[str, Callable[..., bool]]]] = {
    "segment begun": ("open", lambda path, mode, *_: _ends(path, ".columns") and mode == "w"),
    "segment written": ("os.rename", lambda _, target, *__: _ends(target, ".columns")),
    "contents written": ("os.rename", lambda _, target, *__: _ends(target, ".toc")),
    "contents in place": ("os.remove", lambda path, *_: _ends(path, ".toc")),
    "state written": ("os.rename", lambda _, target, *__: _ends(target, "state.json")),
    "pointer written": ("os.rename", lambda _, target, *__: _ends(target, "current")),
    "old generation goes": ("shutil.rmtree", lambda *_: True),
}
"""Point -> the event before which the process is killed, and whether it is that one."""


def run_until_killed(
    program: str, *arguments: str, after: float | None = None, point: str = ""
) -> bool:
    """True when the process of this program was killed, by us so many seconds after it printed
    "ready" or by itself at a point; False when it was done before. Arguments begin at sys.argv[2].
    """
    command = [sys.executable, "-c", _BEGINNING + program, point, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as writer:
        output: Any = writer.stdout
        assert output.readline() == "ready\n"
        if after is not None:
            time.sleep(after)
            if writer.poll() is None:
                writer.send_signal(signal.SIGKILL)
        return writer.wait() == -signal.SIGKILL


def kill_at(point: str) -> None:
    """This process is killed, without any last words, when it comes to the point."""
    wanted, is_it = POINTS[point]

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == wanted and is_it(*arguments):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def _ends(path: object, ending: str) -> bool:
    return str(path).endswith(ending)
