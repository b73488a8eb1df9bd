"""A site with every sort of mistake: one problem for each, all in one run, exit code 1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from publishing.settings import PRODUCT
from tests.small_site import COLUMNS, differences, make_small_site

HEAD = "---\ntitle: 题\ndate: 2026-03-01\n{}---\n\n{}\n"


def test_every_mistake_is_named_and_the_last_good_site_stays(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    site.document("news/2026/good.md", title="好")
    site.build()
    before = site.outputs()
    for name, keys, text in (
        ("unknown-key", "titel: x\n", ""),
        ("column", "column: newz\n", ""),
        ("department", "departments: [watr]\n", ""),
        ("attachment", "attachments: [{file: none.pdf, title: 无, alternative: 电话}]\n", ""),
        ("link", "", "[去](nowhere.md)"),
        ("clash-a", "slug: same\n", ""),
        ("clash-b", "slug: same\n", ""),
    ):
        site.write(f"news/2026/{name}.md", HEAD.format(keys, text))
    site.write("news/2026/date.md", HEAD.format("", "").replace("2026-03-01", "2026-02-30"))
    site.write("news/2026/yaml.md", "---\ntitle: [unclosed\n---\n\n正文\n")
    site.write("news/2026/gbk.md", HEAD.format("", "正文").encode("gbk"))
    site.write("news/2026/bell\x07.md", HEAD.format("", "正文"))
    site.write("news/2026/Fold.md", HEAD.format("", "正文"))
    site.write("news/2026/fold.md", HEAD.format("", "正文"))
    site.write("news/2026/large.md", HEAD.format("", "字" * 700_000))
    site.write("/".join(["news", *"abcdefghijklmnopqrstu", "deep.md"]), HEAD.format("", "正文"))

    run = _check(site.root)
    assert run.returncode == 1
    codes = {
        line.rsplit("[", 1)[1].rstrip("]") for line in run.stdout.splitlines() if "  [" in line
    }
    assert codes >= {
        "meta-unknown-key",
        "meta-date",
        "unknown-column",
        "unknown-department",
        "attachment-missing",
        "link-dead",
        "address-clash",
        "yaml-syntax",
        "file-encoding",
        "path-control-character",
        "file-size",
        "path-depth",
    }
    assert "Traceback" not in run.stdout + run.stderr
    built = _run(site.root, "build")
    assert built.returncode == 1
    assert "Nothing was changed" in built.stderr
    assert differences(before, site.outputs()) == []


def test_a_loop_of_columns_does_not_hide_the_mistakes_of_documents(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    site.write("columns.yaml", COLUMNS.replace("id: documents,", "id: documents, parent: orders,"))
    site.write("news/2026/date.md", HEAD.format("", "").replace("2026-03-01", "2026-02-30"))
    run = _check(site.root)
    assert run.returncode == 1
    assert "[column-loop]" in run.stdout
    assert "[meta-date]" in run.stdout


def _check(root: Path) -> subprocess.CompletedProcess[str]:
    return _run(root, "check")


def _run(root: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "publish.py", command, "--site", str(root), "--as-of", "2026-06-01"],
        cwd=PRODUCT,
        capture_output=True,
        text=True,
        check=False,
    )
