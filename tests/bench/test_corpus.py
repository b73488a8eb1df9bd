"""The bench's corpus: the same for a seed, with the shares it claims, valid for our reader."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from bench import ROOT, BenchError
from bench.corpus import CROWDED_COLUMN, CROWDED_YEAR, SHARES, Corpus
from bench.documents import Document
from bench.forms import FORMS, write_corpus
from bench.lists import shipped_lists
from bench.ours import Ours
from bench.prose import load_prose
from domain.problems import has_errors
from domain.vocabulary import load_vocabulary
from plugins.portal.kinds import KINDS
from plugins.portal.reading import ReadingContext, check_path, read_document

SIZE = 400


@pytest.fixture(scope="module")
def documents(corpus: Corpus) -> list[Document]:
    return list(corpus.documents())


def originals(documents: Iterable[Document]) -> list[Document]:
    return [document for document in documents if document.lang == "zh"]


def test_missing_prose_is_said(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"no prose: .*\n.*\n  Name a folder of them: --prose DIR"):
        load_prose(tmp_path / "nowhere")


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_same_seed_gives_the_same_bytes(corpus: Corpus, form: str, tmp_path: Path) -> None:
    small = Corpus(60, corpus.seed, corpus.prose, corpus.lists)
    again = Corpus(60, corpus.seed, corpus.prose, shipped_lists())
    write_corpus(small, form, tmp_path / "one")
    write_corpus(again, form, tmp_path / "two")
    assert files_below(tmp_path / "one") == files_below(tmp_path / "two")


def test_another_seed_gives_another_corpus(corpus: Corpus) -> None:
    other = Corpus(20, corpus.seed + 1, corpus.prose, corpus.lists)
    same = Corpus(20, corpus.seed, corpus.prose, corpus.lists)
    assert list(other.documents()) != list(same.documents())


def test_a_corpus_begins_with_the_smaller_one(corpus: Corpus, documents: list[Document]) -> None:
    smaller = Corpus(100, corpus.seed, corpus.prose, corpus.lists)
    assert list(smaller.documents()) == documents[:100]
    assert smaller.edited() == corpus.edited()
    assert smaller.deleted() == corpus.deleted()


def test_sizes_and_shares(documents: list[Document]) -> None:
    assert len(documents) == SIZE
    found = originals(documents)
    assert share(documents, lambda d: d.lang == "en", of=found) == pytest.approx(
        SHARES["translated"], abs=1.5
    )
    for trait, has in {
        "table": lambda d: bool(d.table),
        "linked": lambda d: bool(d.links),
        "attached": lambda d: bool(d.attachments),
        "crowded": lambda d: (d.facts.column, d.facts.year) == (CROWDED_COLUMN, CROWDED_YEAR),
    }.items():
        assert share(found, has, of=found) == pytest.approx(SHARES[trait], abs=2), trait
    sizes = [len(FORMS["portal"](document).encode()) for document in documents]
    assert 4_000 < sum(sizes) / len(sizes) < 5_000


def test_ids_titles_numbers_and_addresses_are_unique(documents: list[Document]) -> None:
    found = originals(documents)
    for name in ("id", "title", "official_number", "slug"):
        values = Counter(getattr(document.facts, name) for document in found)
        assert values.most_common(1)[0][1] == 1, name
    attachments = [a.content for document in found for a in document.attachments]
    assert len(attachments) == len(set(attachments))


def test_what_is_deleted_is_linked_from_nowhere(corpus: Corpus, documents: list[Document]) -> None:
    linked = {target.id for document in documents for target in document.links}
    assert linked
    assert corpus.deleted().facts.id not in linked
    assert {corpus.edited().facts.id, corpus.deleted().facts.id} < {d.facts.id for d in documents}
    assert corpus.added().facts.id not in {d.facts.id for d in documents}


def test_our_reader_finds_no_error(corpus: Corpus, tmp_path: Path) -> None:
    write_corpus(corpus, "portal", tmp_path)
    vocabulary, problems = load_vocabulary(tmp_path, ROOT / "content", kinds=KINDS)
    assert vocabulary is not None
    assert problems == []
    assert not vocabulary.site.strict
    context = ReadingContext(vocabulary, KINDS)
    urls = set()
    for path in sorted(tmp_path.rglob("*.md")):
        source = path.relative_to(tmp_path).as_posix()
        assert check_path(source, path.stat().st_size, context) == []
        document, problems = read_document(source, path.read_bytes(), context)
        assert document is not None
        assert not has_errors(problems), problems
        urls.add(document.url)
    assert len(urls) == SIZE


def share(found: Iterable[Document], has: object, *, of: list[Document]) -> float:
    """How many in a hundred."""
    assert callable(has)
    return 100 * sum(bool(has(document)) for document in found) / len(of)


def files_below(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_its_repository_is_packed_and_git_packs_nothing_by_itself(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A repository that Git would pack after any commit, as it does from 6,700 files on.
    (tmp_path / "template").mkdir()
    (tmp_path / "template/config").write_text("[gc]\n\tauto = 1\n", "utf-8")
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(tmp_path / "template"))
    Ours(tmp_path, 1).prepare(corpus, tmp_path)
    content = tmp_path / "content"
    assert "auto = 1" in (content / ".git/config").read_text("utf-8")
    assert list((content / ".git/objects").glob("??/*")) == []
    assert not (content / ".git/gc.pid").exists()
