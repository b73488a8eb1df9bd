"""Promise: after any sequence of edits an incremental build has the bytes of a full one.

Faults are among them: killed builds, a ledger cut off or put back, other bytes that look the same.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, rule

from plugins.portal.building.build import BuildRefusedError
from tests.faults import harness
from tests.files import samples
from tests.small_site import (
    COLUMNS,
    COUNTIES,
    DEPARTMENTS,
    DISCLOSURE,
    SITE,
    differences,
    make_disclosure_site,
)

COLUMN_IDS = ("documents", "orders", "news")
SLUGS = ("a", "b", "c", "d", "e")
DATES = ("2024-05-02 08:00", "2026-03-01 09:00", "2026-03-01 10:00", "2026-07-01 09:00")
DECISIONS = (
    "某甲 appoint 2026-01-05 director office",
    "某甲 remove 2026-02-05 director office",
    "某乙 appoint 2026-02-05 director office",
    "某丙 appoint 2026-01-05 deputy-director water",
    "某丁 appoint 2026-01-05 deputy-director water",
    "某丁 retire 2026-02-20 deputy-director water 2019-01-01",
    "某戊 appoint 2026-01-05 总工程师 upper",
    "某戊 appoint 2026-01-05 馆长 文化馆",
)
BUDGETS = (
    "  - {id: budgets, names: {zh: 预算, en: Budgets}, description: {zh: 预算}, keywords: {zh: [预算]},"
    " kind: budget, audiences: [public], owners: [office], update: {rule: event}}\n"
)
FIGURES = (
    "code,item,amount\n2,支出总计,300.00\n205,教育支出,200.00\n210,卫生健康支出,100.00\n",
    "code,item,item_en,amount\n2,支出总计,Total,10.5\n205,教育支出,Education,10.5\n",
    "code,item,amount\n2,支出总计,300.00\n205,教育支出,1.00\n",
)
BODIES = (
    "正文。",
    "## 第一章\n\n甲 **乙**\n\n## 第二章\n\n丙\n\n## 第三章\n\n丁",
    "见[文件](doc:id-a)。",
    "见[附件]({static}/files/paper.txt)。",
    "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |",
    "![塔](/files/tower.png)",
)
PICTURES = {
    "a": samples.encoded(samples.ridges(40, 30), "PNG"),
    "b": samples.encoded(samples.ridges(30, 40), "PNG"),
    "wide": samples.encoded(samples.ridges(900, 20), "PNG"),
    "not a picture": b"text",
}


class Editing(RuleBasedStateMachine):
    """Editors at work; `build` is kept, `fresh` is made anew for each comparison."""

    sources = Bundle("sources")
    notices = Bundle("notices")
    policies = Bundle("policies")

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="portal-promise-"))
        self.site = make_disclosure_site(self.root)
        self.site.write("files/paper.txt", "paper")
        self.site.write("columns.yaml", COLUMNS + DISCLOSURE + BUDGETS)
        self.site.write("files/tower.png", PICTURES["a"])
        self.site.write("files/lake.png", PICTURES["b"])
        self.site.document("documents/2026/first.md", id="id-a", title="第一")
        self.now = "2026-06-01 12:00"
        self.builds = 0

    @rule(
        target=sources,
        column=st.sampled_from(COLUMN_IDS),
        year=st.sampled_from(("2024", "2026")),
        slug=st.sampled_from(SLUGS),
        date=st.sampled_from(DATES),
        body=st.sampled_from(BODIES),
        departments=st.sampled_from(("[]", "[office]", "[office, water]")),
        counties=st.sampled_from(("[]", "[upper]")),
        expires=st.sampled_from(("", "2026-06-20 17:00", "2026-07-15")),
    )
    def write(
        self,
        column: str,
        year: str,
        slug: str,
        date: str,
        body: str,
        departments: str,
        counties: str,
        expires: str,
    ) -> str:
        source = f"{column}/{year}/{slug}.md"
        self.site.document(
            source,
            body,
            title=f"题{slug}{date[5:7]}",
            date=date,
            departments=departments,
            counties=counties,
            **({"expires": expires} if expires else {}),
        )
        return source

    @rule(
        target=notices,
        slug=st.sampled_from(SLUGS[:3]),
        date=st.sampled_from(DATES[1:]),
        decisions=st.lists(st.sampled_from(DECISIONS), min_size=1, max_size=3, unique=True),
        status=st.sampled_from(("published", "published", "draft")),
    )
    def appoint(self, slug: str, date: str, decisions: list[str], status: str) -> str:
        self.site.notice(slug, *decisions, date=date, status=status)
        return f"appointments/2026/{slug}.md"

    @rule(
        target=policies,
        slug=st.sampled_from(SLUGS[3:]),
        industries=st.sampled_from(("[tourism]", "[digital, tourism]")),
        valid_from=st.sampled_from(("2026-01-01", "2026-06-10")),
        valid_until=st.sampled_from(("2026-06-30", "2030-01-01")),
        counties=st.sampled_from(("[]", "[upper]")),
    )
    def offer(
        self, slug: str, industries: str, valid_from: str, valid_until: str, counties: str
    ) -> str:
        days = {"valid_from": valid_from, "valid_until": valid_until}
        self.site.policy(slug, industries=industries, counties=counties, **days)
        return f"investment-policies/2026/{slug}.md"

    @rule(source=consumes(notices))
    def drop_notice(self, source: str) -> None:
        (self.site.content / source).unlink(missing_ok=True)

    @rule(source=consumes(policies))
    def drop_policy(self, source: str) -> None:
        (self.site.content / source).unlink(missing_ok=True)

    @rule(source=policies, slug=st.sampled_from(SLUGS[3:]))
    def repeal_policy(self, source: str, slug: str) -> None:
        if self._is_there(source):
            self.site.document("orders/2026/end.md", id="end", title="废止", repeals=f"[{slug}]")

    @rule(name=st.sampled_from(("局长", "署长")))
    def rename_post(self, name: str) -> None:
        head = f"{{id: director, names: {{zh: {name}}}, heads: true}}"
        deputy = "{id: deputy-director, names: {zh: 副局长}, several: true}"
        self.site.write("vocabulary/posts.yaml", f"format: 1\nposts: [{head}, {deputy}]\n")

    @rule(source=sources, relation=st.sampled_from(("amends", "repeals", "implements")))
    def relate(self, source: str, relation: str) -> None:
        if source.startswith("news/") or not self._is_there(source):
            return
        self.site.document(
            source, title="修改", date=DATES[1], **{relation: "[id-a]", "effective": "2026-06-15"}
        )

    @rule(source=sources, title=st.sampled_from(("新题", "另题")))
    def retitle(self, source: str, title: str) -> None:
        if self._is_there(source):
            path = self.site.content / source
            lines = path.read_text().splitlines()
            lines[1] = f"title: {title}"
            path.write_text("\n".join(lines) + "\n")

    @rule(source=sources, lang=st.sampled_from(("en", "bo")))
    def translate(self, source: str, lang: str) -> None:
        if self._is_there(source):
            self.site.document(
                source.replace(".md", f".{lang}.md"), f"Text {lang}", title="Translated"
            )

    @rule(source=sources, lang=st.sampled_from(("en", "bo")))
    def drop_translation(self, source: str, lang: str) -> None:
        (self.site.content / source.replace(".md", f".{lang}.md")).unlink(missing_ok=True)

    @rule(target=sources, source=consumes(sources), slug=st.sampled_from(("x", "y")))
    def rename(self, source: str, slug: str) -> str:
        new = source.rpartition("/")[0] + f"/{slug}.md"
        return self._move(source, new)

    @rule(target=sources, source=consumes(sources), column=st.sampled_from(("orders", "documents")))
    def move(self, source: str, column: str) -> str:
        return self._move(source, f"{column}/{source.partition('/')[2]}")

    @rule(source=consumes(sources))
    def delete(self, source: str) -> None:
        (self.site.content / source).unlink(missing_ok=True)

    @rule(source=sources, status=st.sampled_from(("draft", "published", "withdrawn")))
    def set_status(self, source: str, status: str) -> None:
        if self._is_there(source):
            self.site.document(source, title="状态", date=DATES[1], status=status)

    @rule(source=sources)
    def attach(self, source: str) -> None:
        if self._is_there(source):
            self.site.document(
                source,
                title="附件",
                attachments='[{file: /files/paper.txt, title: "Paper"}]',
                aliases="[/zh/old/paper/]",
            )

    @rule(
        target=sources,
        slug=st.sampled_from(SLUGS),
        year=st.sampled_from(("2024", "2025")),
        stage=st.sampled_from(("budget", "final")),
        departments=st.sampled_from(("[]", "[office]", "[water]")),
        figures=st.sampled_from(("one", "two")),
    )
    def write_budget(self, slug: str, year: str, stage: str, departments: str, figures: str) -> str:
        source = f"budgets/2026/{slug}.md"
        self.site.document(
            source,
            title=f"预算{slug}",
            departments=departments,
            year=year,
            stage=stage,
            unit="yuan" if slug == "a" else "ten-thousand-yuan",
            figures=f"{figures}.csv",
        )
        return source

    @rule(name=st.sampled_from(("one", "two")), text=st.sampled_from((*FIGURES, "")))
    def change_figures(self, name: str, text: str) -> None:
        """Only the CSV: written, altered, made wrong, or taken away."""
        if text:
            self.site.write(f"budgets/2026/{name}.csv", text)
        else:
            (self.site.content / f"budgets/2026/{name}.csv").unlink(missing_ok=True)

    @rule(source=sources, file=st.sampled_from(("tower", "lake")), alt=st.sampled_from("甲乙"))
    def illustrate(self, source: str, file: str, alt: str) -> None:
        if self._is_there(source):
            self.site.document(
                source,
                "正文。\n\n![塔](/files/tower.png)",
                title="有图",
                picture=f"{{file: /files/{file}.png, alt: {alt}}}",
            )

    @rule(file=st.sampled_from(("tower", "lake")), picture=st.sampled_from(sorted(PICTURES)))
    def change_picture(self, file: str, picture: str) -> None:
        self.site.write(f"files/{file}.png", PICTURES[picture])

    @rule(source=sources)
    def offer_picture(self, source: str) -> None:
        """The same file shown and offered, beside an earlier version."""
        if self._is_there(source):
            self.site.document(
                source,
                "![塔](/files/tower.png)",
                title="有图可下",
                attachments='[{file: /files/tower.png, title: "Tower", '
                "versions: [{file: /files/paper.txt, date: 2026-01-01}]}]",
            )

    @rule(text=st.sampled_from(("paper", "other", "longer paper")))
    def change_file(self, text: str) -> None:
        self.site.write("files/paper.txt", text)

    @rule(template=st.sampled_from(("document.html", "parts/entries.html", "parts/footer.html")))
    def change_template(self, template: str) -> None:
        path = self.site.theme / "templates" / template
        path.write_text(path.read_text() + "\n{# edited #}\n<!-- edited -->\n")

    @rule(name=st.sampled_from(("文件库", "文件")))
    def rename_column(self, name: str) -> None:
        columns = (COLUMNS + DISCLOSURE).replace("zh: 文件,", f"zh: {name},", 1)
        self.site.write("columns.yaml", columns + BUDGETS)

    @rule(name=st.sampled_from(("水利局", "水务局")))
    def rename_department(self, name: str) -> None:
        self.site.write("departments.yaml", DEPARTMENTS.replace("水务局", name))

    @rule(end=st.sampled_from(("", ", valid_until: 2026-06-10")))
    def end_county(self, end: str) -> None:
        self.site.write(
            "counties.yaml", COUNTIES.replace("en: Upper county}", "en: Upper county}" + end)
        )

    @rule(timezone=st.sampled_from(("Asia/Shanghai", "UTC")), phone=st.sampled_from("01"))
    def change_setting(self, timezone: str, phone: str) -> None:
        text = SITE.replace("Asia/Shanghai", timezone).replace("5550000", f"555000{phone}")
        self.site.write("site.yaml", text)

    @rule(now=st.sampled_from(("2026-02-01 12:00", "2026-06-01 12:00", "2026-08-01 12:00")))
    def change_clock(self, now: str) -> None:
        self.now = now

    @rule(source=sources, swapped=st.sampled_from(("题状", "新另", "修有")))
    def write_alike(self, source: str, swapped: str) -> None:
        """Other bytes, and size and time as before."""
        if self._is_there(source):
            harness.write_alike(self.site.content / source, swapped[0], swapped[1])

    @rule(milliseconds=st.sampled_from((20, 80, 150, 250, 400)))
    def be_killed(self, milliseconds: int) -> None:
        process = harness.start_build(self.site, now=self.now)
        harness.wait_until_locked(process, self.root / "build")
        time.sleep(milliseconds / 1000)
        harness.kill(process)

    @rule()
    def copy_ledger(self) -> None:
        harness.copy_database("portal.sqlite", self.root / "build", self.root / "copy")

    @rule()
    def put_ledger_back(self) -> None:
        harness.copy_database("portal.sqlite", self.root / "copy", self.root / "build")

    @rule(database=st.sampled_from(("portal.sqlite", "search/rows.sqlite")))
    def cut_off(self, database: str) -> None:
        """A ledger, or the search rows, of which half is gone."""
        path = self.root / "build" / database
        if path.exists():
            os.truncate(path, path.stat().st_size // 2)

    @rule()
    def build(self) -> None:
        """A build whose result is not looked at: changes pile up over several of them."""
        self._build("build")

    @rule()
    def compare(self) -> None:
        shutil.rmtree(self.root / "fresh", ignore_errors=True)
        kept, fresh = self._build("build"), self._build("fresh")
        assert kept == fresh
        if kept == "":
            assert differences(self.site.outputs("build"), self.site.outputs("fresh")) == []

    def _build(self, name: str) -> str:
        """The problems of a refused build, "" for one that was made."""
        try:
            self.site.build(name, now=self.now)
        except BuildRefusedError as refused:
            return "\n".join(
                f"{p.file}:{p.code}" for p in refused.problems if p.severity == "error"
            )
        return ""

    def _is_there(self, source: str) -> bool:
        return (self.site.content / source).is_file()

    def _move(self, source: str, new: str) -> str:
        if source == new or not self._is_there(source):
            return source
        target = self.site.content / new
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.site.content / source).replace(target)
        return new

    def teardown(self) -> None:
        if hasattr(self, "root"):
            self.compare()
            shutil.rmtree(self.root)


Editing.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestIncrementalEqualsFull = pytest.mark.begins_first(Editing.TestCase)
