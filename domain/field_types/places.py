"""Addresses of all sorts: sites, links, folders, e-mail, telephone."""

import re
from urllib.parse import urlsplit

from domain.fields import Report, scalar_of
from domain.problems import quoted
from domain.yaml_source import Node

_EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{1,62}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{2,28}[0-9]", flags=re.ASCII)
_PATH = re.compile(r"(?!/|[a-z]+:)[^?#]*(?:\?[^#]*)?(?:#.*)?")


def web_address(name: str, node: Node, report: Report) -> str | None:
    """An http or https address of a site, without a slash at its end."""
    value = scalar_of(name, node, "an address", report)
    if value is None:
        return None
    if _is_web_address(value):
        return value
    report.add(
        node.line,
        "meta-address",
        f"{name} {quoted(value)} is not the address of a site",
        "Feeds, site maps and search engines need it whole.",
        "Write it like https://www.aba.example, without a slash at the end.",
    )
    return None


def _is_web_address(value: str) -> bool:
    if not value.isascii() or re.search(r"[\s<>\"'\\]", value) or value.endswith("/"):
        return False
    try:
        parts = urlsplit(value)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
            and not (parts.query or parts.fragment or parts.username)
        )
    except ValueError:
        return False


def link(name: str, node: Node, report: Report) -> str | None:
    """A link out of a vocabulary file: https://..., or a path below the language, "budgets/"."""
    value = scalar_of(name, node, "a link", report)
    if value is None:
        return None
    is_clean = bool(value) and not re.search(r"[\s<>\"'\\\x00-\x1f]", value)
    if is_clean and (re.match(r"https?://[^/]", value) or _PATH.fullmatch(value)):
        return value
    report.add(
        node.line,
        "meta-link",
        f"{name} {quoted(value)} is not a link",
        "A reader who follows it would get nowhere.",
        'Write a path without the language, such as "budgets/", or https:// and the rest.',
    )
    return None


def folder_pattern(name: str, node: Node, report: Report) -> str | None:
    """A pattern of paths below the content folder: "departments/finance/**"."""
    value = scalar_of(name, node, "a pattern of folders", report)
    if value is None:
        return None
    if value and not re.search(r"[\\\x00-\x1f]|^/|(^|/)\.\.(/|$)", value):
        return value
    report.add(
        node.line,
        "meta-folder",
        f"{name} {quoted(value)} is not a folder of the content",
        "It says whose documents these are; outside the content there are none.",
        'Write it from the content folder on, such as "departments/finance/**".',
    )
    return None


def email(name: str, node: Node, report: Report) -> str | None:
    """An e-mail address in ASCII, without a name."""
    value = scalar_of(name, node, "an e-mail address", report)
    if value is None or _EMAIL.fullmatch(value):
        return value
    report.add(
        node.line,
        "meta-email",
        f"{name} {quoted(value)} is not an e-mail address",
        "Letters sent to it would be lost.",
        "Write it like office@aba.example.",
    )
    return None


def phone(name: str, node: Node, report: Report) -> str | None:
    """A telephone number as people write it."""
    value = scalar_of(name, node, "a telephone number", report)
    if value is None or _PHONE.fullmatch(value):
        return value
    report.add(
        node.line,
        "meta-phone",
        f"{name} {quoted(value)} is not a telephone number",
        "Whoever calls it would reach nobody.",
        "Write it with the area code, like 0837-2822233.",
    )
    return None
