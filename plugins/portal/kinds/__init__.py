"""The kinds of documents there are. A new kind is one file here, one template, and its docs."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.portal.kinds.appointment import AppointmentKind
from plugins.portal.kinds.budget import BudgetKind
from plugins.portal.kinds.document import DocumentKind
from plugins.portal.kinds.feedback import FeedbackKind
from plugins.portal.kinds.news import NewsKind
from plugins.portal.kinds.page import PageKind
from plugins.portal.kinds.policy import PolicyKind
from plugins.portal.reading.kind import Kind

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        DocumentKind(),
        NewsKind(),
        PageKind(),
        BudgetKind(),
        AppointmentKind(),
        PolicyKind(),
        FeedbackKind(),
    )
}

__all__ = ["KINDS", "Kind"]
