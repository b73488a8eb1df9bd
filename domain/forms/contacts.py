"""Telephone numbers and e-mail addresses that citizens give, brought to one way of writing."""

import re
import unicodedata

_MOBILE = re.compile(r"1[3-9]\d{9}", flags=re.ASCII)
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d\d))([2-9]\d{6,7})(?:#(\d{1,6}))?", flags=re.ASCII)
_SERVICE = re.compile(r"[48]00\d{7}", flags=re.ASCII)
_ABROAD = re.compile(r"\+(?!86)[1-9]\d{6,14}", flags=re.ASCII)
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|#|(?<=\d{7})-)\s*(\d{1,6})$", flags=re.IGNORECASE)

LONGEST_EMAIL = 254
LONGEST_LOCAL_PART = 64
LONGEST_LABEL = 63
_ATOM = r"[A-Za-z0-9!#$&'*+/=^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def clean_phone(value: str) -> str | None:
    """The number in one way of writing, None when it is none.

    Mobile 13800000000, landline 0837-2822233 or 0837-2822233-12 with its extension, service
    4001234567, abroad +4930123456. China's +86 is dropped. A landline needs its area code.
    """
    digits = unicodedata.normalize("NFKC", value)
    digits = re.sub(r"[‐-―−]", "-", digits).strip()  # the dashes of typography
    extension = _EXTENSION.search(digits)
    if extension:
        digits = f"{digits[: extension.start()]}#{extension.group(1)}"
    digits = re.sub(r"[\s().-]", "", digits)
    national = _national(digits)
    if _MOBILE.fullmatch(national) or _SERVICE.fullmatch(national):
        return national
    landline = _LANDLINE.fullmatch(national)
    if landline:
        return "-".join(part for part in landline.groups() if part)
    abroad = re.sub(r"^00", "+", digits)
    return abroad if _ABROAD.fullmatch(abroad) else None


def _national(digits: str) -> str:
    """The number as it is dialled within China: without +86, landlines with their 0."""
    national = re.sub(r"^(?:(?:\+|00)86|86(?=1[3-9]\d{9}$))", "", digits)
    is_abbreviated = national != digits and re.match(r"10|[2-9]", national)
    is_landline = is_abbreviated and not _SERVICE.fullmatch(national)
    return f"0{national}" if is_landline else national


def clean_email(value: str) -> str | None:
    """The one address, its domain in ASCII small letters; None for anything else.

    No name, no quotes, no second address, no encoded words: what stands here may become the
    only text of a citizen's in a mail header (Reply-To).
    """
    address = unicodedata.normalize("NFC", value)
    local, at_sign, domain = address.rpartition("@")
    if not at_sign or len(address) > LONGEST_EMAIL or "=?" in address:
        return None
    if not _LOCAL_PART.fullmatch(local) or len(local) > LONGEST_LOCAL_PART:
        return None
    ascii_domain = _ascii_domain(domain)
    if ascii_domain is None or len(local) + 1 + len(ascii_domain) > LONGEST_EMAIL:
        return None
    return f"{local}@{ascii_domain}"


def _ascii_domain(domain: str) -> str | None:
    """The domain as it stands in the name system; None when it can be none."""
    if not domain.isascii():
        # Loaded for the rare domain in Han: its tables are large.
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    labels = domain.lower().split(".")
    is_sound = all(_LABEL.fullmatch(label) and len(label) <= LONGEST_LABEL for label in labels)
    if len(labels) < 2 or not is_sound or labels[-1].isdigit():
        return None
    return ".".join(labels)
