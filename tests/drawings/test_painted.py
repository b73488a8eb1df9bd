"""The pictures of the sample content are those of the code, and light enough for a repository."""

import io

import pytest

from drawings.painted.__main__ import QUALITY
from drawings.painted.scenes import SCENES, draw
from publishing.settings import SHIPPED_CONTENT

MOST_BYTES = 200_000


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_is_there_and_light(name: str) -> None:
    assert (SHIPPED_CONTENT / "pictures" / f"{name}.jpg").stat().st_size <= MOST_BYTES


def test_there_is_no_other_picture() -> None:
    found = {path.stem for path in (SHIPPED_CONTENT / "pictures").iterdir()}
    assert found == set(SCENES)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dawn-ridges", "new-year-night"])
def test_the_same_name_draws_the_same_picture(name: str) -> None:
    buffer = io.BytesIO()
    draw(name).save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    kept = SHIPPED_CONTENT / "pictures" / f"{name}.jpg"
    assert buffer.getvalue() == kept.read_bytes(), "run: python -m drawings.painted"
