"""Prose for the corpus: real texts, cut at their sentences and put together anew.

Chinese comes from a folder of Markdown (local regulations, official texts without copyright),
English from the project's own licence. Consecutive sentences stay consecutive, so the text
reads as the original does, but paragraphs begin elsewhere: a builder that remembered
paragraphs would gain nothing here that it does not gain on real content.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench import ROOT, BenchError

DEFAULT_FOLDER = ROOT.parent / "shared" / "data" / "regulations"
ENGLISH_SOURCE = ROOT / "LICENSE"
LONGEST_RUN = 400

_TITLE = re.compile(r'^title: *"?(.+?)"? *$', re.MULTILINE)
_HEADING = re.compile(r"^#+ +(?:第[一二三四五六七八九十百]+[章节] *)?(.+)$", re.MULTILINE)
_CHINESE_SENTENCE = re.compile(r"[^。；！？]+[。；！？]")
_ENGLISH_SENTENCE = re.compile(r"[A-Z][^.!?]{20,}[.!?](?= |$)")
_ARTICLE_NUMBER = re.compile(r"第[一二三四五六七八九十百零]+条 *")
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~]")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Prose:
    """Titles, chapter headings and sentences, in the order of the texts they come from.

    `digest` names the texts: two results are comparable where it is the same.
    """

    titles: tuple[str, ...]
    headings: tuple[str, ...]
    chinese: tuple[str, ...]
    english: tuple[str, ...]
    digest: str

    def paragraphs(self, random: Random, lang: str, size_bytes: int) -> list[str]:
        """Paragraphs of together about `size_bytes` (UTF-8), from one place in the texts on."""
        sentences = self.english if lang == "en" else self.chinese
        joint = " " if lang == "en" else ""
        start = random.randrange(len(sentences))
        paragraphs: list[str] = []
        size = 0
        while size < size_bytes:
            count = random.randint(1, 4)
            taken = [sentences[(start + offset) % len(sentences)] for offset in range(count)]
            start += count
            paragraphs.append(joint.join(taken))
            size += len(paragraphs[-1].encode()) + 2
        return paragraphs


def load_prose(folder: Path) -> Prose:
    """The prose of a folder of Markdown; BenchError where there is too little of it."""
    paths = sorted(folder.glob("*.md")) if folder.is_dir() else []
    texts = [path.read_text("utf-8") for path in paths]
    titles = [title for text in texts for title in _TITLE.findall(text)[:1]]
    bodies = [text.partition("\n---\n")[2] or text for text in texts]
    headings = [_clean(heading) for body in bodies for heading in _HEADING.findall(body)]
    chinese = [sentence for body in bodies for sentence in _chinese_sentences(body)]
    if len(chinese) < 20 or not titles:
        raise BenchError(
            f"no prose: {folder} holds no Markdown texts with a title and at least 20 sentences\n"
            "  The corpus is cut from real texts, which are not part of the project.\n"
            "  Name a folder of them: --prose DIR (the local regulations it was made for: 191 files)."
        )
    english = _english_sentences(ENGLISH_SOURCE.read_text("utf-8"))
    digest = hashlib.blake2b("\0".join([*texts, *english]).encode(), digest_size=8).hexdigest()
    return Prose(
        tuple(dict.fromkeys(_clean(title) for title in titles)),
        tuple(dict.fromkeys(filter(None, headings))) or ("总则",),
        tuple(chinese),
        tuple(english),
        digest,
    )


def _chinese_sentences(body: str) -> list[str]:
    lines = (line for line in body.splitlines() if line and not line.startswith("#"))
    text = "\n".join(_clean(_ARTICLE_NUMBER.sub("", line)) for line in lines)
    found = (sentence.strip() for sentence in _CHINESE_SENTENCE.findall(text))
    return [_BLANKS.sub("", sentence) for sentence in found if 4 < len(sentence) < LONGEST_RUN]


def _english_sentences(text: str) -> list[str]:
    preamble, _, rest = text.partition("TERMS AND CONDITIONS")
    terms = rest.partition("END OF TERMS AND CONDITIONS")[0]
    return _ENGLISH_SENTENCE.findall(_clean(f"{preamble} {terms}"))


def _clean(text: str) -> str:
    """The text without signs that Markdown reads, on one line."""
    return _BLANKS.sub(" ", _MARKUP.sub("", text)).strip()
