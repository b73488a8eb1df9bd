"""A tourist with a telephone on a slow line sees pictures, and pays for no more than is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Response, Route, expect

from tests.journeys.browser import PHONE_WIDTH, visit
from tests.journeys.portal import Portal

SPOT = "/zh/scenic-spots/cloud-mirror-lake/"
GALLERY = "/en/picture-galleries/2026/one-valley-four-seasons/"
MOST_PICTURE_BYTES = 60_000
MOST_PAGE_BYTES = 140_000
"""Of a page with one picture: text, style and all."""


class Arrivals:
    """What came over the line, in bytes by path, as the browser counted them."""

    def __init__(self, page: Page) -> None:
        self._answers: list[Response] = []
        page.on("response", self.note)

    def note(self, answer: Response) -> None:
        if answer.request.resource_type in ("document", "stylesheet", "image"):
            self._answers.append(answer)

    def sizes(self) -> dict[str, int]:
        return {
            urlsplit(answer.url).path: answer.request.sizes()["responseBodySize"]
            for answer in self._answers
        }

    def pictures(self) -> dict[str, int]:
        return {path: size for path, size in self.sizes().items() if "/pictures/" in path}


@contextmanager
def telephone(
    browser: Browser, portal: Portal, has_javascript: bool, ratio: float
) -> Iterator[Page]:
    with visit(
        browser,
        portal.address,
        has_javascript=has_javascript,
        width=PHONE_WIDTH,
        pixel_ratio=ratio,
    ) as visited:
        yield visited[0]


@pytest.fixture
def plain_telephone(browser: Browser, portal: Portal, has_javascript: bool) -> Iterator[Page]:
    with telephone(browser, portal, has_javascript, 1) as page:
        yield page


@pytest.fixture
def sharp_telephone(browser: Browser, portal: Portal, has_javascript: bool) -> Iterator[Page]:
    with telephone(browser, portal, has_javascript, 2) as page:
        yield page


def see(picture: Locator) -> None:
    """The picture is in sight and loaded."""
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)


@pytest.mark.parametrize(("ratio", "size", "width"), [(1, "small", 360), (2, "medium", 720)])
def test_a_tourist_sees_pictures_load_small_on_a_phone(
    browser: Browser, portal: Portal, has_javascript: bool, ratio: int, size: str, width: int
) -> None:
    with telephone(browser, portal, has_javascript, ratio) as page:
        arrivals = Arrivals(page)
        page.goto(SPOT)
        picture = page.get_by_role("img", name="平静的湖面倒映着雪山")
        see(picture)
        address = f"/pictures/page-cloud-mirror-lake/mirror-lake.jpg/{size}.webp"
        expect(picture).to_have_js_property("currentSrc", f"{portal.address}{address}")
        file_size = (portal.build / f"site{address}").stat().st_size
        assert arrivals.pictures() == {address: pytest.approx(file_size, rel=0.02)}
        sizes = arrivals.sizes()
        assert sizes[address] <= MOST_PICTURE_BYTES
        assert sizes[SPOT] > 0
        assert sum(sizes.values()) <= MOST_PAGE_BYTES
        with Image.open(portal.build / f"site{address}") as sent:
            assert (sent.format, sent.width) == ("WEBP", width)
        box = picture.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE_WIDTH


def test_only_the_first_picture_is_in_a_hurry(sharp_telephone: Page) -> None:
    arrivals = Arrivals(sharp_telephone)
    sharp_telephone.goto(GALLERY)
    pictures = sharp_telephone.locator("article picture img")
    expect(pictures).to_have_count(4)
    hurry = [pictures.nth(index).get_attribute("loading") for index in range(4)]
    assert hurry == [None, "lazy", "lazy", "lazy"]
    see(sharp_telephone.get_by_role("img", name="A frozen lake"))
    sizes = arrivals.pictures()
    assert "/pictures/gallery-four-seasons/winter-lake.jpg/medium.webp" in sizes
    assert {path.rsplit("/", 1)[1] for path in sizes} == {"medium.webp"}
    assert max(sizes.values()) <= MOST_PICTURE_BYTES


def test_what_is_read_keeps_its_place_while_pictures_load(plain_telephone: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    plain_telephone.route("**/pictures/**", hold)
    plain_telephone.goto(SPOT, wait_until="domcontentloaded")
    expect(plain_telephone.locator("body")).to_have_css("margin-top", "0px")
    heading = plain_telephone.locator(".text h2").first
    before = heading.bounding_box()
    assert held
    for route in held:
        route.continue_()
    see(plain_telephone.get_by_role("img", name="平静的湖面倒映着雪山"))
    plain_telephone.evaluate("scrollTo(0, 0)")
    after = heading.bounding_box()
    assert before is not None
    assert after is not None
    assert before["y"] == pytest.approx(after["y"], abs=1)


def test_a_column_is_entered_by_its_pictures(plain_telephone: Page) -> None:
    arrivals = Arrivals(plain_telephone)
    plain_telephone.goto("/zh/picture-galleries/")
    plain_telephone.locator(".picture-list").get_by_role("link", name="一条河谷的四季").click()
    expect(plain_telephone.get_by_role("heading", level=1)).to_have_text("图集：一条河谷的四季")
    see(plain_telephone.get_by_role("img", name="金黄的落叶松林").first)
    arrived = arrivals.pictures()
    assert "/pictures/gallery-four-seasons/autumn-larches.jpg/small.webp" in arrived
    assert max(arrived.values()) <= MOST_PICTURE_BYTES
