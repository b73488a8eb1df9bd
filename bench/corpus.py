"""The corpus: N documents made from a seed, the same on any machine.

A document follows from the seed, its number and the prose alone, so that a corpus of 1,000 is
the beginning of one of 10,000, and the same document can be edited in both. The shares are
exact in each hundred originals: `bench/forms` writes the documents out as our content or as
plain Pelican's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from random import Random

from bench.documents import Attachment, Document, Facts, Lists
from bench.prose import Prose

BLOCK = 100
SHARES = {"table": 10, "linked": 20, "attached": 15, "translated": 15, "crowded": 20}
"""Of each hundred originals, how many have what."""

SIZE_BYTES = 4_500
"""What a file has on average, its header included."""
TEXT_SIZES = (0.35, 1.1)
"""The least and the most that paragraphs have of it; header, headings and tables do the rest."""
FIRST_YEAR, LAST_YEAR = 2015, 2026
LAST_DAY = datetime(2026, 6, 30)  # noqa: DTZ001 (the site's own time, as files have it)
CROWDED_COLUMN, CROWDED_YEAR = "public-announcements", 2025
UNCITED = 7
"""Documents whose number ends in this are never linked to, so that one can be deleted."""

TITLES = (
    "关于贯彻实施《{}》的通知",
    "关于印发《{}》任务分工的通知",
    "关于公布《{}》执行情况的公告",
    "《{}》有关事项说明",
)
NOUNS = ("项目", "单位", "金额（万元）", "完成时间", "责任人", "数量", "比例", "备注")


@dataclass(slots=True)
class Corpus:
    """`size` documents, translations counted."""

    size: int
    seed: int
    prose: Prose
    lists: Lists
    _weights: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        # A few columns hold most of the texts and most hold a few, as in any portal.
        ranks = list(range(len(self.lists.columns)))
        self._random("columns").shuffle(ranks)
        self._weights = tuple(1 / (rank + 4) for rank in ranks)

    def documents(self, after: int = 0) -> Iterator[Document]:
        """Originals in the order of their numbers, each with its translation after it; without
        the first `after` documents."""
        made = 0
        number = 0
        while made < self.size:
            facts = self.facts(number)
            made += 1
            if made > after:
                yield self.document(facts)
            if "translated" in facts.traits and made < self.size:
                made += 1
                if made > after:
                    yield self.translation(facts)
            number += 1

    def facts(self, number: int) -> Facts:
        """The facts of the original with this number, at next to no cost."""
        random = self._random(f"facts {number}")
        traits = _traits(self.seed, number // BLOCK)[number % BLOCK]
        if "crowded" in traits:
            column, kind = CROWDED_COLUMN, dict(self.lists.columns)[CROWDED_COLUMN]
            year = CROWDED_YEAR
        else:
            column, kind = random.choices(self.lists.columns, self._weights)[0]
            year = LAST_YEAR - min(int(random.expovariate(0.2)), LAST_YEAR - FIRST_YEAR)
        title = random.choice(TITLES).format(_quotable(random.choice(self.prose.titles)))
        return Facts(
            number=number,
            column=column,
            kind=kind,
            date=_moment(random, year),
            title=f"{title}（{number + 1}）",
            traits=traits,
        )

    def document(self, facts: Facts) -> Document:
        """The original with its text."""
        random = self._random(f"text {facts.number}")
        links = self._targets(random, facts) if "linked" in facts.traits else []
        paragraphs = self._paragraphs(random, "zh")
        return Document(
            facts=facts,
            lang="zh",
            title=facts.title,
            paragraphs=paragraphs,
            departments=random.sample(self.lists.departments, random.choice((1, 1, 1, 2))),
            counties=random.sample(self.lists.counties, 1) if random.random() < 0.15 else (),
            subject=random.choice(self.lists.subjects),
            summary=f"{facts.issuer}{facts.title}。{_first_line(paragraphs)}"[:120],
            table=_table(random) if "table" in facts.traits else (),
            links=links,
            relation=self._relation(random, facts, links),
            attachments=_attachments(random, facts) if "attached" in facts.traits else (),
        )

    def translation(self, facts: Facts) -> Document:
        """The English text of an original; it shares the original's id and lies beside it."""
        random = self._random(f"translation {facts.number}")
        original = self.document(facts)
        paragraphs = self._paragraphs(random, "en")
        return Document(
            facts=facts,
            lang="en",
            title=f"Notice No. {facts.number + 1} of {facts.year} on the regulations in force",
            paragraphs=paragraphs,
            departments=original.departments,
            counties=original.counties,
            subject=original.subject,
            summary=_first_line(paragraphs)[:200],
        )

    # The documents that a run edits, adds and deletes

    def edited(self, place: int = 0, days: str = "三") -> Document:
        """A plain document in the crowded column-year, not among its newest, edited in its text;
        from `place` 1 on, other documents of any kind. Each number of `days` is another edit.
        """
        document = self.document(self.facts(10 * place + UNCITED) if place else self._probe(0))
        return replace(
            document, extra=f"经研究，对本文作如下更正：原文所列期限顺延{days}个工作日。"
        )

    def deleted(self) -> Document:
        """Another such document, which no other links to."""
        return self.document(self._probe(1))

    def added(self) -> Document:
        """A new document, the newest of all, in the crowded column, of the year after."""
        facts = self._probe(0)
        new = Facts(
            self.size + BLOCK,
            facts.column,
            facts.kind,
            LAST_DAY.replace(hour=20),
            f"关于新增事项的公告（{self.size + BLOCK + 1}）",
            frozenset(),
        )
        return self.document(new)

    def renamed(self) -> Document:
        """A document whose file gets another name, and with it the page another address."""
        return self.document(self._probe(2))

    def backdated(self) -> tuple[Document, Document]:
        """A document, and the same of a year before, which lies in another folder."""
        facts = self._probe(3)
        earlier = replace(facts, date=facts.date.replace(year=facts.year - 1))
        document = self.document(facts)
        return document, replace(document, facts=earlier)

    def repealing(self) -> Document:
        """A new government document that repeals an old one."""
        numbers = range(UNCITED, 100 * BLOCK, 10)
        repealed = next(f for f in map(self.facts, numbers) if f.kind == "document")
        new = replace(
            repealed,
            number=self.size + BLOCK + 1,
            date=LAST_DAY.replace(hour=19),
            title=f"关于废止有关文件的决定（{self.size + BLOCK + 2}）",
            traits=frozenset(),
        )
        return replace(self.document(new), relation=("repeals", repealed))

    def _probe(self, place: int) -> Facts:
        plain = (
            facts
            for facts in map(self.facts, range(UNCITED, 100 * BLOCK, 10))
            if facts.traits == {"crowded"} and 2 <= facts.date.month <= 8
        )
        return [next(plain) for _ in range(place + 1)][place]

    # Parts

    def _paragraphs(self, random: Random, lang: str) -> list[str]:
        """Paragraphs with a heading before every fifth and articles numbered anew."""
        size = random.uniform(*TEXT_SIZES)
        paragraphs = self.prose.paragraphs(random, lang, int(SIZE_BYTES * size))
        for place, text in enumerate(paragraphs):
            if lang == "zh" and place % 2 == 0:
                paragraphs[place] = f"第{_han(place // 2 + 1)}条　{text}"
        for place in range(0, len(paragraphs), 5):
            name = random.choice(self.prose.headings) if lang == "zh" else f"Part {place // 5 + 1}"
            paragraphs[place] = f"## {name}\n\n{paragraphs[place]}"
        return paragraphs

    def _targets(self, random: Random, facts: Facts) -> list[Facts]:
        citable = [
            number
            for number in (random.randrange(max(facts.number, 1)) for _ in range(6))
            if number % 10 != UNCITED and number < facts.number
        ]
        return [self.facts(number) for number in dict.fromkeys(citable[: random.randint(1, 3)])]

    def _relation(
        self, random: Random, facts: Facts, links: Sequence[Facts]
    ) -> tuple[str, Facts] | None:
        earlier = [link for link in links if link.kind == "document"]
        if facts.kind != "document" or not earlier:
            return None
        return random.choice(("implements", "interprets")), earlier[0]

    def _random(self, purpose: str) -> Random:
        return Random(f"{self.seed} {purpose}")


def _quotable(title: str) -> str:
    """A title that can stand between title marks: marks within become single ones."""
    return title.replace("《", "〈").replace("》", "〉")


def _first_line(paragraphs: Sequence[str]) -> str:
    """The first paragraph, without the heading before it."""
    return paragraphs[0].rpartition("\n")[2]


@cache
def _traits(seed: int, block: int) -> tuple[frozenset[str], ...]:
    """The traits of each original of a block of a hundred: exact shares, seeded places."""
    traits: list[set[str]] = [set() for _ in range(BLOCK)]
    for trait, share in SHARES.items():
        for place in Random(f"{seed} {block} {trait}").sample(range(BLOCK), share):
            traits[place].add(trait)
    return tuple(frozenset(found) for found in traits)


def _moment(random: Random, year: int) -> datetime:
    first = datetime(year, 1, 1)  # noqa: DTZ001 (the site's own time)
    last = min(datetime(year, 12, 31), LAST_DAY)  # noqa: DTZ001
    day = first + timedelta(days=random.randrange((last - first).days + 1))
    return day.replace(hour=random.randint(8, 18), minute=random.randrange(60))


def _table(random: Random) -> list[list[str]]:
    names = random.sample(NOUNS, random.randint(3, 5))
    rows = [
        [f"{random.choice(NOUNS)}{row}", *(str(random.randint(1, 99_999)) for _ in names[1:])]
        for row in range(1, random.randint(5, 16))
    ]
    return [names, *rows]


def _attachments(random: Random, facts: Facts) -> list[Attachment]:
    found = []
    for place in range(1, random.choice((1, 1, 2)) + 1):
        suffix = random.choice(("pdf", "txt"))
        content = f"{facts.id} {place}\n".encode()
        content += random.randbytes(random.randint(200, 1_500)).hex().encode()
        if suffix == "pdf":
            content = _one_page_pdf(content)
        found.append(Attachment(f"{facts.slug}-{place}.{suffix}", f"附件{place}", content))
    return found


def _one_page_pdf(text: bytes) -> bytes:
    """A PDF with one empty page that holds the text as a comment: it opens, and says its pages."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj%s\nendobj\n" % (number, content)
    data += b"".join(b"%% %s\n" % line for line in text.splitlines())
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 4\n0000000000 65535 f \n"
    trailer = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    return data + head + table + trailer


def _han(number: int) -> str:
    """1-99 in Han numerals, as articles are counted."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = ("" if tens < 2 else digits[tens]) + ("十" if tens else "")
    return head + (digits[ones] if ones else "")
