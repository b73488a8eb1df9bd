"""A small site to build in tests: few columns, real theme, everything else from the product."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.clock import parse_local
from domain.search_rows import RowStore
from plugins.portal.building.build import BuildReport, BuildRequest, build_site
from publishing.settings import SHIPPED_CONTENT, SHIPPED_THEME

SITE = """\
format: 1
id: small
names: {zh: 小站, en: Small site, bo: གྲོང་ཆུང་།}
short_names: {zh: 小站, en: Small, bo: ཆུང་།}
url: https://www.small.example
timezone: Asia/Shanghai
languages: [zh, en, bo]
default_language: zh
strict: false
identifiers: {site_id_code: "0000000000"}
sponsor: {zh: 小站, en: Small site, bo: གྲོང་།}
organiser: {zh: 小站, en: Small site, bo: གྲོང་།}
contact: {phone: 0837-5550000, email: portal@small.example}
limits: {max_bytes: 2000000, max_depth: 20}
"""

COLUMNS = """\
format: 1
columns:
  - {id: documents, names: {zh: 文件, en: Documents, bo: ཡིག་ཆ།}, description: {zh: 文件, en: Documents}, keywords: {zh: [文件], en: [document]}, kind: document, audiences: [public, enterprises], owners: [office], update: {rule: event}, home: open-government, deadlines: true}
  - {id: orders, parent: documents, names: {zh: 规范, en: Orders, bo: བཀའ།}, description: {zh: 规范, en: Orders}, keywords: {zh: [规范], en: [order]}, kind: document, owners: [office], update: {rule: event}}
  - {id: news, names: {zh: 新闻, en: News, bo: གསར་འགྱུར།}, description: {zh: 新闻, en: News}, keywords: {zh: [新闻], en: [news]}, kind: news, audiences: [public, tourists], owners: [office, water], update: {days: 14}, home: pictures}
  - {id: about, names: {zh: 关于, en: About, bo: སྐོར།}, description: {zh: 关于, en: About}, keywords: {zh: [关于], en: [about]}, kind: page, audiences: [public], owners: [office], update: {rule: event}}
"""

DISCLOSURE = """\
  - {id: appointments, names: {zh: 任免, en: Appointments, bo: བསྐོ།}, description: {zh: 任免, en: Appointments}, keywords: {zh: [任免], en: [posts]}, kind: appointment, audiences: [public], owners: [office], update: {rule: event}}
  - {id: posts, parent: appointments, names: {zh: 名册, en: Register, bo: ཐོ།}, description: {zh: 名册, en: Register}, keywords: {zh: [名册], en: [posts]}, kind: page, owners: [office], update: {rule: event}, shows: register-of-posts}
  - {id: investment-policies, names: {zh: 政策, en: Policies, bo: སྲིད།}, description: {zh: 政策, en: Policies}, keywords: {zh: [政策], en: [policy]}, kind: policy, audiences: [investors], owners: [office], update: {rule: event}}
"""
"""Columns of appointments and policies, to be added to COLUMNS."""

DEPARTMENTS = """\
format: 1
departments:
  - {id: office, names: {zh: 办公室, en: Office, bo: གཞུང་ལས།}, phone: 0837-5550101, functions: {zh: 综合, en: General}}
  - {id: water, names: {zh: 水务局, en: Water, bo: ཆུ།}, phone: 0837-5550102, functions: {zh: 水, en: Water}}
"""

COUNTIES = """\
format: 1
counties:
  - {id: upper, names: {zh: 上县, en: Upper, bo: སྟོད།}, description: {zh: 上县, en: Upper county}}
"""

LISTS = {
    "site.yaml": SITE,
    "columns.yaml": COLUMNS,
    "departments.yaml": DEPARTMENTS,
    "counties.yaml": COUNTIES,
}


@dataclass(frozen=True, slots=True)
class SmallSite:
    """A site's folders in a test's temporary folder, with a theme of its own to edit."""

    root: Path

    @property
    def content(self) -> Path:
        return self.root / "content"

    @property
    def theme(self) -> Path:
        return self.root / "theme"

    def write(self, source: str, text: str | bytes) -> Path:
        """A file of the content."""
        path = self.content / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def document(self, source: str, body: str = "正文。", /, **keys: object) -> Path:
        """A document with front matter; `title` and `date` have defaults."""
        head = {"title": "题目", "date": "2026-03-01 09:00", **keys}
        lines = [f"{name}: {value}" for name, value in head.items()]
        return self.write(source, "\n".join(["---", *lines, "---", "", body, ""]))

    def notice(self, name: str, *decisions: str, **keys: object) -> Path:
        """A notice of appointment; a decision is "某甲 appoint 2026-03-02 director office"."""
        written = []
        for decision in decisions:
            names = ("person", "action", "decided", "post", "organisation", "since")
            pairs = zip(names, decision.split(), strict=False)
            written.append("{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}")
        return self.document(
            f"appointments/2026/{name}.md", id=name, decisions=f"[{', '.join(written)}]", **keys
        )

    def policy(self, name: str, **keys: object) -> Path:
        """A policy in force from March 2026, for tourism, with a grant."""
        own = {
            "id": name,
            "industries": "[tourism]",
            "incentives": "[grant]",
            "level": "prefecture",
            "valid_from": "2026-03-01",
            "benefit": "奖补。",
            "apply": "申请。",
            "contact": "{office: 办公室, phone: 0837-5550101}",
        }
        year = str(keys.get("date", "2026"))[:4]
        return self.document(f"investment-policies/{year}/{name}.md", **{**own, **keys})

    def build(
        self,
        name: str = "build",
        *,
        now: str = "2026-06-01 12:00",
        jobs: int = 1,
        is_full: bool = False,
    ) -> BuildReport:
        """The site built into a folder beside its content."""
        return build_site(self.request(name, now=now, jobs=jobs, is_full=is_full))

    def request(
        self,
        name: str = "build",
        *,
        now: str = "2026-06-01 12:00",
        jobs: int = 1,
        is_full: bool = False,
    ) -> BuildRequest:
        return BuildRequest(
            content=self.content,
            shipped=SHIPPED_CONTENT,
            build=self.root / name,
            themes=(self.theme,),
            now=local(now),
            jobs=jobs,
            is_full=is_full,
        )

    def outputs(self, name: str = "build") -> dict[str, bytes]:
        """Everything a build hands out: files by path, search rows by key."""
        return outputs_of(self.root / name)


def make_small_site(root: Path, files: Mapping[str, str] | None = None) -> SmallSite:
    """A site with the small lists, a copy of the theme, and these files."""
    site = SmallSite(root)
    for source, text in {**LISTS, **(files or {})}.items():
        site.write(source, text)
    shutil.copytree(SHIPPED_THEME, site.theme)
    return site


def make_disclosure_site(root: Path) -> SmallSite:
    """A small site that has columns of appointments and policies as well."""
    return make_small_site(root, {"columns.yaml": COLUMNS + DISCLOSURE})


def outputs_of(build: Path) -> dict[str, bytes]:
    """The files of a build's site, frames and forms, and its search rows."""
    found: dict[str, bytes] = {}
    for part in ("site", "frames", "forms"):
        for path in sorted((build / part).rglob("*")):
            if path.is_file():
                found[path.relative_to(build).as_posix()] = path.read_bytes()
    with RowStore(build / "search" / "rows.sqlite", is_read_only=True) as rows:
        for _, key, body in rows.since(0):
            if body is not None:
                found[f"row:{key}"] = body.encode()
    return found


def differences(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """The names of outputs that are not the same in both."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def local(text: str) -> datetime:
    """A time of the small site's clock."""
    return parse_local(text, "Asia/Shanghai")
