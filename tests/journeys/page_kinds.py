"""One address for every page kind in every language: what axe reads and what is looked at."""

from collections.abc import Iterator

from domain.languages import LANGUAGES
from tests.journeys.browser import HELD
from tests.journeys.portal import Portal

# The same in each language: the name of the page kind, and its address below /<lang>/.
STANDING = {
    "home": "",
    "audience": "public/",
    "main column": "documents/",
    "column with facets": "investment-policies/",
    "facet": "investment-policies/state/open/",
    "posts of an organisation": "appointments/department/finance/",
    "register of posts": "post-register/",
    "comparison": "search/compare?id=inv-2026-006&id=econ-2026-014&id=green-mining-equipment",
    "comparison without one of them": "search/compare?id=inv-2026-006&id=no-such-policy",
    "comparison of nothing known": "search/compare?id=no-such-policy",
    "comparison not understood": "search/compare?policy=inv-2026-006",
    "comparison of too many": "search/compare?id=a&id=b&id=c&id=d&id=e",
    "withdrawn": "public-announcements/2026/road-closure-sample/",
    "departments": "departments/",
    "budgets by department": "budgets/by-department/",
    "budgets by year": "budgets/by-department/education/",
    "counties": "counties/",
    "forms": "forms/",
    "form": "forms/governor-mailbox/",
    "form with files": "forms/travel-complaint/",
    "form of opinions": "forms/school-bus-opinions/",
    "form of a survey": "forms/service-survey/",
    "site map": "site-map/",
    "feeds": "feeds/",
    "search": "search/",
    "search of most of a question": "search/?q=开办企业",
    "search with what was meant": "search/?q=高令津贴",
    "search narrowed": "search/?q=医保&kind=document&from=2025-01-01&sort=date",
    "search without results": "search/?q=zzzzzz&kind=news",
    "search for a number": "search/?q=阿府发〔2026〕12号",
    "search in Tibetan": "search/?q=མཐོ་སྒང",
    "search in English": "search/?q=medical+insurance",
    "document inquiry": "search/documents",
    "document inquiry with results": "search/documents?year=2026&validity=in-force",
    "document inquiry without results": "search/documents?number=川府发〔1999〕1号",
    "status": "relay/status",
    "form that is not there": "relay/no-such-form/check",
    "not found": "no-such-page/",
}
# Old addresses of renamed documents. Their pages lead on at once, unless they are held.
RENAMED = {
    "zh": "old/gaoling-jintie.html",
    "en": "old/elderly-allowance.html",
    "bo": "old/elderly-allowance-questions.html",
}
# Written for the web server, which gives them when it refuses or fails: nothing here does.
ERRORS = ("403", "500", "503")
MEANT_TO_FAIL = {
    f"/{lang}/{address}"
    for lang in LANGUAGES
    for address in ("search/compare", "relay/no-such-form/check", "no-such-page/")
}


def page_kinds(portal: Portal) -> Iterator[tuple[str, str]]:
    """(name, address) of each page kind; the name begins with the language."""
    for lang in LANGUAGES:
        for name, address in STANDING.items():
            yield f"{lang} {name}", f"/{lang}/{address}"
        yield f"{lang} department", first_link(portal, lang, "departments")
        yield f"{lang} county", first_link(portal, lang, "counties")
        yield f"{lang} style", f"/style/{lang}/"
        yield from _documents(portal, lang)
        yield f"{lang} redirect", f"/{lang}/{RENAMED[lang]}?{HELD}"
    for code in ERRORS:
        yield f"zh error {code}", f"/errors/{code}.html"


def _documents(portal: Portal, lang: str) -> Iterator[tuple[str, str]]:
    rows = [row for row in portal.documents() if row.lang == lang]
    for kind in sorted({row.kind for row in rows}):
        row = next(row for row in rows if row.kind == kind)
        yield f"{lang} {kind}", row.url
    if letter := next((row for row in rows if row.column == "selected-replies"), None):
        yield f"{lang} answered letter", letter.url
    if void := next((row for row in rows if row.validity in ("repealed", "void")), None):
        yield f"{lang} document not in force", void.url
    # A standing page has a year of its date, and no folder of that year.
    if dated := next((row for row in rows if row.year and f"/{row.year}/" in row.url), None):
        yield f"{lang} archive", f"/{lang}/{dated.column}/{dated.year}/"
        yield f"{lang} search for a title", f"/{lang}/search/?q={dated.title[:4]}"
        yield f"{lang} column of the document", f"/{lang}/{dated.column}/"


def first_link(portal: Portal, lang: str, directory: str) -> str:
    """The first page below a directory, by name of its folder."""
    folders = sorted((portal.build / "site" / lang / directory).glob("*/index.html"))
    return f"/{lang}/{directory}/{folders[0].parent.name}/"
