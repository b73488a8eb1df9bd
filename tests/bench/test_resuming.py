"""A run that is cut off goes on where it ended, and measures nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import ROOT, BenchError
from bench.changes import EDITS
from bench.corpus import Corpus
from bench.forms import write_corpus
from bench.progress import Progress
from bench.systems import STEPS


def test_a_corpus_goes_on_where_it_was_cut_off(corpus: Corpus, tmp_path: Path) -> None:
    whole = list(corpus.documents())
    for after in (0, 1, 57, corpus.size):
        assert list(corpus.documents(after)) == whole[after:]
    begun = tmp_path / "begun"
    begun.write_text("390")
    write_corpus(corpus, "portal", tmp_path / "rest", begun)
    assert sorted(path.name for path in (tmp_path / "rest").rglob("*.md")) == sorted(
        document.file_name for document in whole[390:]
    )


def test_a_folder_with_another_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    Progress(path, {"sizes": [1_000]}).add({"system": "ours", "size": 1_000, "turn": 0})
    with pytest.raises(BenchError, match=r"holds a run of .*1000.*\n  Nothing was done"):
        Progress(path, {"sizes": [2_000]}).load()


def test_a_run_that_goes_on_is_of_the_project_with_which_it_began(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    Progress(path, {"sizes": [1_000]}, {"project": "first"}).add({"system": "ours", "size": 1_000})
    later = Progress(path, {"sizes": [1_000]}, {"project": "second"})
    later.load()
    assert later.versions == {"project": "first"}


@pytest.mark.slow
def test_a_run_killed_after_some_steps_takes_the_others(tmp_path: Path, prose_folder: Path) -> None:
    command = [sys.executable, "-m", "bench", "run", "--sizes", "300", "--repeat", "1"]
    command += ["--systems", "ours", "--prose", str(prose_folder)]
    command += ["--out", str(tmp_path / "out"), "--keep", str(tmp_path / "kept")]
    progress = tmp_path / "kept/progress.json"
    taken: list[dict[str, object]] = []
    for steps in (0, 1, 5, len(STEPS) + 5):  # one text is edited nine times
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        while process.poll() is None and len(rows(progress)) <= steps:
            time.sleep(0.01)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert rows(progress)[: len(taken)] == taken
        taken = rows(progress)
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert rows(progress)[: len(taken)] == taken
    names = [str(row["step"]) for row in rows(progress)]
    assert list(dict.fromkeys(names)) == list(STEPS)
    assert len(names) == len(STEPS) - 1 + len(EDITS)


def rows(progress: Path) -> list[dict[str, object]]:
    """What is measured so far."""
    found: list[dict[str, object]] = []
    if progress.exists():
        found = json.loads(progress.read_text("utf-8"))["rows"]
    return found
