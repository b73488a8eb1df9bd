"""The theme's drawings are those of the code, small, and ask for nothing."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from drawings.scenes import SCENES
from publishing.settings import SHIPPED_THEME

MOST_BYTES = 6_000


@pytest.mark.parametrize("name", SCENES)
def test_a_drawing_is_what_its_code_draws(name: str) -> None:
    file = SHIPPED_THEME / "static" / f"{name}.svg"
    assert file.read_text(encoding="utf-8") == SCENES[name](), "run: make drawings"


@pytest.mark.parametrize(
    "file", sorted((SHIPPED_THEME / "static").glob("*.svg")), ids=lambda file: file.stem
)
def test_a_drawing_is_small_and_keeps_to_itself(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.encode()) <= MOST_BYTES
    tags = {element.tag.partition("}")[2] for element in ElementTree.fromstring(text).iter()}
    assert tags <= {"svg", "path", "rect", "circle"}
    assert re.findall(r"href|style|url\(|on\w+=", text) == []


def test_every_audience_has_a_drawing() -> None:
    doors = {name.removeprefix("door-") for name in SCENES if name.startswith("door-")}
    assert doors == {"public", "enterprises", "investors", "tourists"}
