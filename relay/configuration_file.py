"""Reading relay.toml: typed values out of TOML, and every mistake a Problem, all of them together.

Nothing starts with one. What the values mean: `configuration.py`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from domain.problems import PortalError, Problem, did_you_mean, format_problem
from relay.configuration import FORMAT, Configuration, Limits, MailSettings
from relay.configuration_checks import check_configuration
from relay.routing import Absence, Route, Routing

_DAY = date(2026, 1, 1)


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
