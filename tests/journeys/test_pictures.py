"""A tourist with a telephone on a slow line sees pictures, and pays for no more than is shown."""

import io
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Response, expect

from tests.journeys.browser import PHONE_WIDTH, visit
from tests.journeys.portal import Portal

SPOT = "/zh/scenic-spots/cloud-mirror-lake/"
GALLERY = "/en/picture-galleries/2026/one-valley-four-seasons/"
# What the whole page with its one picture may weigh on a telephone, and a picture alone.
MOST_PICTURE_BYTES = 40_000
MOST_PAGE_BYTES = 120_000


class Arrivals:
    """The answers that came over the line: their sizes by address."""

    def __init__(self, page: Page) -> None:
        self.answers: list[Response] = []
        page.on("response", self.note)

    def note(self, answer: Response) -> None:
        self.answers.append(answer)

    def sizes(self) -> dict[str, int]:
        return {urlsplit(answer.url).path: len(answer.body()) for answer in self.answers}

    def pictures(self) -> dict[str, int]:
        return {path: size for path, size in self.sizes().items() if "/pictures/" in path}


@pytest.fixture
def telephone(browser: Browser, portal: Portal, has_javascript: bool) -> Iterator[Page]:
    with visit(
        browser, portal.address, has_javascript=has_javascript, width=PHONE_WIDTH
    ) as visited:
        yield visited[0]


def test_a_tourist_sees_pictures_load_small_on_a_phone(telephone: Page, portal: Portal) -> None:
    arrivals = Arrivals(telephone)
    telephone.goto(SPOT, wait_until="networkidle")
    picture = telephone.get_by_role("img", name="平静的湖面倒映着雪山")
    expect(picture).to_be_visible()
    (address,) = arrivals.pictures()
    assert address == "/pictures/page-cloud-mirror-lake/mirror-lake.jpg/medium.webp"
    sizes = arrivals.sizes()
    assert sizes[address] <= MOST_PICTURE_BYTES
    assert sum(sizes.values()) <= MOST_PAGE_BYTES
    original = portal.build / "site" / address.removeprefix("/")
    shown = Image.open(io.BytesIO(original.read_bytes()))
    assert shown.format == "WEBP"
    assert shown.width == 720
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] <= PHONE_WIDTH
    assert abs(box["width"] / box["height"] - shown.width / shown.height) < 0.02


def test_the_pictures_further_down_come_when_the_reader_does(telephone: Page) -> None:
    arrivals = Arrivals(telephone)
    telephone.goto(GALLERY, wait_until="networkidle")
    before = set(arrivals.pictures())
    assert "/pictures/gallery-four-seasons/autumn-larches.jpg/medium.webp" in before
    assert "/pictures/gallery-four-seasons/winter-lake.jpg/medium.webp" not in before
    telephone.get_by_role("img", name="A frozen lake").scroll_into_view_if_needed()
    telephone.wait_for_load_state("networkidle")
    arrived = arrivals.pictures()
    assert "/pictures/gallery-four-seasons/winter-lake.jpg/medium.webp" in arrived
    assert {path.rsplit("/", 1)[1] for path in arrived} <= {"small.webp", "medium.webp"}
    assert max(arrived.values()) <= MOST_PICTURE_BYTES


def test_the_page_keeps_its_place_while_pictures_load(telephone: Page) -> None:
    """A picture says its size before it is there, so nothing that is read moves away."""
    nothing = b""
    telephone.route("**/pictures/**", lambda route: route.fulfill(body=nothing))
    telephone.goto(SPOT)
    without = telephone.get_by_role("heading", level=2).first.bounding_box()
    telephone.unroute("**/pictures/**")
    telephone.goto(SPOT, wait_until="networkidle")
    loaded = telephone.get_by_role("heading", level=2).first.bounding_box()
    assert without is not None
    assert loaded is not None
    assert without["y"] == pytest.approx(loaded["y"], abs=1)


def test_a_column_is_found_by_its_pictures(telephone: Page) -> None:
    arrivals = Arrivals(telephone)
    telephone.goto("/zh/picture-galleries/", wait_until="networkidle")
    telephone.get_by_role("link", name="图集：一条河谷的四季").first.click()
    expect(telephone.get_by_role("heading", level=1)).to_have_text("图集：一条河谷的四季")
    assert max(arrivals.pictures().values()) <= MOST_PICTURE_BYTES
