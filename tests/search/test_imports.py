"""Most commands need no search engine, so none is loaded before it is needed."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["search", "search.service", "search.__main__"])
def test_importing_loads_no_engine(module: str) -> None:
    code = f"import sys, {module}; print([m for m in ('whoosh', 'numpy', 'opencc') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
