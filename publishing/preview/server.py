"""Serves one application on one port of this machine until Ctrl-C."""

import errno
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from domain.problems import PortalError, Problem

HOST = "127.0.0.1"
GRACE_SECONDS = 2


def open_port(port: int) -> socket.socket:
    """A socket listening on `port` of this machine, 0 for any that is free.

    Raises PortalError where the port is taken. Called before the build, so that nobody waits
    for a site that could not be served.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise PortalError("the preview was not started", [_port_problem(port, error)]) from error
    return listener


def _port_problem(port: int, error: OSError) -> Problem:
    is_taken = error.errno == errno.EADDRINUSE
    return Problem(
        file="serve",
        line=0,
        code="serve-port",
        message=f"port {port} is {'taken' if is_taken else 'not allowed to this user'}",
        why=(
            "Another program answers there, perhaps a preview that still runs."
            if is_taken
            else "Ports below 1024 belong to the system."
        ),
        remedy=f"Choose another port: make serve PORT={max(port + 1, 8001)}.",
    )


class PreviewServer(uvicorn.Server):
    """A server that tells long-lived answers when it is asked to end."""

    def __init__(self, config: uvicorn.Config, on_exit: Callable[[], None]) -> None:
        """`on_exit` is called within the signal handler: it may set a flag and no more."""
        super().__init__(config)
        self._on_exit = on_exit

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C or a polite kill: end the event streams, then the server."""
        self._on_exit()
        super().handle_exit(sig, frame)


def run_server(application: ASGIApp, listener: socket.socket, on_exit: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; open pages and streams end within two seconds."""
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    try:
        PreviewServer(config, on_exit).run(sockets=[listener])
    except KeyboardInterrupt:
        # uvicorn raises it again once everything has ended in order.
        return
    finally:
        listener.close()
