"""The cost of an edit: outputs written and views computed do not grow with the site."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_site import SmallSite, differences, make_small_site


def _site_of(root: Path, documents: int) -> SmallSite:
    site = make_small_site(root)
    for number in range(documents):
        site.document(
            f"news/2026/text-{number}.md",
            id=f"text-{number}",
            title=f"题目{number}",
            date=f"2026-{number % 5 + 1:02d}-{number % 28 + 1:02d} 09:00",
            departments="[water]",
        )
    return site


def _edit(site: SmallSite) -> None:
    site.document(
        "news/2026/text-7.md",
        "改了的正文。",
        id="text-7",
        title="题目7",
        date="2026-03-08 09:00",
        departments="[water]",
    )


def _retitle(site: SmallSite) -> None:
    site.document(
        "news/2026/text-7.md",
        id="text-7",
        title="新题",
        date="2026-03-08 09:00",
        departments="[water]",
    )


def _add(site: SmallSite) -> None:
    site.document("news/2026/newest.md", id="newest", title="最新", date="2026-05-30 09:00")


def _delete(site: SmallSite) -> None:
    (site.content / "news/2026/text-7.md").unlink()


@pytest.mark.parametrize("change", [_edit, _retitle, _add, _delete])
def test_a_change_costs_the_same_in_a_large_site(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    counts = []
    # Both above the limit of a year's page, so that the lists have the same shape.
    for documents in (250, 750):
        site = _site_of(tmp_path / str(documents), documents)
        site.build()
        change(site)
        report = site.build()
        counts.append((report.views_computed, report.outputs_written, report.outputs_removed))
    assert counts[0] == counts[1]


def _dated(site: SmallSite, number: int, title: str, effective: str) -> None:
    date = f"2026-{number % 5 + 1:02d}-{number % 28 + 1:02d} 09:00"
    site.document(
        f"orders/2026/rule-{number}.md",
        id=f"rule-{number}",
        title=title,
        date=date,
        effective=effective,
    )


def test_a_retitled_document_costs_agendas_and_data_the_same_in_a_large_site(
    tmp_path: Path,
) -> None:
    written = []
    for documents in (250, 750):
        site = make_small_site(tmp_path / str(documents))
        for number in range(documents):
            _dated(site, number, f"办法{number}", "2026-05-31")
        _dated(site, 7, "办法7", "2026-12-01")
        site.build()
        before = site.outputs()
        _dated(site, 7, "新办法", "2026-12-01")
        site.build()
        written.append(differences(before, site.outputs()))
    assert len(written[0]) == len(written[1])
    assert [name for name in written[0] if name.endswith((".ics", ".csv"))] == [
        "site/data/columns/documents/2026-03.csv",
        "site/data/columns/orders/2026-03.csv",
        "site/data/documents/2026-03.csv",
        "site/zh/documents/calendar.ics",
        "site/zh/enterprises/calendar.ics",
        "site/zh/orders/calendar.ics",
        "site/zh/public/calendar.ics",
    ]


def test_a_changed_text_writes_its_page_and_its_search_row(tmp_path: Path) -> None:
    site = _site_of(tmp_path, 30)
    site.build()
    _edit(site)
    assert site.build().outputs_written == 2


def test_a_changed_stylesheet_writes_one_file(tmp_path: Path) -> None:
    site = _site_of(tmp_path, 30)
    site.build()
    path = site.theme / "static/site.css"
    path.write_text(path.read_text() + "/* edited */\n")
    report = site.build()
    assert (report.outputs_written, report.views_computed) == (1, 1)


def test_a_renamed_county_leaves_documents_alone(tmp_path: Path) -> None:
    site = _site_of(tmp_path, 30)
    site.build()
    path = site.content / "counties.yaml"
    path.write_text(path.read_text().replace("上县", "高县"))
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "build/site/zh/news").rglob("*.html")}
    assert site.build().outputs_written > 0
    after = {p: p.stat().st_mtime_ns for p in (tmp_path / "build/site/zh/news").rglob("*.html")}
    assert before == after
