"""News and notices: what is told on a day, without a document card."""

from __future__ import annotations

from plugins.portal.reading.kind import Kind


class NewsKind(Kind):
    """A dated report or notice."""

    name = "news"
    main_column = "news"
    template = "news.html"
    label = "News"
    schema_type = "NewsArticle"
