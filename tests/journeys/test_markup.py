"""The Nu HTML checker has nothing to say about any page of the shipped site, nor any answer."""

from pathlib import Path

from playwright.sync_api import Browser

from domain.languages import LANGUAGES
from tests.checker.nu import read_complaints
from tests.journeys.browser import visit
from tests.journeys.portal import Portal
from tests.journeys.service_pages import SourceOfPage, walk_services

WRONG = """<!doctype html>
<html lang="en"><head><title>Wrong</title></head><body><h1>Wrong</h1><p><div></div></p></body></html>
"""


def test_every_page_is_clean_for_the_html_checker(
    browser: Browser, portal: Portal, tmp_path: Path
) -> None:
    for lang in LANGUAGES:
        with visit(browser, portal.address, has_javascript=False) as (page, watch):
            source = SourceOfPage(page)
            for name in walk_services(page, watch, portal, lang):
                source.write(tmp_path / f"{lang} {name}.html")
    answered = len(list(tmp_path.iterdir()))
    assert answered == len({path.name.partition(" ")[2] for path in tmp_path.iterdir()}) * 3
    # Beside them one page that is wrong, so that silence means that the checker was asked.
    (tmp_path / "wrong.html").write_text(WRONG, encoding="utf-8")
    complaints = read_complaints([portal.build / "site", tmp_path])
    others = [complaint for complaint in complaints if "wrong.html" not in complaint]
    assert others == [], "\n" + "\n".join(others)
    assert len(complaints) == 1
