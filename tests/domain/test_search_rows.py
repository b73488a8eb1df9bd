"""Search rows: what changed since, tombstones, canonical JSON."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.search_rows import RowStore, SearchRow

ROW = SearchRow(
    key="doc-1.zh",
    id="doc-1",
    lang="zh",
    url="/zh/documents/2006/doc-1/",
    title="医疗保险实施办法",
    columns=("orders", "documents"),
    number="阿府发〔2006〕12号",
    attachments=({"title": "附件", "url": "/files/doc-1/a.pdf"},),
)


def test_a_row_survives_json() -> None:
    assert SearchRow.from_json(ROW.to_json()) == ROW
    assert "阿府发〔2006〕12号" in ROW.to_json()


@given(st.text(st.characters(codec="utf-8")), st.lists(st.text(st.characters(codec="utf-8"))))
def test_any_text_survives_json(body: str, issuers: list[str]) -> None:
    row = SearchRow("a.zh", "a", "zh", "/", "t", body=body, issuers=tuple(issuers))
    assert SearchRow.from_json(row.to_json()) == row


def test_a_row_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        SearchRow.from_json(json.dumps({**json.loads(ROW.to_json()), "format": 1}))


def test_every_change_comes_once_and_later_than_all_before(tmp_path: Path) -> None:
    with RowStore(tmp_path / "search" / "rows.sqlite") as store:
        assert (store.last_seq(), list(store.since(0))) == (0, [])
        assert store.put("a.zh", "1")
        assert store.put("b.zh", "1")
        assert not store.put("a.zh", "1")
        assert store.put("a.zh", "2")
        assert [change[1:] for change in store.since(0)] == [("b.zh", "1"), ("a.zh", "2")]
        seen = store.last_seq()
        assert store.delete("b.zh")
        assert not store.delete("b.zh")
        assert not store.delete("never")
        assert [change[1:] for change in store.since(seen)] == [("b.zh", None)]
        assert list(store.keys()) == ["a.zh"]


def test_a_killed_build_leaves_the_rows_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "rows.sqlite"
    with RowStore(path) as store:
        store.put("a.zh", "1")
        name = store.store_id
    killed = RowStore(path)
    killed.put("a.zh", "2")
    killed.close()
    with RowStore(path) as store:
        assert (store.find("a.zh"), store.store_id) == ("1", name)


def test_a_reader_sees_what_is_committed_and_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "rows 阿坝.sqlite"
    with RowStore(path) as store:
        store.put("a.zh", "1")
        name = store.store_id
    with RowStore(path, is_read_only=True) as reader:
        assert [change[1:] for change in reader.since(0)] == [("a.zh", "1")]
        assert reader.store_id == name


def test_another_file_has_another_name(tmp_path: Path) -> None:
    with RowStore(tmp_path / "a") as one, RowStore(tmp_path / "b") as other:
        assert one.store_id != other.store_id


def test_a_store_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.sqlite"
    with RowStore(path) as store:
        store._connection.execute("UPDATE meta SET value = '9' WHERE name = 'format'")
    with pytest.raises(ValueError, match="format"):
        RowStore(path)


class FollowingReader(RuleBasedStateMachine):
    """A reader that applies what changed since its last visit has all rows, and no others."""

    keys = st.sampled_from("abc")

    def __init__(self) -> None:
        super().__init__()
        self.store = RowStore(Path(":memory:"))
        self.rows: dict[str, str] = {}
        self.mirror: dict[str, str] = {}
        self.seen = 0

    @rule(key=keys, body=st.sampled_from("123"))
    def put(self, key: str, body: str) -> None:
        assert self.store.put(key, body) == (self.rows.get(key) != body)
        self.rows[key] = body

    @rule(key=keys)
    def delete(self, key: str) -> None:
        assert self.store.delete(key) == (self.rows.pop(key, None) is not None)

    @rule()
    def follow(self) -> None:
        for seq, key, body in list(self.store.since(self.seen)):
            assert seq > self.seen
            self.seen = seq
            if body is None:
                self.mirror.pop(key, None)
            else:
                self.mirror[key] = body
        assert self.mirror == self.rows
        assert self.seen == self.store.last_seq()

    @invariant()
    def keys_are_those_that_are_there(self) -> None:
        assert list(self.store.keys()) == sorted(self.rows)

    def teardown(self) -> None:
        self.store.close()


TestFollowingReader = FollowingReader.TestCase
