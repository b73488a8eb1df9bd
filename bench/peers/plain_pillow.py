"""What Pillow alone takes for the same sizes: `python -m bench.peers.plain_pillow FOLDER TO JOBS`.

No check, no hash, no page: each photograph is opened, decoded at half its size as far as JPEG
allows, turned upright, brought down step by step, and written as we write it.
"""

from __future__ import annotations

import sys
from multiprocessing import get_context
from pathlib import Path

from PIL import Image, ImageOps

WIDTHS = (1280, 720, 360)


def prepare(paths: tuple[Path, Path]) -> None:
    """Three sizes in WebP and one JPEG of the largest."""
    source, target = paths
    with Image.open(source) as opened:
        opened.draft(None, (WIDTHS[0], WIDTHS[0] * 3 // 4))
        image = ImageOps.exif_transpose(opened)
    for width in WIDTHS:
        size = (width, round(image.height * width / image.width))
        image = image.resize(size, Image.Resampling.LANCZOS)
        image.save(f"{target}-{width}.webp", quality=78, method=4)
        if width == WIDTHS[0]:
            image.save(f"{target}-{width}.jpg", quality=82, optimize=True, progressive=True)


def main(folder: Path, target: Path, jobs: int) -> None:
    """Every photograph of the folder, by that many processes."""
    target.mkdir(parents=True, exist_ok=True)
    works = [(path, target / path.stem) for path in sorted(folder.rglob("*.jpg"))]
    with get_context("fork").Pool(jobs) as pool:
        pool.map(prepare, works, chunksize=4)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
