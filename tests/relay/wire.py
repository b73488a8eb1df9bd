"""A wire between a store and its PostgreSQL, which a test cuts around a COMMIT."""

import socket
import threading
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from tests.relay.postgres import PostgresServer

_SOCKET = ".s.PGSQL.5432"


class Cut(StrEnum):
    """Where the wire breaks, once: before the server has the COMMIT, or before its answer is back.

    FROZEN: nothing more goes either way, and neither side is told.
    """

    NEVER = "never"
    BEFORE = "before"
    AFTER = "after"
    FROZEN = "frozen"


class Wire:
    """Carries bytes from a socket in `folder` to the server until the cut; later ones uncut."""

    def __init__(self, folder: Path, server: PostgresServer) -> None:
        self.cut = Cut.NEVER
        self.commits = 0
        self._folder = folder
        self._server = server
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / _SOCKET))
        self._listener.listen()
        self._open: list[socket.socket] = [self._listener]
        self._frozen: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, database_url: str) -> str:
        """The same database, over this wire."""
        return database_url.replace(str(self._server.folder), str(self._folder))

    def close(self) -> None:
        for one in self._open:
            _end(one)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(self._server.folder / _SOCKET))
            self._open += [near, far]
            lost = threading.Event()
            threading.Thread(target=self._ask, args=(near, far, lost), daemon=True).start()
            threading.Thread(target=self._answer, args=(far, near, lost), daemon=True).start()

    def _ask(self, near: socket.socket, far: socket.socket, lost: threading.Event) -> None:
        """From the store to the server."""
        while sent := _receive(near):
            if b"COMMIT" in sent:
                self.commits += 1
                cut, self.cut = self.cut, Cut.NEVER
                if cut is Cut.FROZEN:
                    self._frozen.add(far)
                    return
                if cut is Cut.BEFORE:
                    break
                if cut is Cut.AFTER:
                    lost.set()
            if not _send(far, sent):
                break
        _end(near)
        _end(far)

    def _answer(self, far: socket.socket, near: socket.socket, lost: threading.Event) -> None:
        """From the server to the store, unless the answer is to be lost."""
        while received := _receive(far):
            if far in self._frozen:
                return
            if lost.is_set() or not _send(near, received):
                break
        if far in self._frozen:
            return
        _end(near)
        _end(far)


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except OSError:
        return b""


def _send(connection: socket.socket, content: bytes) -> bool:
    try:
        connection.sendall(content)
    except OSError:
        return False
    return True


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
