"""Invented views, one for each template of the theme: what its tests render.

Small but believable, in three languages; the names follow what rendering hands to templates.
"""

from typing import Any

from markupsafe import Markup

from domain.forms import Field, Form, Option
from domain.languages import HTML_LANG, OWN_NAMES
from tests.theme.budget_views import budget_views, chart
from tests.theme.samples import (
    AUDIENCES,
    CARD,
    COLUMNS,
    COUNTIES,
    DESCRIPTION,
    HTML,
    ISSUER,
    REPEALED,
    SHORT_NAMES,
    SITE_NAMES,
    STATES,
    TASKS,
    TITLES,
    TOC,
)


def link(name: str, url: str, description: str = "") -> dict[str, str]:
    """A named link."""
    return {"name": name, "url": url, "description": description}


def described(lang: str) -> dict[str, str]:
    """A description as vocabularies have it: in Chinese and English; a Tibetan page says which."""
    if lang == "bo":
        return {"description": DESCRIPTION["zh"], "description_html_lang": HTML_LANG["zh"]}
    return {"description": DESCRIPTION[lang], "description_html_lang": ""}


def entry(lang: str, number: int, *, is_news: bool = False) -> dict[str, Any]:
    """A line in a list; the fourth exists in Chinese alone."""
    own = "zh" if number % 4 == 3 else lang
    return {
        "id": f"sample-{number}",
        "url": f"/{own}/documents/2026/sample-{number}/",
        "title": TITLES[number % 4][own],
        "lang": own,
        "html_lang": HTML_LANG[own],
        "date": f"2026-03-{28 - number % 20:02}",
        "number": "" if is_news else f"阿府办发〔2026〕{30 - number}号",
        "issuer": "" if is_news else ISSUER[lang],
        "validity": "" if is_news else STATES[number % 4],
        "kind": "news" if is_news else "document",
        "summary": DESCRIPTION[own],
    }


def site(lang: str) -> dict[str, Any]:
    """The site as every template sees it."""
    return {
        "names": SITE_NAMES,
        "name": SITE_NAMES[lang],
        "short_name": SHORT_NAMES[lang],
        "url": "https://www.aba.example",
        "identifiers": {
            "site_id_code": "5132000000",
            "icp": "蜀ICP备00000000号-1",
            "police": "川公网安备 51320000000000号",
        },
        "sponsor": ISSUER,
        "organiser": {"zh": "阿坝州政务服务和大数据中心", "en": "Data Centre of the Prefecture"},
        "contact": {
            "phone": "0837-0000000",
            "email": "portal@aba.example",
            "postcode": "624000",
            "address": {"zh": "马尔康市某街1号", "en": "1 Sample Street, Barkam"},
            "hours": {"zh": "工作日 09:00-12:00，14:30-18:00", "en": "Weekdays 09:00 to 18:00"},
        },
        "languages": ["zh", "en", "bo"],
        "default_language": "zh",
    }


def navigation(lang: str) -> dict[str, Any]:
    """What the header needs besides the site."""
    return {
        "navigation": [link(names[lang], f"/{lang}/{key}/") for key, names in COLUMNS * 4],
        "audiences": [link(names[lang], f"/{lang}/{key}/") for key, names in AUDIENCES.items()],
        "report_url": f"/{lang}/forms/report-error/",
        "footer_links": [
            {**link(TITLES[2][own], f"/{own}/about/privacy/"), "html_lang": html_lang}
            for own, html_lang in ((lang, ""), ("zh", "" if lang == "zh" else "zh-CN"))
        ],
    }


def page(lang: str, title: str, kind: str) -> dict[str, Any]:
    """What every page says of itself."""
    url = f"/{lang}/" if kind == "home" else f"/{lang}/documents/2026/sample/"
    home = {"zh": "首页", "en": "Home", "bo": "གཙོ་ངོས།"}[lang]
    return {
        "url": url,
        "title": title,
        "description": DESCRIPTION[lang],
        "canonical": "https://www.aba.example" + url,
        "alternates": [
            (HTML_LANG[other], f"https://www.aba.example/{other}/") for other in HTML_LANG
        ],
        "meta": [("SiteName", SITE_NAMES[lang]), ("SiteIDCode", "5132000000")],
        "json_ld": '{"@context":"https://schema.org","@type":"WebPage"}',
        "feeds": [{"title": "Atom", "url": f"/{lang}/feed.xml", "type": "application/atom+xml"}],
        "languages": [
            {
                "lang": other,
                "html_lang": HTML_LANG[other],
                "name": OWN_NAMES[other],
                "url": f"/{other}/",
                "is_current": other == lang,
            }
            for other in HTML_LANG
        ],
        "breadcrumbs": []
        if kind in ("home", "error")
        else [
            link(home, f"/{lang}/"),
            link(COLUMNS[2][1][lang], f"/{lang}/documents/"),
            link(title, url),
        ],
        "kind": kind,
    }


def follow(lang: str, front: str) -> dict[str, Any]:
    """The feeds, the calendar and the data of a front."""
    return {
        "atom": f"/{lang}/{front}/feed.xml",
        "json": f"/{lang}/{front}/feed.json",
        "agenda": f"/{lang}/{front}/calendar.ics",
        "data": [
            {
                "year": year,
                **{form: f"/data/columns/{front}/{year}.{form}" for form in ("csv", "json")},
            }
            for year in ("2026", "2025")
        ],
    }


def audiences(lang: str) -> list[dict[str, Any]]:
    """The four doors."""
    return [
        {
            "id": key,
            "name": names[lang],
            "description": "",
            "url": f"/{lang}/{key}/",
            "tasks": [link(task[lang], f"/{lang}/{key}/#task") for task in TASKS[key]],
        }
        for key, names in AUDIENCES.items()
    ]


def forms(lang: str) -> list[dict[str, str]]:
    """Links to forms."""
    names = {"zh": "州长信箱", "en": "Governor's mailbox", "bo": "ཁུལ་གཙོའི་འཕྲིན་སྒམ།"}
    return [link(names[lang], f"/{lang}/forms/governor-mailbox/", DESCRIPTION[lang])]


def column_tree(lang: str) -> list[dict[str, Any]]:
    """Columns with two levels below the first of them."""
    leaf = {"name": TITLES[2][lang], "url": f"/{lang}/rules/", "description": ""}
    child = {**leaf, "description": DESCRIPTION[lang], "children": [{**leaf, "children": []}]}
    return [
        {
            "name": names[lang],
            "url": f"/{lang}/{key}/",
            **described(lang),
            "children": [child, {**child, "children": []}] if number < 3 else [],
        }
        for number, (key, names) in enumerate(COLUMNS)
    ]


def tally() -> dict[str, Any]:
    """The results of one question, as a page reads them."""
    row = {"name": "政务大厅", "html_lang": "zh-CN", "count": "1,204", "share": "40.1%"}
    question: dict[str, Any] = {
        "id": "question-1",
        "label": "Where?",
        "html_lang": "",
        "measure": "Answers",
    }
    question |= {"answered": "3,002", "chart": chart(), "rows": [row]}
    facts = {"received": "3,002", "first": "2026-07-01", "last": "2026-07-31", "hides": True}
    return {**facts, "questions": [question]}


def document(lang: str) -> dict[str, Any]:
    """A repealed document with everything a document can have."""
    values = (
        "009001001/2026-00012",
        TITLES[1][lang],
        ISSUER[lang],
        "2026-02-26",
        "阿府办发〔2026〕12号",
        "2026-03-01 09:00",
        "2026-04-01",
        REPEALED[lang][0],
    )
    card = [
        {"label": label, "value": value, "url": "", "html_lang": ""}
        for label, value in zip(CARD[lang], values, strict=True)
    ]
    card[2] = {**card[2], "url": f"/{lang}/departments/gov-office/"}
    card[4] = {**card[4], "html_lang": "" if lang == "zh" else HTML_LANG["zh"]}
    other = "en" if lang == "zh" else "zh"
    return {
        "title": TITLES[0][lang],
        "html": Markup(HTML[lang]),
        "toc": [
            {"id": key, "title": title, "level": 2}
            for key, title in zip("abc", TOC[lang], strict=True)
        ],
        "summary": DESCRIPTION[lang],
        "date": "2026-03-01 09:00",
        "made": "2026-02-26",
        "source": ISSUER[lang],
        "keywords": ["医疗", "保险"],
        "sample": True,
        "lang": lang,
        "html_lang": HTML_LANG[lang],
        "card": card,
        "validity": {
            "state": "repealed",
            "label": REPEALED[lang][0],
            "explanation": REPEALED[lang][1],
            "is_void": True,
        },
        "attachments": [
            {
                "url": "/files/x/measures.pdf",
                "title": TITLES[2][lang],
                "type": "PDF",
                "size": "312 KB",
                "lang": "zh",
                "alternative": "0837-0000000",
                "pages": 4,
                "versions": [
                    {"url": "/files/x/measures.pdf", "type": "PDF", "pages": 1, "size": "9 KB"}
                    | {"date": "2026-02-28", "note": TITLES[3][lang]}
                ],
            }
        ],
        "picture": {**picture(lang), "caption": TITLES[3][lang]},
        "files_contact": {"name": ISSUER[lang], "phone": "0837-0000000", "email": "a@aba.example"},
        "corrections": [{"date": "2026-03-05", "what": TITLES[2][lang], "why": TITLES[3][lang]}],
        "translations": [
            {
                "lang": other,
                "html_lang": HTML_LANG[other],
                "name": OWN_NAMES[other],
                "title": TITLES[0][other],
                "url": f"/{other}/documents/2026/sample/",
                "is_outdated": True,
            }
        ],
        "related": [{"label": CARD[lang][1], "entries": [entry(lang, 1), entry(lang, 3)]}],
        "previous": entry(lang, 2),
        "next": entry(lang, 3),
        "departments": [link(ISSUER[lang], f"/{lang}/departments/gov-office/")],
        "counties": [link(COUNTIES[0][lang], f"/{lang}/counties/barkam/")],
        "audiences": [link(AUDIENCES["public"][lang], f"/{lang}/public/")],
        "column": link(COLUMNS[2][1][lang], f"/{lang}/documents/"),
        "external": ["国发〔2016〕3号"],
    }


def name(text: str, html_lang: str = "") -> dict[str, str]:
    """A name as the register shows it."""
    return {"text": text, "html_lang": html_lang}


def posts(lang: str) -> list[dict[str, Any]]:
    """A post that is held and was held by others, and one that is vacant."""
    person = name("某甲", "" if lang == "zh" else HTML_LANG["zh"])
    term = {
        "person": person,
        "since": "2026-03-01",
        "begun_by": entry(lang, 1),
        "confirmed": "2027-03-01",
        "until": "",
        "ended_by": None,
        "ended_how": "",
    }
    ended = {**term, "until": "2026-02-28", "ended_by": entry(lang, 2), "ended_how": "retire"}
    post = {
        "post": name(TITLES[2][lang]),
        "heads": True,
        "holders": [term],
        "earlier": [ended, {**ended, "begun_by": None}],
        "vacant_since": "",
    }
    return [post, {**post, "holders": [], "earlier": [ended], "vacant_since": "2026-02-28"}]


def headed(lang: str) -> dict[str, Any]:
    """An organisation with those who head it."""
    url = f"/{lang}/appointments/department/finance/"
    return {"name": name(ISSUER[lang]), "heads": posts(lang), "url": url}


def facets(lang: str) -> list[dict[str, Any]]:
    """Two facets of a front."""
    value = link(COUNTIES[0][lang], f"/{lang}/documents/county/barkam/")
    group = {"name": TITLES[3][lang], "values": [{**value, "count": 12}] * 3}
    return [{"id": "industry", **group}, {"id": "county", **group}]


def policies(lang: str) -> list[dict[str, Any]]:
    """Lines of a list that can be compared."""
    return [{**entry(lang, number), "kind": "policy"} for number in range(4)]


def appointment(lang: str) -> dict[str, Any]:
    """A notice with two decisions."""
    decision = {
        "person": name("某甲", "" if lang == "zh" else HTML_LANG["zh"]),
        "post": name(TITLES[2][lang]),
        "organisation": name(ISSUER[lang]),
        "url": f"/{lang}/appointments/department/finance/",
        "action": "appoint",
        "action_label": CARD[lang][1],
        "decided": "2026-03-01",
        "since": "",
        "basis": name(TITLES[3][lang]),
    }
    return {"decisions": [decision, {**decision, "url": "", "basis": name("")}]}


def policy(lang: str) -> dict[str, Any]:
    """What a policy says besides a document."""
    contact = {"office": ISSUER[lang], "phone": "0837-0000000", "email": "invest@aba.example"}
    lines = [DESCRIPTION[lang], TITLES[1][lang]]
    return {"benefit": lines, "apply": lines, "contact": contact}


def form() -> Form:
    """A form with every type of field; English and Tibetan are left out of some labels."""
    choices = tuple(Option(key, names) for key, names in list(AUDIENCES.items())[:3])
    name = {"zh": "姓名", "en": "Your name", "bo": "མིང་།"}
    letter = {"zh": "信件内容", "en": "Your letter", "bo": "འཕྲིན་ཡིག"}
    topic = {"zh": "事项", "en": "Topic", "bo": "དོན་ཚན།"}
    return Form(
        id="governor-mailbox",
        names={"zh": "州长信箱", "en": "Governor's mailbox", "bo": "ཁུལ་གཙོའི་འཕྲིན་སྒམ།"},
        department="gov-office",
        reference_prefix="LX",
        subject={"zh": "州长信箱来信"},
        introduction=DESCRIPTION,
        what_next={"zh": "我们将在 1 个工作日内受理。", "en": "We accept it within 1 day."},
        fields=(
            Field("topic", "choice", topic, required=True, options=choices),
            Field("name", "text", name, hint=DESCRIPTION, required=True, max_length=50),
            Field("letter", "long-text", letter, required=True, max_length=2000),
            Field("mail", "e-mail", {"zh": "电子邮箱"}, max_length=254),
            Field("phone", "phone", {"zh": "电话", "en": "Telephone"}, max_length=40),
            Field("also", "multiple", {"zh": "涉及", "en": "About"}, options=choices),
            Field("score", "scale", {"zh": "满意程度"}, required=True, min=1, max=5),
            Field("consent", "consent", {"zh": "同意"}, hint=DESCRIPTION, required=True),
        ),
    )


def due(lang: str) -> list[dict[str, Any]]:
    """What readers can still do; the last of it exists in Chinese alone."""
    return [
        {**entry(lang, number), "until": f"2026-12-{number + 4:02} 09:30"}
        | {"column_name": COLUMNS[5][1][lang]}
        for number in range(1, 4)
    ]


def picture(lang: str) -> dict[str, Any]:
    """A lead picture whose text is Chinese; a drawing, so that the style page can show it."""
    html_lang = "" if lang == "zh" else "zh-CN"
    size = {"width": 400, "height": 150, "webp": "", "sizes": "20rem", "html_lang": html_lang}
    said = {"alt": TITLES[1]["zh"], "caption": TITLES[2]["zh"]}
    return {"src": "/assets/door-tourists.svg", **said, **size}


def _columns_at(lang: str, *, is_due: bool = False) -> list[dict[str, Any]]:
    """Columns as a part of the home page has them: with what is due, with entries, with neither."""
    found = []
    for number, (key, names) in enumerate(COLUMNS[2:5]):
        column = {"id": key, **link(names[lang], f"/{lang}/{key}/"), **described(lang)}
        entries = _listing(lang)[:3] if number == 1 else []
        found.append(
            {**column, "due": due(lang) if is_due and not number else [], "entries": entries}
        )
    return found


def _listing(lang: str, *, is_news: bool = False) -> list[dict[str, Any]]:
    return [entry(lang, number, is_news=is_news) for number in range(6)]


def years(lang: str) -> list[dict[str, str]]:
    """Years of a front; in Tibetan the oldest two have their pages in Chinese alone."""
    own = [{"name": str(year), "url": f"/{lang}/{year}/"} for year in (2026, 2025, 2024)]
    if lang != "bo":
        return own
    chinese = {"html_lang": HTML_LANG["zh"], "language": OWN_NAMES["zh"]}
    return own[:1] + [
        {"name": year["name"], "url": f"/zh/{year['name']}/"} | chinese for year in own[1:]
    ]


def _body(lang: str) -> dict[str, Any]:
    return {
        "body": {
            "name": ISSUER[lang],
            "phone": "0837-0000000",
            "address": TITLES[2][lang],
            "hours": "09:00-12:00",
            "email": "office@aba.example",
            "postcode": "624000",
            "functions": described(lang)["description"],
            "functions_html_lang": described(lang)["description_html_lang"],
            "successors": [link(COUNTIES[1][lang], f"/{lang}/counties/x/")],
            "is_dissolved": True,
            "posts": headed(lang),
        },
        "due": due(lang),
        "entries": _listing(lang),
        "apart": [{"name": COLUMNS[4][1][lang], "entries": _listing(lang)[:2]}],
        "forms": forms(lang),
        "columns": column_tree(lang)[:2],
        "counties": [link(names[lang], f"/{lang}/counties/x/") for names in COUNTIES],
        "years": years(lang),
        "total": 312,
        "follow": follow(lang, "departments/x") | {"agenda": "", "data": []},
    }


def views(lang: str) -> dict[str, dict[str, Any]]:
    """Template name -> what it reads besides lang, html_lang, page, frame and site."""
    columns = [
        link(names[lang], f"/{lang}/{key}/", DESCRIPTION[lang]) for key, names in COLUMNS * 4
    ]
    counties = [link(names[lang], f"/{lang}/counties/x/", "") for names in COUNTIES]
    departments = [link(ISSUER[lang], f"/{lang}/departments/x/") | described(lang)] * 6
    return {
        "home.html": {
            "audiences": audiences(lang),
            "due": due(lang),
            "news": _listing(lang, is_news=True),
            "news_url": f"/{lang}/news/",
            "documents_url": f"/{lang}/documents/",
            "government": _columns_at(lang),
            "glance": {
                "of": link(TITLES[1]["zh"], "/zh/budgets/2026/x/") | {"html_lang": "zh-CN"},
                "unit": TITLES[2][lang],
                "lines": [
                    {"name": TITLES[2][lang], "html_lang": "", "amount": "1,204", "percent": 100},
                    {"name": TITLES[3]["zh"], "html_lang": "zh-CN", "amount": "301", "percent": 25},
                ],
            },
            "taking_part": [
                {**column, "id": f"part-{column['id']}"}
                for column in _columns_at(lang, is_due=True)
            ],
            "letters": [
                {"id": "figures", **link(COLUMNS[0][1][lang], f"/{lang}/reply-statistics/")}
                | {"entries": _listing(lang, is_news=True)[:1]}
            ],
            "pictures": [
                {"id": "aba-today", **link(COLUMNS[0][1][lang], f"/{lang}/aba-today/")}
                | {"entries": [{**line, "picture": picture(lang)} for line in _listing(lang)[:3]]}
            ],
            "videos": [
                {"id": "aba-online", **link(COLUMNS[0][1][lang], f"/{lang}/aba-online/")}
                | {"entries": _listing(lang, is_news=True)[:2]}
            ],
            "documents": _listing(lang),
            "columns": columns,
            "forms": forms(lang),
            "counties": counties,
            "common_searches": [
                {"text": task[lang], "url": f"/{lang}/search/?q=x"} for task in TASKS["public"]
            ],
        },
        "audience.html": {
            "audience": {**audiences(lang)[0], **described(lang)},
            "due": due(lang),
            "entries": _listing(lang, is_news=True),
            "columns": columns[:6],
            "forms": forms(lang),
            "follow": follow(lang, "public") | {"data": []},
        },
        "column.html": {
            "column": {
                "id": "documents",
                "name": COLUMNS[2][1][lang],
                **described(lang),
                "url": f"/{lang}/documents/",
                "level": 1,
            },
            "children": column_tree(lang)[:4],
            "due": due(lang),
            "overviews": departments[:1],
            "gallery": [{**line, "picture": picture(lang)} for line in _listing(lang)[:2]],
            "entries": _listing(lang),
            "years": _body(lang)["years"],
            "total": 1204,
            "owners": [link(ISSUER[lang], f"/{lang}/departments/gov-office/")],
            "update": "14",
            "pages": [{**entry(lang, 0, is_news=True), "date": ""}],
            "follow": follow(lang, "documents"),
            "facets": facets(lang),
            "compare_url": "",
            "register": {"bodies": [headed(lang)], "others": [headed(lang)]},
        },
        "archive.html": {
            "heading": COLUMNS[2][1][lang] + " 2026",
            "period": "2026",
            "entries": _listing(lang),
            "parts": [
                link(f"2026-{month:02}", f"/{lang}/documents/2026/{month:02}/")
                for month in range(1, 5)
            ],
        },
        "facet.html": {
            "heading": COUNTIES[0][lang],
            "about": link(COUNTIES[0][lang], f"/{lang}/counties/barkam/")
            | {"label": CARD[lang][1]},
            "posts": posts(lang),
            "entries": policies(lang),
            "parts": [],
            "compare_url": f"/{lang}/search/compare",
        },
        "department.html": _body(lang),
        "county.html": _body(lang) | {"body": _body(lang)["body"] | {"is_dissolved": False}},
        "directory.html": {
            "heading": TITLES[2][lang],
            "groups": [
                {"name": ISSUER[lang], "entries": departments},
                {"name": "", "entries": counties},
            ],
        },
        "feeds.html": {
            "heading": TITLES[1][lang],
            "site_feeds": follow(lang, "documents"),
            "groups": [
                {
                    "id": "column",
                    "heading": TITLES[2][lang],
                    "rows": [
                        link(names[lang], f"/{lang}/{key}/") | follow(lang, key)
                        for key, names in COLUMNS
                    ],
                }
            ],
            "documents": follow(lang, "documents")["data"],
            "data_index": "/data/catalogue.jsonld",
        },
        "site_map.html": {
            "columns": column_tree(lang),
            "audiences": navigation(lang)["audiences"],
            "departments": departments,
            "counties": counties,
            "forms": forms(lang),
        },
        "document.html": {"document": document(lang)},
        "appointment.html": {"document": document(lang) | appointment(lang)},
        "policy.html": {"document": document(lang) | policy(lang)},
        "news.html": {"document": document(lang) | {"validity": None, "card": [], "toc": []}},
        "page.html": {"document": document(lang) | {"validity": None, "card": [], "date": ""}},
        "form.html": {
            "form": form(),
            "action": f"/{lang}/relay/governor-mailbox/check",
            "is_open": True,
            "state_text": "",
            "draft": None,
        },
        "error.html": {
            "code": "404",
            "said": [
                {"lang": other, "html_lang": HTML_LANG[other], "heading": TITLES[2][other]}
                | {"what": DESCRIPTION[other], "links": [link(SITE_NAMES[other], f"/{other}/")]}
                for other in sorted(HTML_LANG, key=lang.__ne__)
            ],
        },
        "redirect.html": {"target": f"/{lang}/documents/2026/elsewhere/"},
        "withdrawn.html": {"reason": DESCRIPTION[lang], "date": "2026-03-01"},
        "frame.html": {},
        "feedback.html": {"document": document(lang), "tally": tally()},
        **budget_views(lang, document(lang), entry(lang, 1)),
    }
