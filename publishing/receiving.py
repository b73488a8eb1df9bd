"""What comes back from the relay: a signed bundle becomes files of the content, for a commit.

Nothing is published by this: the files are read, changed and committed like any other, and
the words that an editor has written beside a tally are never written over.
"""

from __future__ import annotations

import re
from pathlib import Path

from domain.bundles import Bundle, read_bundle

_REFERENCE = re.compile(r"^reference: \"?([A-Z]{2,4}-\d{8}-[0-9A-Z]{5})\"?$", re.MULTILINE)


def receive_bundle(folder: Path, public_key: str, content: Path) -> str:
    """The bundle's files stand in the content; what changed, and what must be withdrawn.

    A text that is there already stays as it is. Raises PortalError, with nothing changed, for a
    bundle that was not signed with this key.
    """
    bundle = read_bundle(folder, public_key)
    changed = [path for path in bundle.files if _take_over(bundle, path, content)]
    withdrawn = _find_erased(bundle, content)
    lines = [f"receive: {len(changed):,} of {len(bundle.files):,} files are new or changed"]
    lines += [f"  {path}" for path in changed]
    lines += [
        f"  {path}: its writer asked for erasure; write status: withdrawn, and take its text out"
        for path in withdrawn
    ]
    return "\n".join(lines)


def _take_over(bundle: Bundle, path: str, content: Path) -> bool:
    target, written = content / path, bundle.files[path]
    if target.exists() and (path.endswith(".md") or target.read_bytes() == written):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(written)
    return True


def _find_erased(bundle: Bundle, content: Path) -> list[str]:
    """Documents with a letter whose writer asked for erasure."""
    if not bundle.erased:
        return []
    erased = set(bundle.erased)
    found = []
    for file in sorted(content.rglob("*.md")):
        match = _REFERENCE.search(file.read_text("utf-8", errors="replace"))
        if match and match.group(1) in erased:
            found.append(str(file.relative_to(content)))
    return found
