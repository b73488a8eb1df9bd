"""The operators' configuration, relay.toml: addresses, mail server, limits. Never in content/.

`configuration_file.py` reads it, `configuration_checks.py` says what is wrong with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from relay.routing import PROBE, Routing

FORMAT = 1
_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The smarthost and our side of every mail. `timeout_seconds` ends one whole delivery."""

    host: str = "127.0.0.1"
    port: int = 25
    starttls: str = "required"
    ca_file: str = ""
    username: str = ""
    password_file: str = ""
    from_address: str = ""
    from_name: str = ""
    envelope_sender: str = ""
    helo_name: str = ""
    maildir: str = ""
    dkim_selector: str = ""
    timeout_seconds: int = 120


@dataclass(frozen=True, slots=True)
class Limits:
    """What one visitor, one request and the whole store may take."""

    body_bytes: int = 524_288
    body_seconds: int = 30
    body_bytes_per_second: int = 1_000
    body_grace_seconds: int = 5
    upload_bytes: int = 16_777_216
    upload_seconds: int = 300
    uploads_bytes: int = 50_331_648
    fields: int = 200
    minimum_seconds: int = 2
    token_minutes: int = 240
    receipt_minutes: int = 60
    lookups_per_hour: int = 10
    posts_per_minute: int = 120
    letters_per_hour: int = 20
    letters_per_hour_in_all: int = 1_000
    receipts_per_day: int = 3
    staff_link_hours: int = 168
    desk_minutes: int = 120
    reminder_days: int = 3
    retention_days: int = 730
    busy_seconds: float = 5.0
    lease_seconds: int = 300
    reserve_bytes: int = 67_108_864
    store_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that operators decide. `addresses` maps department ids to where their mail goes,

    `age_keys` those that have one to the public key for letters in mode age.
    """

    data_folder: Path
    addresses: Mapping[str, str]
    fallback: str
    mail: MailSettings
    limits: Limits = field(default_factory=Limits)
    timezone: str = "Asia/Shanghai"
    origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    staff_language: str = "zh"
    database: str = ""
    routing: Routing = field(default_factory=Routing)
    age_keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def store_file(self) -> Path:
        return self.data_folder / "letters.sqlite"

    @property
    def keys_file(self) -> Path:
        return self.data_folder / "keys.json"

    @property
    def site_url(self) -> str:
        """The site's own address, for links in mails; empty where none is named."""
        return self.origins[0] if self.origins else ""

    @property
    def mail_domain(self) -> str:
        """The domain of our own address: Message-IDs end with it."""
        return self.mail.from_address.rpartition("@")[2]

    @property
    def envelope_base(self) -> str:
        """The address from which each mail's own envelope sender is made."""
        return self.mail.envelope_sender or self.mail.from_address

    def find_address(self, route: str, day: date) -> str | None:
        """Where mail for a department goes on that day: to itself, or to who stands in for it.

        The route "fallback", and a department that nobody with an address stands for: fallback.
        """
        if route == PROBE:
            return self.envelope_base
        reached = self._find_reached(route, day)
        return self.addresses[reached] if reached else self.fallback or None

    def find_age_key(self, route: str, day: date) -> str:
        """The key of whoever has the mail for a department on that day; "" where there is none."""
        return self.age_keys.get(self._find_reached(route, day) or "fallback", "")

    def _find_reached(self, route: str, day: date) -> str:
        reached = [one for one in self.routing.stand_ins(route, day) if one in self.addresses]
        return reached[-1] if reached else ""
