#!/usr/bin/env python3
"""The command line: each command is one call into publishing/.

Exit codes: 0 done and clean, 1 the content has errors or the act was refused, 2 a wrong call.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from domain.problems import PortalError
from publishing import commands
from publishing.messages import explain


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    options = make_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except PortalError as error:
        print(explain(error), file=sys.stderr)
        return 1


def make_parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="publish.py", description="Build and serve the portal.")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    check = _command(subparsers, "check", commands.check, "say what is wrong with the content")
    check.add_argument("--changed", action="store_true", help="only files that differ from HEAD")
    check.add_argument("--format", choices=("text", "json", "github"), default="text")

    build = _command(subparsers, "build", commands.build, "build the site into build/")
    build.add_argument("--full", action="store_true", help="make every page again")
    build.add_argument("--index", action="store_true", help="bring the search index up to date too")
    build.add_argument("--json", action="store_true", help="report as one line of JSON")

    index = _command(subparsers, "index", commands.index, "bring the search index up to date")
    index.add_argument("--full", action="store_true", help="a new index beside the old one")

    search = _command(subparsers, "search", commands.search, "ask the search index")
    search.add_argument("query")
    search.add_argument("--lang", default="zh", help="language of labels and of the page")
    for name in ("column", "audience", "department", "year", "kind"):
        search.add_argument(f"--{name}", default="")
    search.add_argument("--page", type=int, default=1)
    search.add_argument("--json", action="store_true")

    serve = _command(subparsers, "serve", commands.serve, "preview everything on one port")
    serve.add_argument("--port", type=int, default=8000)

    new = _command(subparsers, "new", commands.new, "begin a document with an id of its own")
    new.add_argument("kind")
    new.add_argument("title")
    new.add_argument("--column", default="", help="the kind's main column where it is left out")

    _command(subparsers, "next-change", commands.next_change, "when time alone next changes a page")
    receive = _command(
        subparsers, "receive", commands.receive, "take over what the relay sends back"
    )
    receive.add_argument("bundle", type=Path, help="the bundle's folder")
    receive.add_argument("--key", required=True, help="the relay's key, from: relay export --key")

    _command(subparsers, "register", commands.register, "note all present addresses as released")
    return parser


def _command(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: commands.Command,
    what: str,
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(name, help=what, description=what)
    parser.set_defaults(run=run)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--site", type=Path, help="a folder with content/ and perhaps theme/")
    where.add_argument("--content", type=Path, help="a folder of Markdown")
    parser.add_argument("--build", type=Path, help="where to build, build/ where left out")
    parser.add_argument("--jobs", type=int, default=2, help="processes that read and render")
    parser.add_argument("--as-of", default="", help="build as at this time, 2026-03-01 09:00")
    return parser


if __name__ == "__main__":
    sys.exit(main())
