"""What is wrong with the values of relay.toml as such: addresses, routing, TLS, places.

Nothing is connected to and nothing read but the configuration itself.
"""

import ipaddress
from datetime import date

from domain.clock import get_timezone
from domain.problems import Problem
from relay.age import is_age_key
from relay.configuration import Configuration
from relay.mail_addresses import is_deliverable_address

STARTTLS_POLICIES = ("required", "never")
_DAY = date(2026, 1, 1)


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
