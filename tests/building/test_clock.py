"""One clock: what is to come is nowhere, what has ended says so, and time may go back."""

from __future__ import annotations

from pathlib import Path

import pytest

from publishing.clockwork import find_next_change
from tests.small_site import SmallSite, differences, make_small_site


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_small_site(tmp_path)
    site.document("news/2026/early.md", id="early", title="早")
    site.document("news/2026/late.md", "秘而未宣", id="late", title="晚", date="2026-07-01 09:00")
    site.document(
        "documents/2026/rule.md",
        id="rule",
        title="办法",
        effective="2026-08-01",
        validity="in-force",
    )
    site.document(
        "documents/2026/change.md",
        id="change",
        title="修改",
        repeals="[rule]",
        effective="2026-09-01",
    )
    return site


def test_a_text_before_its_hour_is_in_no_output(site: SmallSite) -> None:
    site.build(now="2026-07-01 08:59")
    assert not [name for name, data in site.outputs().items() if "秘而未宣".encode() in data]
    assert not [name for name in site.outputs() if "late" in name]
    site.build(now="2026-07-01 09:00")
    assert "site/zh/news/2026/late/index.html" in site.outputs()


def test_the_clock_may_go_back(site: SmallSite) -> None:
    site.build(now="2026-06-01 09:00")
    before = site.outputs()
    site.build(now="2026-10-01 09:00")
    assert differences(before, site.outputs()) != []
    site.build(now="2026-06-01 09:00")
    assert differences(before, site.outputs()) == []


def test_validity_follows_the_day_of_effect_and_the_repeal(site: SmallSite) -> None:
    page = site.root / "build/site/zh/documents/2026/rule/index.html"
    shown = []
    for now in ("2026-07-31 23:59", "2026-08-01 00:00", "2026-09-01 00:00"):
        site.build(now=now)
        text = page.read_text()
        shown.append([word for word in ("尚未施行", "现行有效", "废止") if f"<dd>{word}" in text])
    assert shown == [["尚未施行"], ["现行有效"], ["废止"]]


def test_next_change_names_the_next_moment(site: SmallSite) -> None:
    site.build(now="2026-06-01 09:00")
    assert find_next_change(site.request(now="2026-06-01 09:00")) == "2026-07-01 09:00"
    assert find_next_change(site.request(now="2026-07-01 09:00")) == "2026-08-01 00:00"
    assert find_next_change(site.request(now="2026-10-01 09:00")) == ""
