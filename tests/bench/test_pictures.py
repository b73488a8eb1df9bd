"""The bench of pictures measures what it says: all photographs differ, both sides make all sizes."""

import sys
from pathlib import Path

import pytest
from PIL import Image

from bench.peers.plain_pillow import prepare
from bench.photographs import write_photographs
from bench.pictures import PicturesRequest, print_pictures, run_pictures


@pytest.mark.slow
def test_photographs_have_twelve_megapixels_and_each_its_own_bytes(tmp_path: Path) -> None:
    paths = write_photographs(tmp_path, 9, seed=1)
    assert len({path.read_bytes() for path in paths}) == 9
    with Image.open(paths[8]) as image:
        assert image.size == (4_000, 3_000)
    assert 1_000_000 < paths[0].stat().st_size < 6_000_000
    prepare((paths[0], tmp_path / "made"))
    assert {path.name for path in tmp_path.glob("made*")} == {
        *("made-1280.webp", "made-1280.jpg", "made-720.webp", "made-360.webp"),
    }


@pytest.mark.slow
def test_a_run_measures_every_step(tmp_path: Path) -> None:
    request = PicturesRequest(photographs=2, jobs=1, seed=1, repeat=1, work=tmp_path)
    table = print_pictures(run_pictures(request))
    steps = ("Pillow alone", "first build", "nothing changed", "one photograph replaced")
    assert all(f"| {step} |" in table for step in steps)
    assert sys.executable not in table
