"""python -m search: the same answers at a terminal."""

import json
from pathlib import Path

import pytest

from search.__main__ import main
from tests.search.corpus import make_row, write_rows


def test_index_and_query(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_rows(tmp_path, [make_row("a", title="第一"), make_row("b", title="第一", lang="en")])
    assert main(["--build", str(tmp_path), "index"]) == 0
    assert "index: built anew: 2 documents indexed, 0 deleted" in capsys.readouterr().out
    assert main(["--build", str(tmp_path), "query", "第一", "--in", "en"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [result["url"] for result in answer["results"]] == ["/en/b/"]


def test_what_is_wrong_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--build", str(tmp_path), "index"]) == 1
    assert "no search rows" in capsys.readouterr().err
    write_rows(tmp_path, [make_row("a")])
    main(["--build", str(tmp_path), "index"])
    assert main(["--build", str(tmp_path), "query", "x", "--year", "soon"]) == 1
    assert "year must be four digits." in capsys.readouterr().err
