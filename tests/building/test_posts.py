"""The register of posts updates by change, and its contradictions come and go with the notices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plugins.portal.building.build import BuildRefusedError
from tests.small_site import SmallSite, differences, make_disclosure_site


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_disclosure_site(tmp_path)
    site.notice(
        "march",
        "某甲 appoint 2026-02-20 director office",
        "某乙 retire 2026-02-20 director office 2019-05-01",
        number="人〔2026〕1号",
    )
    site.notice("water", "某丙 appoint 2026-02-20 director water")
    site.build()
    return site


def page(site: SmallSite, url: str) -> str:
    text = (site.root / f"build/site{url}index.html").read_text()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.split("<main")[1].split("</main>")[0]))


def codes(refused: pytest.ExceptionInfo[BuildRefusedError]) -> list[tuple[str, str]]:
    return [(p.file, p.code) for p in refused.value.problems if p.severity == "error"]


def test_pages_say_who_heads_an_organisation_since_when_and_who_did(site: SmallSite) -> None:
    assert "局长 某甲 2026-02-20 起" in page(site, "/zh/departments/office/")
    register = page(site, "/zh/appointments/department/office/")
    assert "局长 某甲 2026-02-20 起" in register
    assert "历任（1） 某乙 2019-05-01 至 2026-02-20，退休" in register
    assert "办公室职务与任职人员 部门： 办公室" in register
    assert "办公室 局长 某甲 2026-02-20 起" in page(site, "/zh/posts/")
    assert "Director 某甲 since 2026-02-20" in page(site, "/en/appointments/department/office/")


def test_a_notice_touches_the_registers_that_it_names_alone(site: SmallSite) -> None:
    before = site.outputs()
    site.notice(
        "june",
        "某甲 remove 2026-05-20 director office",
        "某丁 appoint 2026-05-20 director office",
        date="2026-05-25 09:00",
    )
    site.build()
    changed = [name for name in differences(before, site.outputs()) if "/zh/" in name]
    assert "site/zh/appointments/department/office/index.html" in changed
    assert "site/zh/departments/office/index.html" in changed
    assert [name for name in changed if "water" in name and "appointments/2026" not in name] == []
    assert "局长 某丁 2026-05-20 起" in page(site, "/zh/departments/office/")
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []


def test_a_contradiction_stops_the_build_and_goes_away_by_either_notice(site: SmallSite) -> None:
    before = site.outputs()
    site.notice("june", "某丁 appoint 2026-05-20 director office", date="2026-05-25 09:00")
    with pytest.raises(BuildRefusedError) as refused:
        site.build()
    assert codes(refused) == [("appointments/2026/june.md", "appointment-two-holders")]
    messages = [p.message for p in refused.value.problems if p.code.startswith("appointment-")]
    assert [("某甲" in each, "appointments/2026/march.md:5" in each) for each in messages] == [
        (True, True)
    ]
    assert differences(before, site.outputs()) == []
    # Mended in the other notice, which alone changes now.
    site.notice(
        "march",
        "某甲 appoint 2026-02-20 director office",
        "某甲 resign 2026-02-28 director office",
    )
    site.build()
    assert "局长 某丁 2026-05-20 起" in page(site, "/zh/departments/office/")
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []


def test_taking_a_notice_away_is_judged_too(site: SmallSite) -> None:
    site.notice("june", "某丙 remove 2026-05-20 director water", date="2026-05-25 09:00")
    site.build()
    (site.content / "appointments/2026/water.md").unlink()
    with pytest.raises(BuildRefusedError) as refused:
        site.build()
    assert codes(refused) == [("appointments/2026/june.md", "appointment-not-held")]
    (site.content / "appointments/2026/june.md").unlink()
    site.build()
    assert not (site.root / "build/site/zh/appointments/department/water").exists()
    assert "局长" not in page(site, "/zh/departments/water/")


def test_a_coming_notice_is_judged_before_its_hour_and_shown_after_it(site: SmallSite) -> None:
    late = {"date": "2026-07-01 09:00"}
    site.notice("july", "某丁 appoint 2026-06-20 director office", **late)
    with pytest.raises(BuildRefusedError):
        site.build(now="2026-06-25 12:00")
    site.notice(
        "july",
        "某甲 remove 2026-06-20 director office",
        "某丁 appoint 2026-06-20 director office",
        **late,
    )
    site.build(now="2026-06-25 12:00")
    before = site.outputs()
    assert "局长 某甲" in page(site, "/zh/departments/office/")
    site.build(now="2026-07-01 09:00")
    assert "局长 某丁" in page(site, "/zh/departments/office/")
    site.build(now="2026-06-25 12:00")
    assert differences(before, site.outputs()) == []


def test_a_draft_makes_nothing_known(site: SmallSite) -> None:
    site.notice("june", "某丁 appoint 2026-02-28 director office", status="draft")
    site.build()
    assert "某丁" not in page(site, "/zh/appointments/department/office/")


def test_deputies_may_be_several_and_a_vacant_post_says_so(site: SmallSite) -> None:
    site.notice(
        "june",
        "某丁 appoint 2026-05-20 deputy-director office",
        "某戊 appoint 2026-05-20 deputy-director office",
        "某甲 dismiss 2026-05-20 director office",
        date="2026-05-25 09:00",
    )
    site.build()
    register = page(site, "/zh/appointments/department/office/")
    assert "局长 2026-05-20 起空缺" in register
    assert "副局长 某丁 2026-05-20 起" in register
    assert register.index("某丁") < register.index("某戊")


def test_an_organisation_in_words_has_a_register_of_its_own(site: SmallSite) -> None:
    site.document(
        "appointments/2026/centre.md",
        id="centre",
        decisions="[{person: 某己, post: 馆长, organisation: {zh: 文化馆, en: Centre},"
        " action: appoint, decided: 2026-02-01}]",
    )
    site.build()
    assert "馆长 某己 2026-02-01 起" in page(site, "/zh/appointments/organisation/wen-hua-guan/")
    assert "Centre" in page(site, "/en/posts/")


def test_a_new_name_of_a_post_reaches_the_registers(site: SmallSite) -> None:
    site.write(
        "vocabulary/posts.yaml",
        "format: 1\nposts:\n  - {id: director, names: {zh: 署长}, heads: true}\n",
    )
    site.build()
    assert "署长 某甲" in page(site, "/zh/departments/office/")
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []


def test_a_new_notice_costs_the_same_in_a_large_site(tmp_path: Path) -> None:
    counts = []
    for notices in (250, 500):
        site = make_disclosure_site(tmp_path / str(notices))
        for number in range(notices):
            site.notice(f"n{number}", f"某{number} appoint 2026-02-20 deputy-director water")
        site.notice("head", "某甲 appoint 2026-02-20 director office")
        site.build()
        site.notice(
            "newest",
            "某甲 remove 2026-05-20 director office",
            "某乙 appoint 2026-05-20 director office",
            date="2026-05-30 09:00",
        )
        report = site.build()
        counts.append((report.views_computed, report.outputs_written, report.outputs_removed))
    assert counts[0] == counts[1]
