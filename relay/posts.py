"""Reading a post: where it comes from is judged first, then its body taken in under limits."""

from starlette.requests import Request

from relay.body_guard import PostRefusedError, read_form_body
from relay.configuration import Configuration
from relay.origin import PostOrigin, judge_origin
from relay.urlencoded import Fields, MalformedFormError, TooManyFieldsError, parse_urlencoded


async def read_post(request: Request, configuration: Configuration) -> tuple[Fields, PostOrigin]:
    """The fields, and whether the post comes from our pages or does not say.

    Raises PostRefusedError: 403 for another site's post, before a byte of it is read.
    """
    origin = judge_origin(request.headers, configuration.origins)
    if origin is PostOrigin.FOREIGN:
        raise PostRefusedError(403)
    body = await read_form_body(request, configuration.limits)
    try:
        return parse_urlencoded(body, configuration.limits.fields), origin
    except TooManyFieldsError:
        raise PostRefusedError(413) from None
    except MalformedFormError:
        raise PostRefusedError(422) from None
