"""The options of python -m relay: one parser for each command, and what it runs.

`__main__.py` gives the functions; a test holds docs/reference/relay.md to the commands.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

Run = Callable[[argparse.Namespace], int]


def parse_options(arguments: list[str] | None, runs: Mapping[str, Run]) -> argparse.Namespace:
    """The command and its options, with its function as `run`; ends with 2 where they are wrong."""
    parser = argparse.ArgumentParser(prog="python -m relay", description="The form relay.")
    commands = _Commands(parser)
    _add_services(commands)
    _add_letters(commands)
    _add_keeping(commands)
    _add_site(commands)
    for name, command in commands.by_name.items():
        command.set_defaults(run=runs[name])
    return parser.parse_args(arguments)


class _Commands:
    """Parsers by name; `needs` says which options a command shares with others."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self.by_name: dict[str, argparse.ArgumentParser] = {}
        self._parsers = parser.add_subparsers(required=True, metavar="COMMAND")
        self._shared = {
            "configuration": Path("relay.toml"),
            "build": Path("build"),
            "theme": Path(__file__).parent.parent / "theme",
        }

    def add_parser(self, name: str, needs: str, *, says: str) -> argparse.ArgumentParser:
        command = self._parsers.add_parser(name, help=says)
        for shared in needs.split():
            command.add_argument(f"--{shared}", type=Path, default=self._shared[shared])
        self.by_name[name] = command
        return command


def _add_services(commands: _Commands) -> None:
    commands.add_parser("init", "configuration", says="write a configuration and keys")
    serve = commands.add_parser(
        "serve", "configuration build theme", says="take letters in, and send them"
    )
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8100)
    serve.add_argument("--no-send", action="store_true", help="another process sends")
    send = commands.add_parser("send", "configuration build theme", says="send only")
    send.add_argument("--once", action="store_true", help="send what is due, then end")
    bounce = commands.add_parser("bounce", "configuration", says="take in what came by mail")
    bounce.add_argument("--maildir", type=Path, help="instead of the one of the configuration")
    probe = commands.add_parser(
        "probe", "configuration build", says="write the daily letter to ourselves"
    )
    probe.add_argument("--url", default="", help="the site, instead of the first of its origins")
    probe.add_argument("--form", default="", help="instead of the first that can be filled in")
    commands.add_parser("resume", "configuration", says="send what was stopped")
    doctor = commands.add_parser("doctor", "configuration build", says="check the set-up")
    doctor.add_argument("--outside", action="store_true", help="ask mail server and DNS as well")
    doctor.add_argument("--dns", default="", help="the name server to ask, ADDRESS[:PORT]")


def _add_letters(commands: _Commands) -> None:
    letter = commands.add_parser("letter", "configuration", says="read or release a letter")
    letter.add_argument("reference", nargs="?", default="")
    letter.add_argument("--files", type=Path, help="save the letter's files into this folder")
    letter.add_argument("--release", action="store_true", help="send a held letter on its way")
    letter.add_argument("--send-again", action="store_true", help="send what is dead once more")
    letter.add_argument("--held", action="store_true", help="list the letters that are held")
    letter.add_argument("--undelivered", action="store_true", help="list the dead mails' letters")
    events = commands.add_parser("events", "configuration", says="print and check the log")
    events.add_argument("reference", nargs="?", default="")
    events.add_argument("--published", type=Path, help="a table of the site, to be compared")
    commands.add_parser("overdue", "configuration", says="list overdue letters")
    table = commands.add_parser(
        "table", "configuration build theme", says="print a form's letters as CSV"
    )
    table.add_argument("form")


def _add_keeping(commands: _Commands) -> None:
    erase = commands.add_parser("erase", "configuration build", says="erase letters")
    erase.add_argument("reference", nargs="?", default="")
    erase.add_argument("--due", action="store_true", help="all whose time is over")
    keys = commands.add_parser("keys", "configuration", says="list or change the keys")
    keys.add_argument("--rotate", action="store_true", help="a new key seals from now on")
    keys.add_argument("--seal-anew", action="store_true", help="seal with the current key")
    keys.add_argument("--remove", default="", metavar="ID", help="an old key that nothing needs")
    backup = commands.add_parser("backup", "configuration", says="copy the store into a file")
    backup.add_argument("file", type=Path)
    backup.add_argument("--replace", action="store_true", help="in place of one that is there")
    restore = commands.add_parser("restore", "configuration", says="fill an empty store")
    restore.add_argument("file", type=Path)


def _add_site(commands: _Commands) -> None:
    export = commands.add_parser(
        "export", "configuration build", says="write what goes back to the site, signed"
    )
    export.add_argument("folder", type=Path, nargs="?", default=Path("relay-return"))
    export.add_argument("--key", action="store_true", help="only print the key that signs")
    commands.add_parser("describe", "build", says="print what may be sent where (OpenAPI)")
