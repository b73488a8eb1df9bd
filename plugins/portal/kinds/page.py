"""Standing texts: who we are, how to reach us; no year in their addresses."""

from __future__ import annotations

from plugins.portal.reading.kind import Kind


class PageKind(Kind):
    """A text that stands until it is replaced, dated or not."""

    name = "page"
    main_column = "institutions"
    template = "page.html"
    label = "Pages"
    schema_type = "WebPage"
    is_dated = False
