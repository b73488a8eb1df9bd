"""What it takes to be sure that something is on the disk."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """The file's or folder's content is on the disk, not only on its way."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
