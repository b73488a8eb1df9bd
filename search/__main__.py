"""python -m search serve|index|query|replicate|unanswered: the search by itself, as operators run it."""

import argparse
import ipaddress
import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from domain.problems import PortalError
from search import apply_rows, find
from search.documents import FILTERS
from search.following import follow_rows
from search.unanswered import read_unanswered
from search.watch import Limits

if TYPE_CHECKING:
    from search.postgresql import PostgresBackend


_ADDRESS_HELP = "a database instead of the index folder, as libpq names it"


def main(arguments: list[str] | None = None) -> int:
    """The command's exit code: 0 done, 1 refused, 2 wrong call."""
    parser = _make_parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except PortalError as error:
        print(error, file=sys.stderr)
        return 1


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m search", description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build"), help="the build folder")
    commands = parser.add_subparsers(required=True)

    serve = commands.add_parser("serve", help="answer over HTTP")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8101)
    serve.add_argument("--theme", type=Path, default=Path(__file__).parent.parent / "theme")
    serve.add_argument(
        "--per-minute", type=int, default=300, help="questions of one client; 0: no limit"
    )
    serve.add_argument("--burst", type=int, default=60, help="questions of one client at once")
    serve.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        help="address or network whose X-Forwarded-For is believed; 127.0.0.1 and ::1 if not said",
    )
    serve.add_argument("--postgresql", default="", help=_ADDRESS_HELP)
    serve.set_defaults(run=_serve)

    index = commands.add_parser("index", help="bring the index up to the search rows")
    index.add_argument("--full", action="store_true", help="build it anew")
    index.add_argument("--postgresql", default="", help=_ADDRESS_HELP)
    index.set_defaults(run=_index)

    copy = commands.add_parser(
        "replicate", help="copy the newest index for services that only read"
    )
    copy.add_argument("target", type=Path, help="the build folder of the replica")
    copy.set_defaults(run=_replicate)

    unanswered = commands.add_parser("unanswered", help="queries without result, most asked first")
    unanswered.add_argument("--days", type=int, default=30)
    unanswered.set_defaults(run=_unanswered)

    query = commands.add_parser("query", help="answer one query as JSON")
    query.add_argument("text")
    query.add_argument("--lang", default="")
    query.add_argument("--page", type=int, default=1)
    for name in FILTERS:
        query.add_argument(f"--{name}", dest=f"by_{name}", default="")
    query.set_defaults(run=_query)
    return parser


def _serve(options: argparse.Namespace) -> int:
    import uvicorn

    from search.service import make_application

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("uvicorn.error").addFilter(_without_traceback)
    # uvicorn's access log would write down every query beside the address that asked it.
    uvicorn.run(
        make_application(
            options.build, options.theme, _limits(options), _backend(options.postgresql)
        ),
        host=options.host,
        port=options.port,
        access_log=False,
        server_header=False,
    )
    return 0


def _backend(address: str) -> "PostgresBackend | None":
    if not address:
        return None
    # Loaded only where it is wanted: it takes a tenth of a second.
    from search.postgresql import PostgresBackend

    return PostgresBackend(address)


def _limits(options: argparse.Namespace) -> Limits | None:
    if not options.per_minute:
        return None
    proxies = tuple(options.trusted_proxy) or Limits().trusted_proxies
    for network in proxies:
        try:
            ipaddress.ip_network(network)
        except ValueError as cause:
            raise PortalError(f"search: {network!r} is no address and no network.") from cause
    return Limits(options.per_minute, options.burst, proxies)


def _without_traceback(record: logging.LogRecord) -> bool:
    """Messages of exceptions may quote what was asked; the service logs the place itself."""
    record.exc_info = None
    record.exc_text = None
    return True


def _index(options: argparse.Namespace) -> int:
    backend = _backend(options.postgresql)
    if backend is None:
        print(apply_rows(options.build, options.full))
    else:
        print(follow_rows(options.build, backend, options.full))
        backend.close()
    return 0


def _replicate(options: argparse.Namespace) -> int:
    from search.replication import replicate

    print(replicate(options.build, options.target))
    return 0


def _unanswered(options: argparse.Namespace) -> int:
    since = datetime.now(UTC).date() - timedelta(days=options.days)
    for text, times in read_unanswered(options.build, since):
        print(f"{times:>6}  {text}")
    return 0


def _query(options: argparse.Namespace) -> int:
    chosen = {name: getattr(options, f"by_{name}") for name in FILTERS}
    filters = {name: value for name, value in chosen.items() if value}
    answer = find(
        options.build, options.text, lang=options.lang, filters=filters, page=options.page
    )
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
