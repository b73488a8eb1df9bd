"""The log: a thousand questions of all sorts, taken from the texts themselves by a seed.

The shares are exact. Words are cut from running text, so they are as rare and as common as
people's words are; a quarter of the questions has a filter, one in ten asks for a later page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from bench.corpus import Corpus
from bench.searching.rows import VALIDITY, tibetan_sentences

SHARES: Mapping[str, int] = {
    "word": 250,
    "words": 200,
    "common": 100,
    "phrase": 130,
    "number": 100,
    "character": 50,
    "question": 70,
    "english": 60,
    "tibetan": 40,
}
"""Of a thousand questions, how many are of which sort."""

COMMON = (
    *("人民政府", "管理", "规定", "办法", "应当", "主管部门", "行政区域", "法律", "有关", "单位"),
    *(
        "通知",
        "公告",
        "条例",
        "社会",
        "安全",
        "建设",
        "保护",
        "服务",
        "处罚",
        "个人",
        "工作",
        "监督",
    ),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What one visitor asks: text, filters, page; `sort` is one of SHARES."""

    sort: str
    text: str
    filters: dict[str, str] = field(default_factory=dict)
    page: int = 1


def make_questions(corpus: Corpus, count: int) -> list[Question]:
    """`count` questions, the sorts in their shares and well mixed."""
    random = Random(f"{corpus.seed} questions")
    sorts = [sort for sort, share in SHARES.items() for _ in range(share * count // 1000)]
    random.shuffle(sorts)
    return [_question(corpus, random, sort) for sort in sorts]


def write_questions(questions: list[Question], path: Path) -> None:
    """The file has the questions, as JSON."""
    path.write_text(json.dumps([asdict(each) for each in questions], ensure_ascii=False), "utf-8")


def read_questions(path: Path) -> list[Question]:
    """What write_questions wrote."""
    return [Question(**each) for each in json.loads(path.read_text("utf-8"))]


def _question(corpus: Corpus, random: Random, sort: str) -> Question:
    text = _SORTS[sort](corpus, random)
    filters = dict(_filters(corpus, random)) if random.random() < 0.25 else {}
    return Question(sort, text, filters, random.randint(2, 5) if random.random() < 0.1 else 1)


def _filters(corpus: Corpus, random: Random) -> Iterator[tuple[str, str]]:
    yield random.choice(
        (
            ("year", str(random.randint(2015, 2026))),
            ("kind", random.choice(("document", "news"))),
            ("validity", random.choice(VALIDITY)),
            ("department", random.choice(corpus.lists.departments)),
        )
    )
    if random.random() < 0.3:
        yield "in", "zh"


def _cut(corpus: Corpus, random: Random, least: int, most: int) -> str:
    """So many neighbouring characters of some sentence, without punctuation."""
    while True:
        sentence = random.choice(corpus.prose.chinese)
        length = random.randint(least, most)
        start = random.randrange(max(1, len(sentence) - length))
        found = sentence[start : start + length]
        if len(found) == length and found.isalpha():
            return found


def _number(corpus: Corpus, random: Random) -> str:
    number = corpus.facts(random.randrange(corpus.size // 2)).official_number
    spellings: tuple[Callable[[str], str], ...] = (
        str,
        lambda text: text.replace("〔", "[").replace("〕", "]"),
        lambda text: text.replace("〔", "（").replace("〕", "）"),
        lambda text: text[text.index("〔") :],
        lambda text: text.replace("〔", " ").partition("〕")[0],
    )
    return random.choice(spellings)(number)


def _english(corpus: Corpus, random: Random) -> str:
    words = [word.strip(".,;:()\"'") for word in random.choice(corpus.prose.english).split()]
    start = random.randrange(max(1, len(words) - 3))
    text = " ".join(words[start : start + random.randint(1, 3)])
    return f'"{text}"' if random.random() < 0.2 else text


def _tibetan(_: Corpus, random: Random) -> str:
    syllables = random.choice(tibetan_sentences()).split("་")
    start = random.randrange(max(1, len(syllables) - 4))
    return "་".join(syllables[start : start + random.randint(1, 4)])


def _several(parts: tuple[Callable[[], str], ...], random: Random) -> str:
    return " ".join(part() for part in parts[: random.randint(2, 3)])


_SORTS: Mapping[str, Callable[[Corpus, Random], str]] = {
    "word": lambda corpus, random: _cut(corpus, random, 2, 6),
    "words": lambda corpus, random: _several((lambda: _cut(corpus, random, 2, 4),) * 3, random),
    "common": lambda _, random: " ".join(random.sample(COMMON, random.randint(1, 3))),
    "phrase": lambda corpus, random: f'"{_cut(corpus, random, 4, 10)}"',
    "number": _number,
    "character": lambda corpus, random: _cut(corpus, random, 1, 1),
    "question": lambda corpus, random: _cut(corpus, random, 10, 18),
    "english": _english,
    "tibetan": _tibetan,
}
