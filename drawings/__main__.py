"""Writes every drawing into theme/static/."""

from pathlib import Path

from drawings.scenes import SCENES

STATIC = Path(__file__).parents[1] / "theme" / "static"

for name, draw in SCENES.items():
    (STATIC / f"{name}.svg").write_text(draw(), encoding="utf-8")
