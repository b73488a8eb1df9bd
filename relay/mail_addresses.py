"""Which mail addresses the relay will put into a header or an SMTP command.

Narrower than the RFC on purpose: an address from a form is text from a stranger, and all
that could end a line, start a comment, a quoted part or an encoded word is refused.
"""

import re

_LOCAL_PART = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+'=-]{0,62}[A-Za-z0-9_+-])?", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
_LONGEST = 254


def is_deliverable_address(text: str) -> bool:
    """True for one plain address, local@domain, of ASCII letters, digits and . _ + ' = - only."""
    local, at, domain = text.partition("@")
    labels = domain.split(".")
    return (
        bool(at)
        and len(text) <= _LONGEST
        and _LOCAL_PART.fullmatch(local) is not None
        and ".." not in local
        and len(labels) >= 2
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )
