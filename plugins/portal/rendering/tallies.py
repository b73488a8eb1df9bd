"""What the page of a reply or of results shows besides its text: card, charts, tables."""

from __future__ import annotations

from decimal import Decimal

from domain.addresses import form_url
from domain.languages import HTML_LANG, text_in
from domain.tallies import LEAST_COUNT, Tally, TallyLine, TallyQuestion
from plugins.portal.reading.document import Document
from plugins.portal.rendering.charts import Bar, BarGroup, draw_bars
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import Context, Translate, name_in

MEASURE_LABELS = {
    "answers": "Answers",
    "choices": "Chosen by (several could be chosen)",
    "first-place": "Put in first place by",
    "letters": "Letters",
    "working-days": "Working days",
}


def feedback_lines(document: Document, lang: str, words: Translate, reads: Reads) -> list[Context]:
    """The card: which form, the reference, when the letter came and when it was answered."""
    fields = document.fields
    form = fields.get("form") or ""
    is_there = form in reads.terms("form")
    lines = [
        ("Form", name_in(reads.form(form)[0].names, lang, reads) if is_there else "",
         form_url(lang, form)),
        ("Reference", fields.get("reference"), ""),
        ("Letter received", fields.get("received"), ""),
        ("Answered on", fields.get("answered"), ""),
    ]  # fmt: skip
    return [
        {"label": words(label), "value": value, "url": url, "html_lang": ""}
        for label, value, url in lines
        if value
    ]


def tally_context(document: Document, words: Translate, default_language: str) -> Context | None:
    """`tally` as feedback.html reads it; None where the document has none."""
    text = document.fields.get("tally")
    if not text:
        return None
    tally, lang = Tally.from_json(text), document.lang
    return {
        "received": _shown(tally.received, words),
        "first": tally.first,
        "last": tally.last,
        "hides": any(line.count is None for q in tally.questions for line in q.lines),
        "questions": [
            _question_context(number, question, lang, words, default_language)
            for number, question in enumerate(tally.questions, start=1)
        ],
    }


def _question_context(
    number: int, question: TallyQuestion, lang: str, words: Translate, default_language: str
) -> Context:
    label, own_lang = text_in(question.label, lang, default_language)
    measure = words(MEASURE_LABELS[question.measure])
    named = [(*text_in(line.label, lang, default_language), line) for line in question.lines]
    groups = [
        BarGroup(
            text,
            [Bar(Decimal(line.count or 0), _shown(line.count, words, _share(line, question)))],
            HTML_LANG[line_lang] if line_lang != lang else "",
        )
        for text, line_lang, line in named
    ]
    return {
        "id": f"question-{number}",
        "label": label,
        "html_lang": HTML_LANG[own_lang] if own_lang != lang else "",
        "measure": measure,
        "answered": _shown(question.answered, words),
        "chart": draw_bars(f"tally-{number}", label, measure, [measure], groups),
        "rows": [
            {
                "name": text,
                "html_lang": HTML_LANG[line_lang] if line_lang != lang else "",
                "count": _shown(line.count, words),
                "share": _share(line, question),
            }
            for text, line_lang, line in named
        ],
    }


def _shown(count: int | None, words: Translate, share: str = "") -> str:
    if count is None:
        return words("fewer than %(least)s, or hidden with them") % {"least": LEAST_COUNT}
    return f"{count:,} ({share})" if share else f"{count:,}"


def _share(line: TallyLine, question: TallyQuestion) -> str:
    """The percentage of those who answered, with one decimal; "" where there is none to show."""
    if line.count is None or not question.answered or question.measure == "working-days":
        return ""
    return f"{Decimal(line.count) * 100 / question.answered:.1f}%"
