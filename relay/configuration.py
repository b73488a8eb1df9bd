"""The operators' configuration, relay.toml: addresses, mail server, limits. Never in content/.

Each mistake is one Problem; all of them are reported together, and nothing starts with one.
"""

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from domain.clock import get_timezone
from domain.problems import PortalError, Problem, did_you_mean, format_problem
from relay.age import is_age_key
from relay.mail_addresses import is_deliverable_address
from relay.routing import Absence, Route, Routing

FORMAT = 1
_DAY = date(2026, 1, 1)
STARTTLS_POLICIES = ("required", "never")


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
        if route == "probe":
            return self.envelope_base
        reached = self._find_reached(route, day)
        return self.addresses[reached] if reached else self.fallback or None

    def find_age_key(self, route: str, day: date) -> str:
        """The key of whoever has the mail for a department on that day; "" where there is none."""
        return self.age_keys.get(self._find_reached(route, day) or "fallback", "")

    def _find_reached(self, route: str, day: date) -> str:
        reached = [one for one in self.routing.stand_ins(route, day) if one in self.addresses]
        return reached[-1] if reached else ""


def load_configuration(file: Path) -> Configuration:
    """The configuration of `file`. Raises PortalError with all its problems."""
    try:
        read = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise PortalError(
            f"{file}: the configuration cannot be read ({type(error).__name__}). "
            "Write one with: python -m relay init"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PortalError(f"{file}: this is not TOML: {error}") from None
    reader = _Reader(file.name, read)
    configuration = _read_configuration(reader, file.parent)
    problems = sorted([*reader.problems, *check_configuration(configuration, file.name)])
    if problems:
        listed = "\n\n".join(format_problem(problem) for problem in problems)
        raise PortalError(f"{listed}\n\n{len(problems)} problem(s) in {file}", problems)
    return configuration


def check_configuration(configuration: Configuration, file: str = "relay.toml") -> list[Problem]:
    """What is wrong with the values as such; nothing is connected to."""
    problems = [
        Problem(file, 0, "relay-address", f'the address of {name} is "{address}"',
                "A letter sent there would never arrive.",
                "Write one plain address such as mailbox@example.org.")
        for name, address in [
            *configuration.addresses.items(),
            ("fallback", configuration.fallback),
            ("mail.from_address", configuration.mail.from_address),
            ("mail.envelope_sender", configuration.mail.envelope_sender or "a@b.example"),
        ]
        if not is_deliverable_address(address)
    ]  # fmt: skip
    mail = configuration.mail
    if mail.starttls not in STARTTLS_POLICIES:
        problems.append(
            Problem(file, 0, "relay-starttls", f'mail.starttls is "{mail.starttls}"',
                    "Letters must never cross a network in plain text.",
                    "Write required, or never for a server on this machine.")
        )  # fmt: skip
    elif mail.starttls == "never" and not _is_loopback(mail.host):
        problems.append(
            Problem(file, 0, "relay-starttls",
                    f'mail.starttls is "never" for the host "{mail.host}"',
                    "Letters must never cross a network in plain text.",
                    "Write required; never is for 127.0.0.1 and ::1 only.")
        )  # fmt: skip
    if mail.timeout_seconds >= configuration.limits.lease_seconds:
        problems.append(
            Problem(file, 0, "relay-lease",
                    f"mail.timeout_seconds is {mail.timeout_seconds}, "
                    f"limits.lease_seconds {configuration.limits.lease_seconds}",
                    "A second sender would send a mail that the first is still sending.",
                    "Let the lease be longer than the longest delivery, for example 120 and 300.")
        )  # fmt: skip
    problems += [
        Problem(file, 0, "relay-age-key", f'the age key of {name} is "{key}"',
                "Letters could not be encrypted to it, and their text would not be sent.",
                "Write the public key that age-keygen prints; it begins with age1.")
        for name, key in configuration.age_keys.items()
        if not is_age_key(key)
    ]  # fmt: skip
    return problems + _check_places(configuration, file) + _check_routing(configuration, file)


def _check_routing(configuration: Configuration, file: str) -> list[Problem]:
    """Rules that lead to nobody, and departments that stand in for each other in a circle."""
    routing, problems = configuration.routing, []
    targets = [(f"[[routes]] {number}", route.to) for number, route in enumerate(routing.routes, 1)]
    targets += [(f"[merged] {gone}", heir) for gone, heir in routing.merged.items()]
    targets += [(f"[[absences]] of {one.department}", one.to) for one in routing.absences]
    for where, target in targets:
        *_, last = ["", *routing.stand_ins(target, _DAY)]
        if last not in configuration.addresses and last != "fallback":
            problems.append(
                Problem(file, 0, "relay-route", f'{where} leads to "{target}", which has no address',
                        "Letters would go to the fallback, and their department would not know.",
                        f'Add to [addresses]: {target or "department"} = "..."')
            )  # fmt: skip
        elif routing.merged.get(last):
            problems.append(
                Problem(file, 0, "relay-route", f'{where} leads to "{target}", and in a circle back',
                        "Nobody at the end of it has the letters.",
                        "Let [merged] name the department that there is now.")
            )  # fmt: skip
    problems += [
        Problem(file, 0, "relay-route",
                f"[[absences]] of {one.department}: the last day is before the first",
                "Nobody would stand in.", "Exchange first and last.")
        for one in routing.absences
        if one.last < one.first
    ]  # fmt: skip
    return problems


def _check_places(configuration: Configuration, file: str) -> list[Problem]:
    problems = []
    try:
        get_timezone(configuration.timezone)
    except ValueError:
        problems.append(
            Problem(file, 0, "relay-timezone", f'timezone is "{configuration.timezone}"',
                    "References and mails carry the site's own time.",
                    "Write a name such as Asia/Shanghai.")
        )  # fmt: skip
    for network in configuration.trusted_proxies:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            problems.append(
                Problem(file, 0, "relay-proxy", f'trusted_proxies names "{network}"',
                        "The address of a visitor is taken from these proxies only.",
                        "Write an address or a network, such as 127.0.0.1 or 10.0.0.0/8.")
            )  # fmt: skip
    return problems


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Reader:
    """Takes typed values out of TOML tables and notes what does not fit."""

    def __init__(self, file: str, table: dict[str, Any]) -> None:
        self.file = file
        self.table = table
        self.problems: list[Problem] = []

    def check_keys(self, table: Mapping[str, Any], known: list[str], where: str) -> None:
        for key in table:
            if key not in known:
                nearest = did_you_mean(key, known)
                remedy = f"Did you mean {nearest}?" if nearest else f"Known: {', '.join(known)}."
                self._note(f'{where} has no setting "{key}"', remedy, "relay-unknown-key")

    def read_value(
        self, table: Mapping[str, Any], key: str, default: Any, where: str = "relay.toml"
    ) -> Any:
        value = table.get(key, default)
        wanted = (int, float) if isinstance(default, float) else (type(default),)
        is_wrong_number = isinstance(value, bool) or (isinstance(value, int | float) and value < 0)
        if isinstance(value, wanted) and not is_wrong_number:
            return value
        self._note(
            f"{where}: {key} is {value!r}",
            f"Write a value like {default!r}.",
            "relay-value",
        )
        return default

    def read_table(self, key: str) -> dict[str, Any]:
        table = self.table.get(key, {})
        if isinstance(table, dict):
            return table
        self._note(f"{key} is not a table", f"Begin it with a line [{key}].", "relay-value")
        return {}

    def read_tables(self, key: str, samples: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The tables of a list, each with a value like those of `samples`."""
        tables = self.table.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            self._note(
                f"{key} is not a list of tables", f"Begin each with [[{key}]].", "relay-value"
            )
            return []
        for number, table in enumerate(tables, start=1):
            self.check_keys(table, list(samples), f"[[{key}]] {number}")
        return [
            {
                name: self.read_value(table, name, like, f"[[{key}]]")
                for name, like in samples.items()
            }
            for table in tables
        ]

    def read_strings(self, key: str) -> tuple[str, ...]:
        values = self.table.get(key, [])
        if isinstance(values, list) and all(isinstance(value, str) for value in values):
            return tuple(values)
        self._note(f"{key} is not a list of texts", f'Write {key} = ["..."].', "relay-value")
        return ()

    def _note(self, message: str, remedy: str, code: str) -> None:
        why = "The relay starts only with a configuration that it understands whole."
        self.problems.append(Problem(self.file, 0, code, message, why, remedy))


def _read_configuration(reader: _Reader, beside: Path) -> Configuration:
    top = ["format", "data_folder", "timezone", "origins", "trusted_proxies",
           "staff_language", "database", "mail", "limits", "addresses",
           "routes", "merged", "absences", "age_keys"]  # fmt: skip
    reader.check_keys(reader.table, top, "relay.toml")
    if reader.table.get("format") != FORMAT:
        reader.problems.append(
            Problem(reader.file, 0, "relay-format", f"format is {reader.table.get('format')!r}",
                    "A configuration of another version may mean something else.",
                    f"Write format = {FORMAT}.")
        )  # fmt: skip
    addresses = {
        str(name): address if isinstance(address, str) else repr(address)
        for name, address in reader.read_table("addresses").items()
    }
    return Configuration(
        data_folder=beside / reader.read_value(reader.table, "data_folder", "relay-data"),
        addresses={name: one for name, one in addresses.items() if name != "fallback"},
        fallback=addresses.get("fallback", ""),
        mail=MailSettings(**_read_settings(reader, "mail", MailSettings())),
        limits=Limits(**_read_settings(reader, "limits", Limits())),
        timezone=reader.read_value(reader.table, "timezone", "Asia/Shanghai"),
        origins=reader.read_strings("origins"),
        trusted_proxies=reader.read_strings("trusted_proxies"),
        staff_language=reader.read_value(reader.table, "staff_language", "zh"),
        database=reader.read_value(reader.table, "database", ""),
        routing=_read_routing(reader),
        age_keys={str(name): str(key) for name, key in reader.read_table("age_keys").items()},
    )


def _read_routing(reader: _Reader) -> Routing:
    merged = reader.read_table("merged")
    routes = reader.read_tables("routes", {one.name: "" for one in fields(Route)})
    samples = {"department": "", "first": _DAY, "last": _DAY, "to": ""}
    absences = reader.read_tables("absences", samples)
    return Routing(
        routes=tuple(Route(**found) for found in routes),
        merged={str(gone): str(heir) for gone, heir in merged.items()},
        absences=tuple(Absence(**found) for found in absences),
    )


def _read_settings(reader: _Reader, name: str, defaults: MailSettings | Limits) -> dict[str, Any]:
    table = reader.read_table(name)
    known = [one.name for one in fields(defaults)]
    reader.check_keys(table, known, f"[{name}]")
    return {
        key: reader.read_value(table, key, getattr(defaults, key), f"[{name}]") for key in known
    }
