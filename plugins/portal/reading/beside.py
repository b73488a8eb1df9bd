"""Files beside a document that are read with it, as the figures of a budget are.

What a kind asks for is noted on the document, there or not: when such a file is changed, added
or removed, its documents are read anew (plugins.portal.building.ingest).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

OpenFile = Callable[[str], bytes | None]
"""The bytes of a content path, at most the site's limit and one more; None where no file is."""


def no_files(_path: str) -> bytes | None:
    """For texts that lie nowhere: nothing is beside them."""
    return None


class Beside:
    """The files around one document; `paths` are those asked for, in order.

    `lines` maps each key of its head to its line, for problems with what it names.
    """

    def __init__(self, source: str, lines: Mapping[str, int], open_file: OpenFile) -> None:
        self.source = source
        self.lines = lines
        self._open_file = open_file
        self.paths: list[str] = []

    def read(self, path: str) -> bytes | None:
        """The bytes of a content path; None where no file is."""
        if path not in self.paths:
            self.paths.append(path)
        return self._open_file(path)
