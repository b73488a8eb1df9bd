"""The peers build the corpus: as many documents as we do, with the parts that are compared."""

from pathlib import Path

from bench.corpus import Corpus
from bench.peers.stock_pelican import StockPelican, count_documents
from bench.systems import FULL

SIZE = 30


def test_stock_pelican_builds_every_document(corpus: Corpus, tmp_path: Path) -> None:
    small = Corpus(SIZE, corpus.seed, corpus.prose, corpus.lists)
    peer = StockPelican()
    peer.prepare(small, tmp_path)
    (step,) = peer.steps(small, tmp_path)
    output = tmp_path / "output-1"
    assert step.name == FULL
    assert step.measured.seconds > 0
    assert step.measured.peak_pss_mb > 1
    assert count_documents(output) == SIZE
    assert step.pages > SIZE
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
