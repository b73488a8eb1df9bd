"""A site with something of everything, builds of it as processes, and what a full build gives."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from plugins.portal.building.build import BuildReport
from publishing.settings import PRODUCT
from search import apply_rows, find
from tests.files import samples
from tests.small_site import SmallSite, differences, make_small_site

NOW = "2026-06-01 12:00"
QUERIES = ("", "题目", "正文", "改了", "paper", "Title")


def make_site(root: Path, documents: int = 40) -> SmallSite:
    """Texts of three columns, translations, a file offered, a picture shown."""
    site = make_small_site(root)
    site.write("files/paper.txt", "paper")
    site.write("files/tower.png", samples.encoded(samples.ridges(40, 30), "PNG"))
    for number in range(1, documents + 1):
        write_text(site, number)
    for number in range(1, 6):
        site.document(f"news/2026/text-{number}.en.md", "Text", id=f"text-{number}", title="Title")
    return site


def source_of(number: int) -> str:
    """Where the text with this number lies."""
    column = ("news", "documents", "orders")[number % 3]
    return f"{column}/2026/text-{number}.md"


def write_text(site: SmallSite, number: int, title: str = "题目") -> Path:
    """The text with this number has this title; some offer the file, some show the picture."""
    keys = {"attachments": '[{file: /files/paper.txt, title: "Paper"}]'} if number % 7 == 0 else {}
    body = "![塔](/files/tower.png)" if number % 11 == 0 else "正文。"
    return site.document(
        source_of(number),
        f"## 一\n\n{body}\n\n## 二\n\n见[一](doc:text-1)",
        id=f"text-{number}",
        title=f"{title}{number}",
        date=f"2026-03-{number % 28 + 1:02d} 09:00",
        departments="[water, office]" if number % 2 else "[office]",
        **keys,
    )


def start_build(
    site: SmallSite, *options: str, name: str = "build", now: str = NOW
) -> subprocess.Popen[str]:
    """`publish.py build` of the site, at work, in a session of its own."""
    command = [sys.executable, "publish.py", "build", "--site", str(site.root)]
    command += ["--build", str(site.root / name), "--as-of", now, *options]
    return subprocess.Popen(
        command,
        cwd=PRODUCT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until_locked(process: subprocess.Popen[str], build: Path) -> bool:
    """Whether the process has the build's lock; False where it ended without."""
    lock = build / "lock"
    while process.poll() is None:
        if lock.exists() and lock.read_text() == f"{process.pid}\n":
            return True
        time.sleep(0.002)
    return False


def kill(process: subprocess.Popen[str]) -> None:
    """The build and its workers are killed."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def kill_while_it_writes(site: SmallSite, title: str) -> None:
    """The texts from the second on have another title, and a build of them was killed when the
    first of their pages was written."""
    for number in range(2, 41):
        write_text(site, number, title)
    process = start_build(site)
    page = site.root / "build/site/zh/documents/2026/text-4/index.html"
    while title not in page.read_text():
        assert process.poll() is None
    kill(process)


def copy_database(database: str, source: Path, target: Path) -> None:
    """The database in one build folder is that of another, its log too."""
    for suffix in ("", "-wal", "-shm"):
        origin, copy = (folder / f"{database}{suffix}" for folder in (source, target))
        copy.unlink(missing_ok=True)
        if origin.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(origin, copy)


def write_alike(path: Path, before: str, after: str) -> None:
    """The file has other bytes, as many as before, and says that it was not changed since."""
    status = path.stat()
    text = path.read_text("utf-8").replace(before, after)
    path.write_text(text, "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)


def assert_as_anew(site: SmallSite, name: str = "build", now: str = NOW) -> BuildReport:
    """The next build gives exactly the bytes that a first build gives; what it did."""
    report = site.build(name, now=now, jobs=2)
    shutil.rmtree(site.root / "fresh", ignore_errors=True)
    site.build("fresh", now=now, jobs=2)
    unlike = differences(site.outputs(name), site.outputs("fresh"))
    assert unlike == [], f"{len(unlike)} outputs: {unlike[:5]}"
    return report


def assert_found_as_anew(site: SmallSite, name: str = "build") -> None:
    """After `assert_as_anew`: the index answers as one that was made from nothing."""
    apply_rows(site.root / name)
    apply_rows(site.root / "fresh")
    for query in QUERIES:
        kept, fresh = (find(site.root / each, query, size=100) for each in (name, "fresh"))
        assert kept == fresh, query


@dataclass(slots=True)
class Snapshot:
    """The files of some folders as they were, to be put back."""

    folders: tuple[Path, ...]
    files: dict[Path, bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.files = {path: path.read_bytes() for path in self._present()}

    def put_back(self) -> None:
        """The folders have these files again, and no others; what is the same stays untouched."""
        for path in self._present():
            if path not in self.files:
                path.unlink()
        for path, data in self.files.items():
            if not path.is_file() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)

    def _present(self) -> list[Path]:
        return [
            path
            for folder in self.folders
            for path in sorted(folder.rglob("*"))
            if path.is_file() and ".git" not in path.parts
        ]


def git(site: SmallSite, *arguments: str) -> None:
    """Git in the site's folder, as some editor."""
    names = ("-c", "user.name=Editor", "-c", "user.email=e@small.example")
    subprocess.run(
        ["git", *names, *arguments],
        cwd=site.root,
        check=True,
        capture_output=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
    )


def commit_all(site: SmallSite) -> None:
    """All of the content is in a commit; the first time, in a new repository."""
    if not (site.root / ".git").exists():
        git(site, "init", "-q")
    git(site, "add", "content")
    git(site, "commit", "-q", "--allow-empty", "-m", "All")
