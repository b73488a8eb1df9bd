"""What is due: listed until it expires, soonest first, where its column has deadlines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.small_site import SmallSite, make_small_site


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_small_site(tmp_path)
    for slug, expires in (("later", "2026-07-20 18:00"), ("soon", "2026-07-01 09:30")):
        site.document(
            f"orders/2026/{slug}.md", id=slug, title=slug, expires=expires, departments="[office]"
        )
    site.document("orders/2026/never.md", id="never", title="never")
    site.document("news/2026/story.md", id="story", title="story", expires="2026-07-05 09:00")
    return site


def due_of(site: SmallSite, url: str) -> list[str]:
    """ "title until" of each line of what is due on a page."""
    page = (site.root / f"build/site{url}index.html").read_text()
    lines = re.findall(
        r'<time class="figures" datetime="([^"]+)">.*?<a [^>]*>([^<]+)</a>', page, re.DOTALL
    )
    return [f"{title} {until}" for until, title in lines if "entries-due" in page]


def test_what_ends_soonest_stands_first(site: SmallSite) -> None:
    site.build(now="2026-06-01 09:00")
    both = ["soon 2026-07-01 09:30", "later 2026-07-20 18:00"]
    assert due_of(site, "/zh/departments/office/") == both
    assert due_of(site, "/zh/public/") == both
    assert due_of(site, "/en/orders/") == both
    assert due_of(site, "/zh/news/") == []


def test_what_has_ended_is_gone_and_comes_back_with_the_clock(site: SmallSite) -> None:
    seen = []
    for now in ("2026-07-01 09:29", "2026-07-01 09:30", "2026-08-01 00:00", "2026-06-01 00:00"):
        site.build(now=now)
        seen.append([line.partition(" ")[0] for line in due_of(site, "/zh/orders/")])
    assert seen == [["soon", "later"], ["later"], [], ["soon", "later"]]


def test_a_new_deadline_changes_few_pages(site: SmallSite) -> None:
    site.build()
    site.document("news/2026/other.md", id="other", title="other")
    site.build()
    report = site.build()
    assert report.outputs_written == 0
    site.document("orders/2026/soon.md", id="soon", title="soon", expires="2026-06-30 09:30")
    site.build()
    assert due_of(site, "/zh/orders/")[0] == "soon 2026-06-30 09:30"


def test_the_list_is_bounded(site: SmallSite) -> None:
    for number in range(12):
        site.document(
            f"orders/2026/n{number}.md",
            id=f"n{number}",
            title=f"n{number}",
            expires="2026-07-02 09:00",
        )
    site.build()
    assert len(due_of(site, "/zh/orders/")) == 8
