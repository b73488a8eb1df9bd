"""The peers build the corpus: as many documents as we do, with the parts that are compared."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import ROOT, BenchError
from bench.corpus import Corpus
from bench.documents import Facts
from bench.forms import write_corpus
from bench.ours import AS_OF
from bench.peers.eleventy_site import Eleventy, find_eleventy, find_node
from bench.peers.hugo_site import Hugo, find_hugo
from bench.peers.stock_pelican import StockPelican
from bench.peers.words import MESSAGES, words_in_full
from bench.runner import names_taking_part
from bench.systems import FULL, System, count_documents

SIZE = 30

ONLY_OURS = re.compile(
    r"assets/|errors/|files/b-|robots\.txt|.*/calendar\.ics|../forms/|../budgets/by-department/"
)
"""Calendars, attachments at addresses of their own, and what no peer was given to make."""

ONLY_A_PEERS = re.compile(r"search/|(files|.*/text-\d+)/text-\d+-\d\.(pdf|txt)$")
"""Search rows as files, which ours are a table of, and attachments, at other addresses."""


@pytest.fixture(scope="module")
def our_paths(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What we make of the whole corpus of the tests, as far as peers make it too."""
    folder = tmp_path_factory.mktemp("ours")
    write_corpus(corpus, "portal", folder / "content")
    command = [sys.executable, "publish.py", "build", "--content", str(folder / "content")]
    command += ["--build", str(folder / "build"), "--jobs", "1", "--as-of", AS_OF]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return paths_below(folder / "build" / "site", besides=ONLY_OURS)


def paths_below(site: Path, *, besides: re.Pattern[str]) -> set[str]:
    paths = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    return {path for path in paths if not besides.match(path)}


def build(peer: System, corpus: Corpus, folder: Path) -> Path:
    """What a peer made of a corpus."""
    peer.prepare(corpus, folder)
    (step,) = peer.steps(corpus, folder)
    output = folder / "output-1"
    assert step.name == FULL
    assert step.measured.seconds > 0
    assert step.measured.peak_pss_mb > 1
    assert count_documents(output) == corpus.size
    assert corpus.size < step.pages < step.files
    return output


def test_stock_pelican_builds_every_document(corpus: Corpus, tmp_path: Path) -> None:
    small = Corpus(SIZE, corpus.seed, corpus.prose, corpus.lists)
    output = build(StockPelican(), small, tmp_path)
    facts = small.facts(SIZE // 2)
    article = output / "zh" / facts.column / str(facts.year) / facts.slug / "index.html"
    text = article.read_text("utf-8")
    assert f"<h1>{facts.title}</h1>" in text
    assert f'href="/zh/{facts.column}/"' in text
    assert "{filename}" not in text
    linked = next(d for d in small.documents() if d.links)
    folder = output / "zh" / linked.facts.folder / linked.facts.slug
    target = linked.links[0]
    assert f"/zh/{target.folder}/{target.slug}/" in (folder / "index.html").read_text("utf-8")
    attached = next(d for d in small.documents() if d.attachments)
    assert (output / attached.facts.folder / attached.attachments[0].name).is_file()
    assert (output / "feeds" / f"{facts.column}.atom.xml").is_file()
    check_lists_of_pelican(small, output)


def check_lists_of_pelican(corpus: Corpus, output: Path) -> None:
    """Sitemap, open data and search rows have every text; texts have their contents."""
    urls = re.findall(
        r"<loc>https://www.bench.example(/(?:zh|en)/[^<]*text-[^<]*)</loc>",
        (output / "sitemap.xml").read_text("utf-8"),
    )
    rows = (output / "search" / "rows.jsonl").read_text("utf-8").splitlines()
    assert len(urls) == len(rows) == corpus.size
    assert all((output / url[1:] / "index.html").is_file() for url in urls)
    assert {f"/{json.loads(row)['url']}" for row in rows} == set(urls)
    assert all(json.loads(row)["body"] for row in rows)
    numbers = [r["number"] for r in json.loads((output / "data/documents.json").read_text("utf-8"))]
    lines = (output / "data/documents.csv").read_text("utf-8").splitlines()[1:]
    assert numbers
    assert len(lines) == len(numbers)
    pages = [(output / url[1:] / "index.html").read_text("utf-8") for url in urls]
    assert any('<div class="toc">' in page for page in pages)
    assert not any("[TOC]" in page for page in pages)


@pytest.mark.slow
def test_hugo_makes_the_pages_feeds_and_files_that_we_make(
    corpus: Corpus, our_paths: set[str], tmp_path: Path
) -> None:
    output = build(Hugo(), corpus, tmp_path)
    assert paths_below(output, besides=ONLY_A_PEERS) == our_paths
    check_parts(corpus, output)


@pytest.mark.slow
def test_eleventy_makes_the_pages_feeds_and_files_that_we_make(
    corpus: Corpus, our_paths: set[str], tmp_path: Path
) -> None:
    output = build(Eleventy(), corpus, tmp_path)
    assert paths_below(output, besides=ONLY_A_PEERS) == our_paths
    check_parts(corpus, output)


@pytest.mark.slow
def test_what_hugo_cannot_build_is_an_error(corpus: Corpus, tmp_path: Path) -> None:
    small = Corpus(SIZE, corpus.seed, corpus.prose, corpus.lists)
    peer = Hugo()
    peer.prepare(small, tmp_path)
    text = next((tmp_path / "site" / "content").rglob("text-*.md"))
    text.write_text(f"{text.read_text('utf-8')}\n[broken](/news/2020/text-9999999)\n", "utf-8")
    with pytest.raises(BenchError, match="text-9999999"):
        list(peer.steps(small, tmp_path))


def test_a_missing_peer_is_said(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"^no-hugo is not installed\n  Run: make setup"):
        find_hugo("no-hugo")
    with pytest.raises(BenchError, match=r"^no-node, which brings Node, is not installed"):
        find_node("no-node")
    with pytest.raises(BenchError, match=r"^Eleventy is not installed .*\n  Run: make eleventy"):
        find_eleventy(tmp_path)


def test_eleventy_is_given_10_000_documents_at_most(corpus: Corpus) -> None:
    systems = dict.fromkeys(("hugo", "eleventy"), Hugo())
    taking_part = {
        size: names_taking_part(systems, Corpus(size, 1, corpus.prose, corpus.lists))
        for size in (10_000, 100_000)
    }
    assert taking_part == {10_000: ["hugo", "eleventy"], 100_000: ["hugo"]}


def check_parts(corpus: Corpus, output: Path) -> None:
    """A page has its parts, a list its lines, a file of data its records, a row its text."""
    documents = list(corpus.documents())
    translated = next(d for d in documents if d.lang == "en" and d.facts.kind == "document")
    facts = translated.facts
    original = page(output, "zh", facts)
    for part in (
        f"<h1>{facts.title}</h1>",
        f"<dd>{facts.official_number}</dd>",
        f'<meta name="ArticleTitle" content="{facts.title}">',
        f'<link rel="canonical" href="https://www.bench.example/zh/{facts.folder}/{facts.slug}/">',
        '"@type":"LegislationObject"',
        f'hreflang="en" href="https://www.bench.example/en/{facts.folder}/{facts.slug}/"',
        f'<a href="/zh/{facts.column}/">',
    ):
        assert part in original, part
    columns = re.search(r'<ul class="navigation-columns">(.*?)</ul>', original, re.DOTALL)
    assert columns is not None
    assert columns[1].count("<li>") == 24
    assert f"<h1>{translated.title}</h1>" in page(output, "en", facts)
    assert any('class="neighbour-previous"' in page(output, d.lang, d.facts) for d in documents)
    linked = next(d for d in documents if d.links)
    target = linked.links[0]
    assert f'<a href="/zh/{target.folder}/{target.slug}/">{target.title}</a>' in page(
        output, "zh", linked.facts
    )
    related = next(d for d in documents if d.relation)
    _, other = related.relation or ("", facts)
    assert f'href="/zh/{related.facts.folder}/{related.facts.slug}/"' in page(output, "zh", other)
    attached = next(d for d in documents if d.attachments)
    assert attached.attachments[0].title in page(output, "zh", attached.facts)
    year = [d for d in documents if (d.facts.column, d.facts.year) == (facts.column, facts.year)]
    archive = (output / "zh" / facts.folder / "index.html").read_text("utf-8")
    assert archive.count('<li class="entry">') >= sum(d.lang == "zh" for d in year)
    records = json.loads((output / "data" / "documents" / f"{facts.year}.json").read_text("utf-8"))
    assert {record["languages"] for record in records} == {"zh", "zh; en"}
    lines = (output / "data" / "documents" / f"{facts.year}.csv").read_bytes().splitlines()
    assert len(lines) == len(records) + 1
    found = [
        json.loads(line)
        for path in (output / "search").glob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    assert {(row["id"], row["lang"]) for row in found} == {(d.facts.id, d.lang) for d in documents}
    assert all(row["body"] for row in found)


def page(output: Path, lang: str, facts: Facts) -> str:
    return (output / lang / facts.folder / facts.slug / "index.html").read_text("utf-8")


def test_the_words_of_peers_are_those_of_the_theme() -> None:
    words = words_in_full()
    for lang in ("zh", "bo"):
        untranslated = [key for key, text in words[lang].items() if text == MESSAGES[key]]
        assert untranslated == []
