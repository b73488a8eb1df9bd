"""A replica finds what the index finds, and is never half of it."""

from pathlib import Path

import pytest

from domain.problems import PortalError
from search import apply_rows
from search.backend import SearchRequest, WhooshBackend
from search.indexing import current_generation
from search.query import parse_query
from search.replication import replicate
from tests.search.corpus import distracting_rows, make_row, write_rows
from tests.search.killing import run_until_killed


def found(build: Path, text: str) -> list[str]:
    backend = WhooshBackend(lambda: current_generation(build))
    try:
        result = backend.search(SearchRequest(parse_query(text), limit=100))
        return [str(each.row["key"]) for each in result.documents]
    finally:
        backend.close()


def test_a_replica_follows_changes_and_rebuilds(tmp_path: Path) -> None:
    build, copy = tmp_path / "build", tmp_path / "copy"
    write_rows(build, distracting_rows(30))
    apply_rows(build)
    assert str(replicate(build, copy)).startswith("search: the replica has commit 1 of 000001")
    assert found(copy, "通知") == found(build, "通知")
    write_rows(build, [make_row("new", title="雪豹")])
    apply_rows(build)
    assert found(copy, "雪豹") == []
    # The segment that is there already is not copied again.
    assert replicate(build, copy).files == 3
    assert found(copy, "雪豹") == ["new.zh"]
    apply_rows(build, full=True)
    replicate(build, copy)
    assert found(copy, "雪豹") == ["new.zh"]
    index = copy / "search" / "index"
    assert sorted(path.name for path in index.iterdir()) == ["000002", "current"]
    assert len(list((index / "000002").glob("*.columns"))) == 1


def test_a_reader_of_the_replica_goes_on_while_it_is_replaced(tmp_path: Path) -> None:
    build, copy = tmp_path / "build", tmp_path / "copy"
    write_rows(build, [make_row("a", title="雪豹")])
    apply_rows(build)
    replicate(build, copy)
    reader = WhooshBackend(lambda: current_generation(copy))
    request = SearchRequest(parse_query("雪豹"))
    try:
        for number in range(1, 8):
            assert reader.search(request).total == number
            write_rows(build, [make_row(f"b{number}", title="雪豹")])
            apply_rows(build, full=number % 3 == 0)
            replicate(build, copy)
    finally:
        reader.close()


_COPY = """
from search.replication import replicate
print("ready", flush=True)
replicate(Path(sys.argv[2]), Path(sys.argv[3]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "point", "is_new"),
    [
        ("step", "segment written", False),
        ("step", "state written", False),
        ("step", "contents written", False),
        ("step", "contents in place", True),
        ("full", "segment written", False),
        ("full", "contents written", False),
        ("full", "pointer written", False),
        ("full", "old generation goes", True),
    ],
)
def test_killed_at_each_point_the_copy_is_the_one_before_or_the_next(
    tmp_path: Path, way: str, point: str, is_new: bool
) -> None:
    build, copy = tmp_path / "build", tmp_path / "copy"
    write_rows(build, [make_row("a", title="雪豹")])
    apply_rows(build)
    replicate(build, copy)
    write_rows(build, [make_row("a", title="黑颈鹤")])
    apply_rows(build, full=way == "full")
    assert run_until_killed(_COPY, str(build), str(copy), point=point)
    expected = ([], ["a.zh"]) if is_new else (["a.zh"], [])
    assert (found(copy, "雪豹"), found(copy, "黑颈鹤")) == expected
    replicate(build, copy)
    assert (found(copy, "雪豹"), found(copy, "黑颈鹤")) == ([], ["a.zh"])


def test_without_an_index_nothing_is_copied(tmp_path: Path) -> None:
    with pytest.raises(PortalError, match="Nothing was copied"):
        replicate(tmp_path / "build", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
