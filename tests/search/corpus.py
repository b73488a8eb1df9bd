"""The pages that the queries of the design must find, among distracting ones made from a seed."""

import json
import random
from collections.abc import Iterable
from pathlib import Path

from domain.languages import LANGUAGES
from domain.search_rows import RowStore, SearchRow

FRAME = """<!doctype html>
<html lang="{lang}"><head><title><!--slot:title--> - Site</title><!--slot:head--></head>
<body><!--slot:languages--><main><!--slot:main--></main></body></html>
"""
LABELS = {
    "columns": {
        "documents": {"zh": "政府文件", "en": "Documents", "bo": "ཡིག་ཆ"},
        "rules": {"zh": "规范性文件", "en": "Rules"},
        "news": {"zh": "新闻", "en": "News"},
    },
    "departments": {
        "health": {"zh": "卫生局", "en": "Health"},
        "tax": {"zh": "税务局", "en": "Tax"},
    },
    "counties": {"heishui": {"zh": "黑水县", "en": "Heishui"}},
    "audiences": {
        "public": {"zh": "居民", "en": "Residents"},
        "tourists": {"zh": "游客", "en": "T"},
    },
    "kinds": {"document": {"zh": "文件", "en": "Document"}, "news": {"zh": "新闻", "en": "News"}},
    "subjects": {"01": {"zh": "综合政务", "en": "General"}, "02": {"zh": "卫生", "en": "Health"}},
    "validity": {"in-force": {"zh": "现行有效", "en": "In force"}, "repealed": {"zh": "废止"}},
    "site": {
        "names": {"zh": "阿坝州人民政府门户网站", "en": "Portal"},
        "timezone": "Asia/Shanghai",
        "url": "https://www.aba.example",
        "default_language": "zh",
        "languages": list(LANGUAGES),
    },
}
SEARCH_WORDS = {
    "format": 1,
    "synonyms": [
        {"words": ["社保", "社会保险"], "finds": []},
        {"words": ["医保报销", "看病报销"], "finds": ["医疗保险"]},
        {"words": ["老人补贴"], "finds": ["高龄津贴"]},
        {"words": ["低保", "最低生活保障"], "finds": []},
        {"words": ["residence permit", "permit of stay"], "finds": []},
        {"words": ["དགའ་སྟོན"], "finds": ["རྒྱལ་པོ"]},
    ],
    "pins": [
        {"queries": ["津贴"], "pages": ["T", "G"], "demote": ["D"], "from": "", "until": ""},
        {
            "queries": ["文件"],
            "pages": ["H"],
            "demote": [],
            "from": "2026-06-01",
            "until": "2026-06-30",
        },
    ],
}
VERY_LATE_TERM = "冬虫夏草"

_WORDS = [
    "关于",
    "印发",
    "通知",
    "办法",
    "管理",
    "实施",
    "意见",
    "教育",
    "交通",
    "环境",
    "保护",
    "农业",
    "发展",
    "工作",
    "会议",
    "部署",
    "建设",
    "项目",
    "资金",
    "就业",
    "社会",
    "服务",
    "企业",
    "旅游",
    "文化",
    "林业",
    "草原",
    "应急",
    "安全",
    "检查",
    "规划",
    "统计",
    "公报",
    "预算",
    "决算",
    "采购",
    "公告",
    "公示",
    "医院",
    "学校",
]
_ENGLISH = [
    "the",
    "county",
    "road",
    "plan",
    "budget",
    "notice",
    "public",
    "service",
    "form",
    "office",
    "visit",
    "market",
    "school",
]
_TIBETAN = ["ཞིང", "ཁུལ", "སློབ", "གསོ", "ལམ", "ཁག", "འཕྲོད", "བསྟེན", "ནགས", "ཚལ"]


def make_row(name: str, **values: object) -> SearchRow:
    """A row with this id; what is not given is plausible."""
    lang = str(values.pop("lang", "zh"))
    defaults: dict[str, object] = {
        "title": name,
        "kind": "document",
        "column": "documents",
        "columns": ("documents",),
        "audiences": ("public",),
        "year": "2006",
        "date": "2006-03-01 09:00",
    }
    fields = {**defaults, **values}
    return SearchRow(key=f"{name}.{lang}", id=name, lang=lang, url=f"/{lang}/{name}/", **fields)  # type: ignore[arg-type]  # field names and types are the tests' own affair


def named_rows() -> list[SearchRow]:
    """The fixture A to H of the design."""
    medical = "医疗保险实施办法"
    return [
        make_row(
            "A",
            title=medical,
            number="阿府发〔2006〕12号",
            issuers=("阿坝州人民政府",),
            index="00001434-9/2006-00012",
            subject="02",
            departments=("health",),
            validity="in-force",
            columns=("rules", "documents"),
            column="rules",
            body="第一条 城镇职工应当参加医疗保险。",
        ),
        make_row("A2", title="林地规则", number="阿府发〔2006〕112号", body="林地。"),
        make_row("A3", title="公文规则", number="阿府办发〔2006〕12号", body="公文。"),
        make_row("B", title="西藏自治区人民政府办公厅转发文件", kind="news", column="news"),
        make_row(
            "C", title="区办自厅治转西发文藏件 府政民人", body="自治区藏西 西藏 藏自 自治 治区"
        ),
        make_row("D", title="高龄津贴发放指南", body="年满八十岁的老人可以领取高龄津贴。"),
        make_row("E", title="最低生活保障办法", validity="repealed", date="2020-03-01 09:00"),
        make_row("E2", title="最低生活保障办法", validity="in-force", date="2010-03-01 09:00"),
        make_row("F", lang="bo", title="བོད་རང་སྐྱོང་ལྗོངས་ཀྱི་དགའ་སྟོན", body="༢༠༢༤ལོའི་དུས། དགའི་རྒྱལ་པོ། ལྷ་ས།"),
        make_row("G", lang="en", title="Apply for a residence permit", body="Licence fees apply."),
        make_row("H", title="长文", body="安全检查。" * 6_700 + VERY_LATE_TERM + "是药材。"),
        make_row("T", title="个人所得税指南", departments=("tax",), year="2021"),
        make_row(
            "P",
            title="报销窗口",
            body="请到窗口办理。",
            attachments=(
                {"title": "申请表", "url": "/files/P/form.pdf", "text": "就诊日期\n外伤经过"},
                {"title": "", "url": "/files/P/list.csv", "text": "过敏原 检测项目"},
            ),
        ),
        make_row("O", title="政府信息公开条例", number="国务院令第711号"),
        make_row("L", title="函件", number="国家卫生健康委员会办公厅医政函〔2020〕7号"),
        make_row("N", title="转发文件", body="根据阿府发〔2006〕12号文件，现予转发。"),
    ]


def crowd_rows(count: int) -> list[SearchRow]:
    """The named rows, and two that only these tests ask for, among `count` others, of which each
    fiftieth misleads."""
    misleading = misleading_rows(count // 50)
    others = [*distracting_rows(count - len(misleading)), *misleading]
    random.Random(count).shuffle(others)
    named = [
        *named_rows(),
        make_row("R", title="医保报销须知", body="带上证件。"),
        make_row("V", lang="bo", title="སངས་\u0f42\u0fb7་\u0f40\u0f72\u0f71", body="དཔེ་ཆ།"),
    ]
    return [*others[: count // 2], *named, *others[count // 2 :]]


def misleading_rows(count: int) -> list[SearchRow]:
    """Rows that have parts of what the named rows are found by, and never the whole."""
    nearly: list[dict[str, object]] = [
        {"title": "医疗保健器械管理", "body": "保险柜采购。医疗废物处置。"},
        {"title": "西藏东路改造", "body": "自治条例释义。治区方略。人民公园，民政窗口。"},
        {"title": "经费安排", "number": "阿府发〔2005〕12号", "body": "2006年3月起执行。"},
        {"title": "经费调整", "number": "阿府发〔2007〕12号", "body": "阿府发〔2007〕112号。"},
        {"title": "财政事项", "number": "阿财发〔2006〕13号", "body": "另见阿财发〔2006〕121号。"},
        {"title": "纳费人须知", "body": "纳税人依法缴纳税款，税务窗口。"},
        {"title": "高龄老人体检", "body": "津贴发放。补贴标准。"},
        {"title": "最低工资标准", "body": "生活保障用品采购。"},
        {"title": "Parking permit office hours", "lang": "en", "body": "Where to pay the fees."},
        {"title": "བོད་ཡིག་སློབ་གསོ", "lang": "bo", "body": "རང་སྐྱོང་ཁུལ། ལྗོངས་ཁག སྐྱོང་བ།"},
    ]
    return [
        make_row(f"m{number}", year="2012", **nearly[number % len(nearly)])
        for number in range(count)
    ]


def distracting_rows(count: int, seed: int = 7) -> list[SearchRow]:
    """Rows of ordinary words, numbers, filters and languages."""
    chance = random.Random(seed)
    return [_distracting_row(chance, f"x{number}") for number in range(count)]


def _distracting_row(chance: random.Random, name: str) -> SearchRow:
    lang = chance.choices(LANGUAGES, (8, 1, 1))[0]
    year = chance.randrange(2010, 2026)
    is_news = chance.random() < 0.3
    further = random.Random(name)
    return make_row(
        name,
        lang=lang,
        title=_text(chance, lang, 4),
        summary=_text(chance, lang, 8),
        body=_text(chance, lang, chance.randrange(20, 120)),
        number="" if is_news else f"阿府发〔{year}〕{chance.randrange(1, 200)}号",
        kind="news" if is_news else "document",
        column="news" if is_news else "rules",
        columns=("news",) if is_news else ("rules", "documents"),
        departments=tuple(chance.sample(("health", "tax"), chance.randrange(3))),
        counties=("heishui",) if chance.random() < 0.2 else (),
        attachments=_attachments(further, lang),
        subject=further.choice(("", "01", "02")),
        issuers=() if is_news else (further.choice(("阿坝州人民政府", "卫生局")),),
        index="" if is_news else f"00001/{year}-{name[1:]:0>5}",
        audiences=tuple(chance.sample(("public", "tourists"), chance.randrange(1, 3))),
        validity="" if is_news else chance.choice(("in-force", "repealed")),
        year=str(year),
        date=f"{year}-0{chance.randrange(1, 10)}-15 09:00",
    )


def _attachments(chance: random.Random, lang: str) -> tuple[dict[str, str], ...]:
    return tuple(
        {"title": "附件", "url": "/files/a.pdf", "text": _text(chance, lang, 30)}
        for _ in range(chance.randrange(-2, 3))
    )


def _text(chance: random.Random, lang: str, words: int) -> str:
    if lang == "en":
        return " ".join(chance.choices(_ENGLISH, k=words))
    if lang == "bo":
        return "་".join(chance.choices(_TIBETAN, k=words)) + "།"
    parts = [
        chance.choice(_WORDS) + chance.choice(("", "", "", "，", "。\n")) for _ in range(words)
    ]
    return "".join(parts)


def write_rows(build: Path, rows: Iterable[SearchRow]) -> None:
    """The rows stand in the build's store, beside what was there."""
    with RowStore(build / "search" / "rows.sqlite") as store:
        for row in rows:
            store.put(row.key, row.to_json())


def write_frames(build: Path) -> None:
    """The frames and labels as a build leaves them."""
    folder = build / "frames"
    folder.mkdir(parents=True)
    for lang in LANGUAGES:
        (folder / f"{lang}.html").write_text(FRAME.replace("{lang}", lang), encoding="utf-8")
    (folder / "search.json").write_text(json.dumps(SEARCH_WORDS), encoding="utf-8")
    (folder / "labels.json").write_text(json.dumps(LABELS), encoding="utf-8")
