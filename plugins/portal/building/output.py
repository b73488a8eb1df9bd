"""Output: files of the site written whole or not at all, and pruned."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_file(path: Path, data: bytes) -> None:
    """The file has these bytes; at no moment does it have some of them."""
    temporary = f"{path}.new"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    with open(descriptor, "wb", buffering=0) as file:
        file.write(data)
    os.replace(temporary, path)


def prune_file(root: Path, path: Path) -> None:
    """The file is gone, and so are folders above it, below `root`, that it leaves empty."""
    path.unlink(missing_ok=True)
    folder = path.parent
    with contextlib.suppress(OSError):
        while folder != root:
            folder.rmdir()
            folder = folder.parent


def prune_unknown(root: Path, is_known: set[str]) -> int:
    """Files below `root` that no output names are gone; how many there were.

    Only a build without an earlier ledger needs this: otherwise the ledger knows what to prune.
    """
    pruned = 0
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
            if path not in is_known:
                prune_file(root, Path(folder, name))
                pruned += 1
    return pruned
