"""Reading a post: where it comes from is judged first, then its body taken in under limits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from relay.body_guard import PostRefusedError, UploadRoom, read_form_body, read_upload_body
from relay.configuration import Configuration
from relay.multipart import Upload, parse_multipart, read_boundary
from relay.origin import PostOrigin, judge_origin
from relay.urlencoded import Fields, MalformedFormError, TooManyFieldsError, parse_urlencoded

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Received:
    """A post as it came, and its bytes. `is_whole` is False where files made it too large."""

    fields: Fields
    origin: PostOrigin
    body: bytes
    uploads: tuple[Upload, ...] = ()
    is_whole: bool = True


async def read_post(request: Request, configuration: Configuration) -> Received:
    """The fields, and whether the post comes from our pages or does not say.

    Raises PostRefusedError: 403 for another site's post, before a byte of it is read.
    """
    origin = _judge(request, configuration)
    body = await read_form_body(request, configuration.limits)
    most = configuration.limits.fields
    fields = _parsed(lambda: parse_urlencoded(body, most), body, malformed=422)
    return Received(fields, origin, body)


async def read_post_with_files(
    request: Request, configuration: Configuration, room: UploadRoom
) -> Received:
    """The fields and files of a form that asks for files; as `read_post` where none are sent."""
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        return await read_post(request, configuration)
    origin = _judge(request, configuration)
    boundary = read_boundary(content_type)
    if boundary is None:
        raise PostRefusedError(400)
    limits = configuration.limits
    body, is_whole = await read_upload_body(request, limits, room)
    fields, uploads = _parsed(
        lambda: parse_multipart(body, boundary, limits.fields, is_whole=is_whole),
        body,
        malformed=400,
    )
    return Received(fields, origin, body, tuple(uploads), is_whole)


def _judge(request: Request, configuration: Configuration) -> PostOrigin:
    origin = judge_origin(request.headers, configuration.origins)
    if origin is PostOrigin.FOREIGN:
        raise PostRefusedError(403)
    return origin


def _parsed(parse: Callable[[], Parsed], body: bytes, malformed: int) -> Parsed:
    try:
        return parse()
    except TooManyFieldsError:
        raise PostRefusedError(413, body) from None
    except MalformedFormError:
        raise PostRefusedError(malformed, body) from None
