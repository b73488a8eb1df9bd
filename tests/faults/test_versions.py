"""Another engine, other packages, another Python: nothing that an earlier one left is gone by."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.ours import copy_project
from publishing.settings import PRODUCT
from tests.faults import harness
from tests.small_site import SmallSite, differences, outputs_of


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A copy of the product, to be another version of it."""
    return copy_project(PRODUCT, tmp_path / "product")


def lock_another_package(product: Path) -> None:
    """requirements/runtime.txt names another version of something."""
    lock = product / "requirements/runtime.txt"
    lock.write_text(lock.read_text("utf-8") + "\nanother-package==1.0\n", "utf-8")


def compile_templates_otherwise(product: Path) -> None:
    """What is made of a template changes, and no template."""
    code = product / "domain/templating.py"
    text = code.read_text("utf-8")
    code.write_text(text.replace("trim_blocks=True", "trim_blocks=False"), "utf-8")


def run_as_another_python(product: Path) -> None:
    """An interpreter that says of itself that it is another one, before any of ours is imported."""
    (product / "sitecustomize.py").write_text(
        "import sys\nsys.version = '3.99.0 (another) [of tomorrow]'\n", "utf-8"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "change", [lock_another_package, compile_templates_otherwise, run_as_another_python]
)
def test_17_what_another_version_left_is_made_anew(
    tmp_path: Path, product: Path, change: Callable[[Path], None]
) -> None:
    site = harness.make_site(tmp_path / "site")
    first = build(site, product)
    change(product)
    again = build(site, product)
    assert again["problems"] == first["problems"] > 0, "every source is read again"
    assert again["views_computed"] == first["views_computed"]
    build(site, product, name="fresh")
    kept, fresh = (outputs_of(site.root / name) for name in ("build", "fresh"))
    assert differences(kept, fresh) == []
    assert [path.name for path in (site.root / "build/cache/templates").iterdir()] == [
        path.name for path in (site.root / "fresh/cache/templates").iterdir()
    ]


def build(site: SmallSite, product: Path, name: str = "build") -> dict[str, Any]:
    """The report of a build by that product."""
    command = [sys.executable, "publish.py", "build", "--site", str(site.root), "--json"]
    command += ["--build", str(site.root / name), "--as-of", harness.NOW]
    environment = {**os.environ, "PYTHONPATH": str(product)}
    ended = subprocess.run(command, cwd=product, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    report: dict[str, Any] = json.loads(ended.stdout)
    return report
