"""Takes a request's body in, under limits: the server in front of us has none of its own.

A size, a deadline and a minimum rate, each checked while the bytes come, before anything is
parsed; so a slow or endless body costs us a buffer of the allowed size at most.
"""

import asyncio

from starlette.requests import ClientDisconnect, Request

from relay.configuration import Limits

_FORM_TYPE = "application/x-www-form-urlencoded"


class PostRefusedError(Exception):
    """The post is not taken; `status` is what to answer: 400, 403, 408, 413, 415 or 422."""

    def __init__(self, status: int) -> None:
        super().__init__(f"answered with {status}")
        self.status = status


async def read_form_body(request: Request, limits: Limits) -> bytes:
    """The whole body of a form post. Raises PostRefusedError as soon as a limit is passed."""
    _check_content_type(request.headers.get("content-type", ""))
    declared = _declared_length(request)
    if declared is not None and declared > limits.body_bytes:
        raise PostRefusedError(413)
    body = await _receive(request, limits)
    if declared is not None and declared != len(body):
        raise PostRefusedError(400)
    return body


def _check_content_type(header: str) -> None:
    kind, _, parameters = header.partition(";")
    if kind.strip().lower() != _FORM_TYPE:
        raise PostRefusedError(415)
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if charset not in ("", "utf-8"):
        raise PostRefusedError(422)


def _declared_length(request: Request) -> int | None:
    header = request.headers.get("content-length")
    if header is None:
        return None
    if not (header.isascii() and header.isdigit()):
        raise PostRefusedError(400)
    return int(header)


async def _receive(request: Request, limits: Limits) -> bytes:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    deadline = begun + limits.body_seconds
    received = bytearray()
    stream = request.stream()
    while True:
        # The next bytes must be here before the deadline, and before the rate so far is too low.
        earned = limits.body_grace_seconds + len(received) / max(1, limits.body_bytes_per_second)
        try:
            async with asyncio.timeout_at(min(deadline, begun + earned)):
                chunk = await anext(stream, None)
        except TimeoutError:
            raise PostRefusedError(408) from None
        except ClientDisconnect:
            raise PostRefusedError(400) from None
        if chunk is None:
            return bytes(received)
        received += chunk
        if len(received) > limits.body_bytes:
            raise PostRefusedError(413)
