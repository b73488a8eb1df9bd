"""Columns: a file of named arrays and blobs, written once from front to back, read at places.

    blocks, one after the other | JSON: name -> [offset, items, type] | its offset | MAGIC

Numbers are little-endian. Small columns are mapped into memory; long ones are read where they
are asked, so that what is read once does not stay in the process.
"""

import json
import mmap
import os
import struct
import sys
import weakref
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

MAGIC: Final = b"columns1"
_FOOTER: Final = struct.Struct("<Q8s")
_ALIGNMENT: Final = 8


class ColumnsError(Exception):
    """The file is no complete file of columns."""


class ColumnsWriter:
    """Writes one column after the other; complete only after `close`, which also syncs."""

    def __init__(self, path: Path) -> None:
        if sys.byteorder != "little":
            raise ColumnsError("columns are written on little-endian machines only")
        self._file = path.open("wb")
        self._places: dict[str, tuple[int, int, str]] = {}
        self._name = ""
        self._type = ""
        self._begun_at = 0
        self._items = 0

    def begin(self, name: str, dtype: npt.DTypeLike) -> None:
        """What is appended from now on belongs to this column."""
        self._finish_column()
        self._file.write(bytes(-self._file.tell() % _ALIGNMENT))
        self._name, self._type = name, np.dtype(dtype).str
        self._begun_at, self._items = self._file.tell(), 0

    def append(self, values: Array | bytes) -> None:
        """More of the column."""
        if isinstance(values, bytes):
            self._file.write(values)
        else:
            self._file.write(np.ascontiguousarray(values, self._type).data)
        self._items += len(values)

    def put(self, name: str, values: Array | bytes) -> None:
        """The whole column."""
        self.begin(name, np.uint8 if isinstance(values, bytes) else values.dtype)
        self.append(values)

    def put_texts(self, name: str, texts: Iterable[bytes]) -> None:
        """Two columns: the texts joined, and where each begins, with the end of the last."""
        starts = [0]
        self.begin(name, np.uint8)
        for text in texts:
            self.append(text)
            starts.append(starts[-1] + len(text))
        self.put(f"{name}:starts", np.array(starts, np.uint64))

    def _finish_column(self) -> None:
        if self._name:
            self._places[self._name] = (self._begun_at, self._items, self._type)

    def close(self) -> None:
        """All of it is on the disk."""
        self._finish_column()
        directory_at = self._file.tell()
        self._file.write(json.dumps(self._places).encode())
        self._file.write(_FOOTER.pack(directory_at, MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()


class Columns:
    """The columns of a file; any number of threads may read. ColumnsError, OSError, ValueError
    where the file is not there or not whole."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        # Closed with the last reader: one may still read while others have gone on to a newer file.
        weakref.finalize(self, os.close, self._descriptor)
        size = os.fstat(self._descriptor).st_size
        if size < _FOOTER.size:
            raise ColumnsError(f"{path.name} is cut short")
        directory_at, magic = _FOOTER.unpack(
            os.pread(self._descriptor, _FOOTER.size, size - _FOOTER.size)
        )
        if magic != MAGIC or directory_at > size:
            raise ColumnsError(f"{path.name} is not whole")
        length = size - _FOOTER.size - directory_at
        self._places = json.loads(os.pread(self._descriptor, length, directory_at))
        self._map = mmap.mmap(self._descriptor, size, access=mmap.ACCESS_READ)

    def length(self, name: str) -> int:
        """Number of items."""
        return int(self._places[name][1])

    def dtype(self, name: str) -> "np.dtype[Any]":
        """Type of the items."""
        kind: np.dtype[Any] = np.dtype(self._places[name][2])
        return kind

    def mapped(self, name: str) -> Array:
        """The column as it lies on the disk; pages come in as they are touched."""
        offset, items, dtype = self._places[name]
        return np.frombuffer(self._map, dtype, items, offset)

    def read(self, name: str, first: int, end: int) -> Array:
        """The items from `first` on and before `end`, read now."""
        offset, items, dtype = self._places[name]
        kind = np.dtype(dtype)
        end = min(end, items)
        start, stop = offset + first * kind.itemsize, offset + end * kind.itemsize
        parts = []
        while start < stop:
            part = os.pread(self._descriptor, stop - start, start)
            if not part:
                raise ColumnsError("a file of columns has shrunk")
            parts.append(part)
            start += len(part)
        return np.frombuffer(b"".join(parts) if len(parts) > 1 else (parts or [b""])[0], kind)

    def texts(self, name: str) -> "Texts":
        """A column written by put_texts."""
        offset, items, _ = self._places[name]
        starts_at, count, _ = self._places[f"{name}:starts"]
        starts = memoryview(self._map)[starts_at : starts_at + 8 * count].cast("Q")
        return Texts(memoryview(self._map)[offset : offset + items], starts)


class Texts:
    """Texts by number, as bytes."""

    __slots__ = ("_blob", "_starts")

    def __init__(self, blob: memoryview, starts: memoryview) -> None:
        self._blob = blob
        self._starts = starts

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._blob[self._starts[number] : self._starts[number + 1]])

    def find(self, wanted: bytes) -> int:
        """Number of this text among sorted ones, -1 where it is not."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self[low] == wanted else -1
