"""Back to the site: published replies, tallies of what has closed, the months' answer times, and
the hashes that bind the log.

All as content files, byte-stable and without persons, in a signed bundle; on the editing side
they become an ordinary commit. Texts of citizens and files never go along.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.bundles import Bundle, write_bundle
from domain.forms import Form
from domain.languages import Text
from domain.tallies import Tally
from relay.configuration import Configuration
from relay.crash_points import pass_crash_point
from relay.erasure import find_erased
from relay.keys import Keyring, Purpose
from relay.letters import find_letter
from relay.moments import local_day, show_local
from relay.payload import payload_from_bytes
from relay.published import PublishedSite
from relay.roots import Root, daily_roots, format_roots
from relay.staff import PublishedReply, read_published_replies
from relay.store import Store, read_events
from relay.tallying import AnsweredLetter, tally_answers, tally_month

_REPLIES, _MONTHS = "selected-replies", "reply-statistics"
_RESULTS = {"survey": "survey-results", "opinions": "opinion-feedback"}
_UNCOUNTED = ("held", "rejected", "withdrawn", "erased")
_OPINIONS_TEXT = (
    "| 意见 | 多少人提 | 怎样处理 | 为什么 |\n|---|---:|---|---|\n"
    "| 请编辑填写 | 0 | 采纳、部分采纳或者没有采纳 | 理由 |\n"
)


def signing_key(keyring: Keyring) -> Ed25519PrivateKey:
    """The key that signs bundles; it changes with the keyring's current key."""
    return Ed25519PrivateKey.from_private_bytes(keyring.mac(Purpose.EXPORT, b"bundle"))


def export_bundle(
    store: Store,
    keyring: Keyring,
    configuration: Configuration,
    site: PublishedSite,
    folder: Path,
    now: int,
) -> Path:
    """All that is to be public now is in `folder`; gives the bundle's own folder."""
    files: dict[str, str] = {}
    for reply in read_published_replies(store, keyring):
        if not _is_refused(store, keyring, reply.reference):
            files |= _reply_file(reply, configuration.timezone)
    today = local_day(now, configuration.timezone)
    for form in _closed_forms(site, today):
        files |= _result_files(form, _read_answers(store, keyring, form.id))
    files |= _month_files(store, site, configuration.timezone, today)
    files |= _log_files(store, configuration.timezone, today)
    content = {path: files[path].encode("utf-8") for path in sorted(files)}
    bundle = Bundle(content, find_erased(store))
    return write_bundle(
        bundle, folder, signing_key(keyring), lambda: pass_crash_point("before-switch")
    )


def _is_refused(store: Store, keyring: Keyring, reference: str) -> bool:
    """Whether the writer has said no to a field "publish": then nothing of staff's wins over it."""
    letter = find_letter(store, reference)
    if letter is None:
        return True
    opened = keyring.open(Purpose.PAYLOAD, letter.payload, letter.letter_id)
    return payload_from_bytes(opened).answers.get("publish") == ["refuse"]


def _reply_file(reply: PublishedReply, timezone: str) -> dict[str, str]:
    publication = reply.publication
    answered = show_local(reply.answered_at, timezone)
    head = {
        "title": " ".join(publication.title.split()),
        "date": answered,
        "departments": [] if reply.route == "fallback" else [reply.route],
        "form": reply.form_id,
        "reference": reply.reference,
        "received": local_day(reply.received_at, timezone).isoformat(),
        "answered": answered[:10],
        "summary": _first_line(publication.question),
    }
    text = (
        f"## 来信\n\n{_quoted(publication.question)}\n\n## 答复\n\n{_plain(publication.answer)}\n"
    )
    return {f"{_REPLIES}/{answered[:4]}/{reply.reference.lower()}.md": _document(head, text)}


def _result_files(form: Form, answers: Sequence[Mapping[str, Sequence[str]]]) -> dict[str, str]:
    tally = tally_answers(form, answers, form.opens, form.closes)
    is_survey = form.kind == "survey"
    name = form.names.get("zh") or next(iter(form.names.values()))
    head = {
        "title": f"{name}：{'结果' if is_survey else '采纳情况'}",
        "date": f"{_day_after(form.closes)} 09:00",
        "departments": [form.department],
        "form": form.id,
        "tally": f"{form.id}.json",
        "summary": f"{form.opens} 至 {form.closes}，{_received(tally)}。",
    }
    text = "结果见图表。\n" if is_survey else _OPINIONS_TEXT
    place = f"{_RESULTS[form.kind]}/{form.closes[:4]}/{form.id}"
    return {f"{place}.json": tally.to_json(), f"{place}.md": _document(head, text)}


def _month_files(store: Store, site: PublishedSite, timezone: str, today: date) -> dict[str, str]:
    """A tally for each month that is over, of all letters that each get a reply."""
    names = _letter_forms(site)
    months: dict[str, list[AnsweredLetter]] = {}
    rows = store.query(
        "SELECT form, state, received_at, (SELECT min(made_at) FROM answer"
        " WHERE answer.letter = letter.id AND answer.state = 'given') FROM letter"
        " ORDER BY received_at, id"
    )
    for form_id, state, received_at, answered_at in rows:
        if form_id not in names or state in _UNCOUNTED:
            continue
        received = local_day(received_at, timezone)
        month = received.isoformat()[:7]
        if month < today.isoformat()[:7]:
            days = (
                None if answered_at is None else (local_day(answered_at, timezone) - received).days
            )
            months.setdefault(month, []).append(AnsweredLetter(form_id, days))
    files: dict[str, str] = {}
    for month, letters in sorted(months.items()):
        files |= _month_file(month, tally_month(letters, names, *_ends_of(month)))
    return files


def _month_file(month: str, tally: Tally) -> dict[str, str]:
    year, number = month.split("-")
    head = {
        "title": f"{year}年{int(number)}月来信办理情况",
        "date": f"{_day_after(tally.last)} 09:00",
        "tally": f"letters-{month}.json",
        "summary": f"{year}年{int(number)}月，{_received(tally)}。",
    }
    place = f"{_MONTHS}/{year}/letters-{month}"
    return {f"{place}.json": tally.to_json(), f"{place}.md": _document(head, "数据见图表。\n")}


def _log_files(store: Store, timezone: str, today: date) -> dict[str, str]:
    """For each year a table of its days' last events and their hashes, and the page that offers it."""
    years: dict[int, list[Root]] = {}
    for root in daily_roots(read_events(store), timezone, today):
        years.setdefault(root.day.year, []).append(root)
    files: dict[str, str] = {}
    for year, roots in years.items():
        name = f"event-log-{year}"
        title = f"{year}年来信登记日志校验值"
        head = {
            "title": title,
            "date": f"{_day_after(roots[0].day.isoformat())} 09:00",
            "attachments": [{"file": f"{name}.csv", "title": title, "lang": "zh"}],
            "summary": "每天最后一条登记记录的编号和校验值，可以据此查验登记日志没有改动。",
        }
        place = f"{_MONTHS}/{year}/{name}"
        text = "每条记录的校验值都包含前一条的校验值。保存此表，日后即可查验。\n"
        files |= {f"{place}.csv": format_roots(roots), f"{place}.md": _document(head, text)}
    return files


def _closed_forms(site: PublishedSite, today: date) -> list[Form]:
    found = [site.find_form(form_id) for form_id in site.form_ids()]
    forms = [published.form for published in found if published]
    return [
        form
        for form in forms
        if form.kind in _RESULTS and form.closes and form.closes < today.isoformat()
    ]


def _letter_forms(site: PublishedSite) -> dict[str, Text]:
    found = [site.find_form(form_id) for form_id in site.form_ids()]
    return {one.form.id: one.form.names for one in found if one and one.form.kind == "letter"}


def _read_answers(
    store: Store, keyring: Keyring, form_id: str
) -> list[Mapping[str, Sequence[str]]]:
    rows = store.query("SELECT id, state, payload FROM letter WHERE form = ?", (form_id,))
    return [
        payload_from_bytes(keyring.open(Purpose.PAYLOAD, payload, letter_id)).answers
        for letter_id, state, payload in rows
        if state not in _UNCOUNTED
    ]


def _document(head: Mapping[str, object], text: str) -> str:
    # JSON's texts and lists are YAML's too.
    lines = [
        f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items() if value
    ]
    return "\n".join(["---", *lines, "---", "", text])


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in _plain(text).split("\n"))


def _plain(text: str) -> str:
    """The text as Markdown that shows it as it is: no marks of its own but paragraphs."""
    escaped = "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in text.strip())
    return "\n".join(line.strip() for line in escaped.replace("\r\n", "\n").split("\n"))


def _first_line(text: str) -> str:
    return " ".join(text.split())[:100]


def _received(tally: Tally) -> str:
    return f"收到{tally.received}份" if tally.received is not None else "收到不足五份"


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _ends_of(month: str) -> tuple[str, str]:
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first.isoformat(), last.isoformat()
