"""Asks the Nu HTML checker about whole folders of pages, in one process for all of them."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import REPOSITORY

JAR = REPOSITORY / ".venv/checker/node_modules/vnu-jar/build/dist/vnu.jar"


def read_complaints(places: Sequence[Path]) -> list[str]:
    """What the checker says about the HTML and SVG files at `places`, warnings included; sorted.

    Folders are searched through. Raises RuntimeError where the checker did not run to its end.
    """
    assert JAR.is_file(), "the Nu HTML checker is not installed; run: make checker"
    command = ["java", "-jar", str(JAR), "--format", "json", "--exit-zero-always"]
    command += ["--skip-non-html", "--also-check-svg", *map(str, places)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the checker ended with {done.returncode}:\n{done.stderr}")
    return sorted(
        f"{message['url']}:{message.get('lastLine', 0)}: {message['message']}"
        for message in json.loads(done.stderr)["messages"]
    )
