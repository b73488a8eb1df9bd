"""Segments and merging: what is written is read, whichever way it came into one file."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import merging
from search.columns import Columns, ColumnsError, ColumnsWriter
from search.documents import TEXT_FIELDS, analyse_row
from search.merging import MergeSource, may_merge, merge_segments
from search.positions import intersect
from search.segments import Segment, write_segment
from tests.search.corpus import distracting_rows, make_row, named_rows

DOCUMENTS = [analyse_row(row) for row in [*distracting_rows(40), *named_rows()]]
Found = dict[tuple[str, str], list[tuple[str, int, list[int]]]]


def everything(segment: Segment) -> Found:
    """Term and field -> key, frequency and positions in each document that has it."""
    found: Found = {}
    for number in range(len(segment.terms)):
        term = segment.terms[number].decode()
        for field, entry in segment.entries(term).items():
            documents, counts = (each.tolist() for each in segment.postings(entry))
            if documents:
                places = _positions(segment, field, entry, documents)
                keys = [segment.keys[document].decode() for document in documents]
                found[term, field] = list(zip(keys, counts, places, strict=True))
    return found


def _positions(segment: Segment, field: str, entry: int, documents: list[int]) -> list[list[int]]:
    slots = segment.slots(entry).tolist()
    if field not in TEXT_FIELDS:
        return [[0]] * len(documents)
    firsts = segment.first_slots[field].tolist()
    return [
        [
            slot - firsts[document]
            for slot in slots
            if firsts[document] <= slot < firsts[document + 1]
        ]
        for document in documents
    ]


def test_a_segment_has_each_term_where_the_documents_have_it(tmp_path: Path) -> None:
    write_segment(tmp_path / "one", DOCUMENTS)
    found = everything(Segment(tmp_path / "one"))
    for document in DOCUMENTS:
        for field in TEXT_FIELDS:
            for term, places in document.texts[field].items():
                assert (document.key, len(places), places) in found[term, field]
    postings = sum(len(document.texts[field]) for document in DOCUMENTS for field in TEXT_FIELDS)
    in_texts = (len(found[key]) for key in found if key[1] in TEXT_FIELDS)
    assert sum(in_texts) == postings


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cuts=st.lists(st.integers(0, len(DOCUMENTS)), max_size=4),
    gone=st.sets(st.integers(0, len(DOCUMENTS) - 1)),
    at_a_time=st.sampled_from([1, 50, 4_000_000]),
)
def test_merged_segments_are_the_segment_of_all_that_is_left(
    tmp_path: Path,
    cuts: list[int],
    gone: set[int],
    at_a_time: int,
) -> None:
    borders = [0, *sorted(cuts), len(DOCUMENTS)]
    sources = []
    for first, end in pairwise(borders):
        if first < end:
            write_segment(tmp_path / f"part{first}", DOCUMENTS[first:end])
            deleted = {number - first for number in gone if first <= number < end}
            sources.append(MergeSource(Segment(tmp_path / f"part{first}"), deleted))
    left = [document for number, document in enumerate(DOCUMENTS) if number not in gone]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_AT_A_TIME", at_a_time)
        assert merge_segments(tmp_path / "merged", sources) == len(left)
    write_segment(tmp_path / "left", left)
    merged, expected = Segment(tmp_path / "merged"), Segment(tmp_path / "left")
    assert everything(merged) == everything(expected)
    assert merged.stamps.tolist() == expected.stamps.tolist()
    assert [merged.row(place) for place in range(len(left))] == [each.stored for each in left]
    for field in TEXT_FIELDS:
        assert merged.lengths[field].tolist() == expected.lengths[field].tolist()


def test_a_word_repeated_more_often_than_two_bytes_count(tmp_path: Path) -> None:
    document = analyse_row(make_row("long", title="长", body="甲" * 70_000))
    write_segment(tmp_path / "one", [document])
    merge_segments(tmp_path / "two", [MergeSource(Segment(tmp_path / "one"))])
    for name in ("one", "two"):
        segment = Segment(tmp_path / name)
        assert segment.postings(segment.entries("甲甲")["body"])[1].tolist() == [69_999]


def test_segments_that_have_too_many_slots_for_one_stay_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_segment(tmp_path / "one", DOCUMENTS)
    segment = Segment(tmp_path / "one")
    assert may_merge([segment, segment])
    monkeypatch.setattr(merging, "MOST_SLOTS", int(segment.first_slots["body"][-1]) * 2)
    assert not may_merge([segment, segment])


NUMBERS = st.lists(st.integers(0, 400), unique=True).map(sorted)


@given(NUMBERS, NUMBERS)
def test_an_intersection_is_what_both_have(one: list[int], other: list[int]) -> None:
    found = intersect(np.array(one, np.uint32), np.array(other, np.uint32))
    assert found.tolist() == sorted(set(one) & set(other))


def test_a_file_that_is_not_whole_is_told(tmp_path: Path) -> None:
    path = tmp_path / "columns"
    with ColumnsWriter(path) as file:
        file.put("numbers", np.arange(3))
        file.put_texts("texts", [b"a", b"", b"bc"])
    columns = Columns(path)
    assert columns.read("numbers", 1, 3).tolist() == [1, 2]
    texts = columns.texts("texts")
    assert [texts[0], texts[1], texts[2]] == [b"a", b"", b"bc"]
    whole = path.read_bytes()
    for content in (b"", whole[:-1], b"x" * 100):
        path.write_bytes(content)
        with pytest.raises(ColumnsError):
            Columns(path)
