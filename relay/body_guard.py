"""Takes a request's body in, under limits: the server in front of us has none of its own.

A size, a deadline and a minimum rate, each checked while the bytes come, before anything is
parsed; so a slow or endless body costs us a buffer of the allowed size at most.
"""

import asyncio

from starlette.requests import ClientDisconnect, Request

from relay.configuration import Limits

_FORM_TYPE = "application/x-www-form-urlencoded"
_MOST_DISCARDED_BYTES = 100_000_000


class PostRefusedError(Exception):
    """The post is not taken; `status` is what to answer: 400, 403, 408, 413, 415, 422, 429, 503.

    `received` is what had come of it by then: a person's text may be in it.
    """

    def __init__(self, status: int, received: bytes = b"") -> None:
        super().__init__(f"answered with {status}")
        self.status = status
        self.received = received


async def read_form_body(request: Request, limits: Limits) -> bytes:
    """The whole body of a form post. Raises PostRefusedError where a limit is passed.

    Of a body that is too large the beginning is kept and the rest let go by, so that the
    browser comes to read the answer, and the person finds what was written.
    """
    content_type = request.headers.get("content-type", "")
    declared = _declared_length(request)
    body, is_whole = await _receive(request, limits, limits.body_bytes, limits.body_seconds)
    if content_type.partition(";")[0].strip().lower() != _FORM_TYPE:
        raise PostRefusedError(415, body)
    if not is_whole:
        raise PostRefusedError(413, body)
    if declared is not None and declared != len(body):
        raise PostRefusedError(400, body)
    _check_charset(content_type, body)
    return body


class UploadRoom:
    """How many bytes of files may be on their way at once, over all requests of this process."""

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes

    def take(self, count: int) -> bool:
        """The room is taken; False where there is not so much."""
        if count > self._left:
            return False
        self._left -= count
        return True

    def give_back(self, count: int) -> None:
        self._left += count


async def read_upload_body(
    request: Request, limits: Limits, room: UploadRoom
) -> tuple[bytes, bool]:
    """The body of a form with files, and whether it is whole.

    Of one that is too large, the beginning, in which the texts stand: the rest is let go by,
    so that the browser comes to read the answer.
    """
    declared = _declared_length(request)
    most = limits.upload_bytes
    if declared is not None and declared > most:
        most = limits.body_bytes
    body, is_whole = await _receive(request, limits, most, limits.upload_seconds, room)
    if is_whole and declared is not None and declared != len(body):
        raise PostRefusedError(400, body)
    return body if is_whole else body[: limits.body_bytes], is_whole


def _check_charset(header: str, body: bytes) -> None:
    parameters = header.partition(";")[2]
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if charset not in ("", "utf-8"):
        raise PostRefusedError(422, body)


def _declared_length(request: Request) -> int | None:
    header = request.headers.get("content-length")
    if header is None:
        return None
    if not (header.isascii() and header.isdigit()):
        raise PostRefusedError(400)
    return int(header)


async def _receive(
    request: Request, limits: Limits, most: int, seconds: int, room: UploadRoom | None = None
) -> tuple[bytes, bool]:
    """The first `most` bytes, and whether that is all; the rest is let go by."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    received = bytearray()
    arrived = taken = 0
    stream = request.stream()
    try:
        while True:
            # The next bytes must be here before the deadline, and before the rate is too low.
            earned = limits.body_grace_seconds + arrived / max(1, limits.body_bytes_per_second)
            try:
                async with asyncio.timeout_at(begun + min(seconds, earned)):
                    chunk = await anext(stream, None)
            except TimeoutError:
                raise PostRefusedError(408, bytes(received)) from None
            except ClientDisconnect:
                raise PostRefusedError(400) from None
            if chunk is None:
                return bytes(received), arrived == len(received)
            arrived += len(chunk)
            kept = chunk[: most - len(received)]
            if room is not None and not room.take(len(kept)):
                raise PostRefusedError(503, bytes(received + kept))
            taken += len(kept)
            received += kept
            if arrived > _MOST_DISCARDED_BYTES:
                return bytes(received), False
    finally:
        if room is not None:
            room.give_back(taken)
