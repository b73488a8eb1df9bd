"""Small sites for the tests of the vocabulary: all files right, so that a test changes one."""

from pathlib import Path

SITE = """format: 1
id: small
names: {zh: 小州, en: Small}
url: https://small.example
"""

COLUMNS = """format: 1
columns:
  - id: documents
    names: {zh: 文件, en: Documents}
    audiences: [public, investors]
    owners: [office]
    kind: document
    update: {days: 14}
    strict: true
  - id: orders
    parent: documents
    names: {zh: 规章}
    keywords: {zh: [规章, 办法]}
    update: {rule: event}
  - id: repealed-orders
    parent: orders
    names: {zh: 废止规章}
    audiences: [public]
    strict: false
  - id: news
    names: {zh: 新闻}
    audiences: [tourists]
    kind: news
    reviewed: false
"""

DEPARTMENTS = """format: 1
departments:
  - id: office
    names: {zh: 办公室, en: Office}
    phone: 0837-5550000
    owners: [departments/office/**]
  - id: old-office
    names: {zh: 旧办公室}
    valid_from: 2020-01-01
    valid_until: 2024-12-31
    successors: [office]
"""

COUNTIES = """format: 1
counties:
  - {id: barkam, names: {zh: 马尔康市}, postcode: 624000}
"""

AUDIENCES = """format: 1
audiences:
  - id: public
    names: {zh: 居民}
    tasks: [{names: {zh: 办身份证件}, link: identity-cards/}]
  - {id: enterprises, names: {zh: 企业}}
  - {id: investors, names: {zh: 投资者}}
  - {id: tourists, names: {zh: 游客}}
"""

SUBJECTS = """format: 1
subjects:
  - {code: 01, names: {zh: 综合政务}}
"""

POSTS = """format: 1
posts:
  - {id: director, names: {zh: 局长}, heads: true}
  - {id: deputy, names: {zh: 副局长}, several: true}
"""


def _terms(key: str, id_: str) -> str:
    return f"format: 1\n{key}:\n  - {{id: {id_}, names: {{zh: 一}}, reviewed: false}}\n"


CALENDAR = """format: 1
years:
  2026:
    status: published
    source: 通知
    holidays: [{name: 春节, from: 2026-02-15, to: 2026-02-23}]
    make_up_days: [2026-02-14]
    prefecture_holidays: [2026-11-20]
"""

RULES = """format: 1
rules:
  publish: {value: 20, unit: working-days, source: 条例, certainty: text}
  share: {value: 4.5, unit: percent, source: 通知, certainty: recall}
  report: {value: 01-31, unit: month-day, source: 条例, certainty: copy}
"""

SYNONYMS = """format: 1
synonyms:
  - words: [社保, 社会保险]
"""

PINS = """format: 1
pins:
  - {queries: [供暖], pages: [heating], until: 2026-06-30}
"""

FILES = {
    "site.yaml": SITE,
    "columns.yaml": COLUMNS,
    "departments.yaml": DEPARTMENTS,
    "counties.yaml": COUNTIES,
    "vocabulary/audiences.yaml": AUDIENCES,
    "vocabulary/subjects.yaml": SUBJECTS,
    "vocabulary/posts.yaml": POSTS,
    "vocabulary/industries.yaml": _terms("industries", "tourism"),
    "vocabulary/incentives.yaml": _terms("incentives", "grant"),
    "vocabulary/levels.yaml": _terms("levels", "county"),
    "vocabulary/calendar.yaml": CALENDAR,
    "vocabulary/rules.yaml": RULES,
    "vocabulary/synonyms.yaml": SYNONYMS,
    "vocabulary/pins.yaml": PINS,
}


def write_site(content: Path, changes: dict[str, str | bytes] | None = None) -> Path:
    """The small site in a folder, with some files another way."""
    for name, text in {**FILES, **(changes or {})}.items():
        target = content / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
    return content
