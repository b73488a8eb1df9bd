"""Most commands need no search engine, so none is loaded before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from search import apply_rows
from tests.search.corpus import make_row, write_rows


@pytest.mark.parametrize("module", ["search", "search.service", "search.__main__"])
def test_importing_loads_no_engine(module: str) -> None:
    code = f"import sys, {module}; print([m for m in ('whoosh', 'numpy', 'opencc') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_change_waits_for_no_dictionary_of_sounds(tmp_path: Path) -> None:
    write_rows(tmp_path, [make_row("a", title="草原")])
    apply_rows(tmp_path)
    write_rows(tmp_path, [make_row("a", title="牧区道路")])
    code = (
        "import sys, pathlib, search;"
        f"report = search.apply_rows(pathlib.Path({str(tmp_path)!r}));"
        "print(report.indexed, report.is_full, 'pypinyin' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1 False False\n"
