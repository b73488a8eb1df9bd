"""One complete small site, byte for byte: what a change of engine or theme does to pages.

To write expected/ anew after such a change, and then read the difference:
UPDATE_EXPECTED=1 pytest tests/golden
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from publishing.settings import SHIPPED_THEME
from tests.files import samples
from tests.small_site import COLUMNS, DISCLOSURE, SITE, SmallSite, differences, make_small_site

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"


def build_golden_site(root: Path) -> SmallSite:
    """A site in one language with each kind, a translation, a repeal, a file, pictures, an alias."""
    lists = {"site.yaml": SITE.replace("[zh, en, bo]", "[zh, en]")}
    site = make_small_site(root, {**lists, "columns.yaml": COLUMNS + DISCLOSURE})
    site.write("orders/2026/plan.txt", "plan\n")
    site.document(
        "orders/2026/rule.md",
        "## 第一章 总则\n\n第一条 见[通知](doc:notice)。[^1]\n\n[^1]: 注。\n\n"
        "## 第二章 标准\n\n| 档 | 元 |\n|---|--:|\n| 一 | 100 |\n\n## 第三章 附则\n\n第二条 略。",
        id="rule",
        title="办法",
        number="测府发〔2026〕12号",
        index="000/2026-012",
        issuers="[办公室]",
        subject='"01"',
        made="2026-02-20",
        effective="2026-03-10",
        summary="一句话。",
        keywords="[医疗, 保险]",
        departments="[office, water]",
        counties="[upper]",
        attachments="[{file: plan.txt, title: 计划, alternative: 电话 0837-5550000}]",
        corrections="[{date: 2026-04-01, what: 改正第一条, why: 误写}]",
        aliases="[/zh/old/rule/]",
        sample="true",
    )
    site.document("orders/2026/rule.en.md", "Text.", id="rule", title="Rule", summary="One.")
    site.document(
        "orders/2026/older.md",
        "旧。",
        id="older",
        title="旧办法",
        date="2026-01-05 09:00",
        number="测府发〔2026〕1号",
        effective="2026-01-10",
    )
    site.document(
        "documents/2026/notice.md",
        "废止旧办法。",
        id="notice",
        title="通知",
        date="2026-03-02 09:00",
        repeals="[older]",
        effective="2026-03-02",
    )
    site.write("news/2026/bridge.png", samples.encoded(samples.ridges(40, 30), "PNG"))
    site.write("news/2026/chart.svg", samples.PLAIN_SVG)
    site.document(
        "news/2026/bridge.md",
        '大桥通车。\n\n![车流](chart.svg "每小时车流")',
        id="bridge",
        title="大桥",
        source="办公室",
        picture="{file: bridge.png, alt: 大桥, caption: 示意图}",
    )
    site.document("about/us.md", "关于。", id="us", title="关于我们")
    site.notice(
        "march",
        "某甲 appoint 2026-02-20 director office",
        "某乙 retire 2026-02-20 director office 2019-05-01",
        title="任免",
        number="测府人〔2026〕1号",
    )
    site.policy("inn", title="客栈", counties="[upper]", valid_until="2026-05-01")
    site.policy("farm", title="牧场", industries="[farming-herding]")
    return site


def test_every_byte_of_the_site_is_as_expected(tmp_path: Path) -> None:
    site = build_golden_site(tmp_path)
    site.build()
    outputs = {
        name.replace("row:", "rows/"): data
        for name, data in site.outputs().items()
        if not name.startswith("site/assets/")
    }
    if os.environ.get("UPDATE_EXPECTED"):
        shutil.rmtree(EXPECTED, ignore_errors=True)
        for name, data in outputs.items():
            (EXPECTED / name).parent.mkdir(parents=True, exist_ok=True)
            (EXPECTED / name).write_bytes(data)
    expected = {
        path.relative_to(EXPECTED).as_posix(): path.read_bytes()
        for path in EXPECTED.rglob("*")
        if path.is_file()
    }
    assert len(expected) > 60
    assert differences(outputs, expected) == []


def test_assets_are_handed_on_as_they_are(tmp_path: Path) -> None:
    site = build_golden_site(tmp_path)
    site.build()
    served = {path.name: path.read_bytes() for path in (tmp_path / "build/site/assets").iterdir()}
    assert served == {path.name: path.read_bytes() for path in (SHIPPED_THEME / "static").iterdir()}
