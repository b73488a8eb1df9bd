"""Writes every drawing of the sample content, or those named: `python -m drawings.painted [NAME...]`."""

from __future__ import annotations

import sys
from pathlib import Path

from drawings.painted.scenes import SCENES, draw

QUALITY = 76


def main(names: list[str], folder: Path) -> int:
    """Each scene as <folder>/<name>.jpg, small enough to lie in a repository."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or sorted(SCENES):
        target = folder / f"{name}.jpg"
        draw(name).save(target, quality=QUALITY, optimize=True, progressive=True)
        sys.stdout.write(f"{target}: {target.stat().st_size / 1000:.0f} KB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).parents[2] / "content" / "pictures"))
