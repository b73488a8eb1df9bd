"""Contents: what a file's bytes are called, by the build that offers a file and the search that
reads it alike."""

import hashlib
from io import BufferedReader
from typing import Final

_CHARACTERS: Final = 32


def content_hash(data: bytes) -> str:
    """The name of these bytes: 128 bits of SHA-256, which most processors have a circuit for."""
    return hashlib.sha256(data).hexdigest()[:_CHARACTERS]


def content_hash_of(file: BufferedReader) -> str:
    """The same of a file, which need not fit into memory."""
    return hashlib.file_digest(file, "sha256").hexdigest()[:_CHARACTERS]
