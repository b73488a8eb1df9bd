"""The home page is small enough for a slow link in the mountains."""

import gzip
import re

import pytest

from domain.languages import LANGUAGES
from tests.journeys.portal import Portal

MOST_BYTES = 60_000
"""Of the page and all that it asks for but pictures of the content, compressed."""

ASSET = re.compile(r'(?:href|src)="(/assets/[^"]+)"')
IN_STYLE = re.compile(r'url\("(/assets/[^"]+)"\)')


@pytest.mark.parametrize("lang", LANGUAGES)
def test_home_is_light(portal: Portal, lang: str) -> None:
    site = portal.build / "site"
    page = (site / lang / "index.html").read_text(encoding="utf-8")
    style = (site / "assets/site.css").read_text(encoding="utf-8")
    assets = {*ASSET.findall(page), *IN_STYLE.findall(style)}
    assert {"/assets/site.css", "/assets/valley.svg", "/assets/door-public.svg"} <= assets
    parts = [page.encode(), *((site / name[1:]).read_bytes() for name in sorted(assets))]
    assert sum(len(gzip.compress(part)) for part in parts) <= MOST_BYTES
