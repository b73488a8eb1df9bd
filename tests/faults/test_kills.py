"""A build that is killed at any moment: the next one gives what a first one gives."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import harness
from tests.small_site import COLUMNS

KILLS_A_RUN = 25


@pytest.mark.slow
def test_01_killed_at_ten_moments_the_next_build_gives_what_a_first_one_gives(
    tmp_path: Path,
) -> None:
    Killing(tmp_path, seed=0).run(10)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 11))
def test_01_killed_at_250_moments_the_next_build_gives_what_a_first_one_gives(
    tmp_path: Path, seed: int
) -> None:
    Killing(tmp_path, seed).run(KILLS_A_RUN)


class Killing:
    """Editors at work, builds that are killed, and the comparison after each."""

    def __init__(self, root: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.site = harness.make_site(root, documents=60)
        self.is_repository = seed % 2 == 0
        self.edits = 0
        self.kinds: dict[str, tuple[Callable[[], None], tuple[str, ...]]] = {
            "first": (self._forget_build, ()),
            "over what is there": (self._forget_ledger, ()),
            "small": (self._edit_texts, ()),
            "theme": (self._edit_theme, ()),
            "column": (self._edit_column, ()),
            "full": (self._edit_texts, ("--full",)),
        }
        self.seconds = {name: self._measure(name) for name in self.kinds}

    def run(self, kills: int) -> None:
        """So many builds are killed; each time the next one is compared."""
        killed: Counter[str] = Counter()
        while killed.total() < kills:
            kind = self.random.choice(list(self.kinds))
            if self._kill(kind):
                killed[kind] += 1
        print(f"killed: {dict(killed)}")

    def _kill(self, kind: str) -> bool:
        """Whether the build was killed before its end; the next was compared either way."""
        prepare, options = self.kinds[kind]
        before = harness.Snapshot((self.site.content, self.site.theme))
        prepare()
        process = harness.start_build(self.site, "--index", *options)
        moment = self.random.uniform(0, 1.1 * self.seconds[kind])
        is_alone = self.random.random() < 0.3
        after = self.random.choice((before.put_back, self._edit_texts, _nothing))
        was_killed = self._kill_after(process, moment, is_alone=is_alone)
        after()
        try:
            harness.assert_as_anew(self.site)
            harness.assert_found_as_anew(self.site)
        except AssertionError as failure:
            failure.add_note(
                f"after a {kind} build, killed after {moment:.3f} of {self.seconds[kind]:.3f} s,"
                f" {'alone' if is_alone else 'with its workers'}; then {after.__name__}"
            )
            raise
        return was_killed

    def _kill_after(self, process: subprocess.Popen[str], moment: float, *, is_alone: bool) -> bool:
        if harness.wait_until_locked(process, self.site.root / "build"):
            time.sleep(moment)
        if is_alone:
            process.kill()  # its workers are left behind, and find out
            process.communicate()
        else:
            harness.kill(process)
        return process.returncode == -signal.SIGKILL

    def _measure(self, kind: str) -> float:
        """How long a build of this kind has the lock, and then works on the index."""
        prepare, options = self.kinds[kind]
        prepare()
        process = harness.start_build(self.site, "--index", *options)
        harness.wait_until_locked(process, self.site.root / "build")
        started = time.monotonic()
        _, messages = process.communicate()
        assert process.returncode == 0, messages
        return time.monotonic() - started

    # What comes before a build

    def _forget_build(self) -> None:
        shutil.rmtree(self.site.root / "build", ignore_errors=True)
        self._edit_texts()

    def _forget_ledger(self) -> None:
        (self.site.root / "build" / "portal.sqlite").unlink(missing_ok=True)
        self._edit_texts()

    def _edit_texts(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            self._edit_text(self.random.randint(2, 70))
        if self.is_repository and self.random.random() < 0.5:
            harness.commit_all(self.site)

    def _edit_text(self, number: int) -> None:
        path = self.site.content / harness.source_of(number)
        match self.random.randint(0, 4):
            case 0:
                path.unlink(missing_ok=True)
                path.with_suffix(".en.md").unlink(missing_ok=True)
            case 1:
                self.site.write("files/paper.txt", f"paper {self._count()}")
            case _:
                harness.write_text(self.site, number, f"改了{self._count()}之")

    def _edit_theme(self) -> None:
        footer = self.site.theme / "templates/parts/footer.html"
        footer.write_text(f"{footer.read_text()}\n<!-- {self._count()} -->\n")

    def _edit_column(self) -> None:
        name = f"zh: 文件{self._count()},"
        self.site.write("columns.yaml", COLUMNS.replace("zh: 文件,", name, 1))

    def _count(self) -> int:
        self.edits += 1
        return self.edits


def _nothing() -> None:
    """Nobody edits anything between the killed build and the next."""


def test_02_of_a_build_killed_between_its_writing_and_its_noting_nothing_stays(
    tmp_path: Path,
) -> None:
    """The text is changed back before the next build: by the ledger, nothing is to be done."""
    site = harness.make_site(tmp_path)
    site.build()
    before = harness.Snapshot((site.content,))
    harness.kill_while_it_writes(site, "改了")
    before.put_back()
    harness.assert_as_anew(site)


def test_03_of_a_first_build_killed_over_older_outputs_none_stays_that_no_page_has(
    tmp_path: Path,
) -> None:
    site = harness.make_site(tmp_path)
    site.build()
    (site.root / "build/portal.sqlite").unlink()
    for number in range(2, 41):
        (site.content / harness.source_of(number)).unlink()
    process = harness.start_build(site)
    ledger = site.root / "build/portal.sqlite"
    while not ledger.exists():  # it appears with all that is planned in it
        assert process.poll() is None
    harness.kill(process)
    harness.assert_as_anew(site)
