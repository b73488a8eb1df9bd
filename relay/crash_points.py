"""Named points at which a test may kill the process, to prove what a power cut leaves behind.

A point does nothing unless the environment variable RELAY_CRASH_POINT names it when the
process starts. Only tests set it. The points: before-commit, after-commit (a letter is
taken in), after-claim, after-250 (a letter is passed on),
before-switch (an export is written and not yet named).
"""

import os
import signal

_CHOSEN_POINT = os.environ.get("RELAY_CRASH_POINT", "")


def pass_crash_point(name: str) -> None:
    """Return, unless a test chose this point: then the process is gone at once (SIGKILL)."""
    if name == _CHOSEN_POINT:
        os.kill(os.getpid(), signal.SIGKILL)
