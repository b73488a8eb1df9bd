"""Every scene by its name, which is its seed too."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from drawings.painted import landscapes, valleys
from drawings.painted.canvas import Canvas

SCENES: dict[str, Callable[[Canvas], None]] = {
    "autumn-larches": landscapes.autumn_larches,
    "barley-terraces": valleys.barley_terraces,
    "dawn-ridges": landscapes.dawn_ridges,
    "grassland-river": landscapes.grassland_river,
    "mirror-lake": landscapes.mirror_lake,
    "new-year-night": valleys.new_year_night,
    "pear-blossom": valleys.pear_blossom,
    "snow-pass": valleys.snow_pass,
    "stone-towers": valleys.stone_towers,
    "terraced-pools": landscapes.terraced_pools,
    "three-tower-village": valleys.three_tower_village,
    "valley-road": valleys.valley_road,
    "waterfall-forest": landscapes.waterfall_forest,
    "winter-lake": landscapes.winter_lake,
}


def draw(name: str) -> Image.Image:
    """The scene of that name."""
    canvas = Canvas(name)
    SCENES[name](canvas)
    return canvas.finished()
