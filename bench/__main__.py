"""The bench's command line: see `python -m bench --help` for what it measures."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import BenchError, letters, registers
from bench.charts import BEGIN, END, measure_charts
from bench.corpus import Corpus
from bench.forms import FORMS, write_corpus
from bench.letters import table as letters_table
from bench.lists import shipped_lists
from bench.pictures import PicturesRequest, print_pictures, run_pictures
from bench.prose import DEFAULT_FOLDER, load_prose
from bench.registers import measure_registers
from bench.runner import SYSTEMS, RunRequest, run
from bench.searching import table as search_table
from bench.searching.child import ENGINES
from bench.searching.runner import SearchRun, run_search
from bench.table import print_table, put_between, put_tables


def main(arguments: Sequence[str]) -> int:
    """0 done, 2 with a message where something is missing."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "corpus":
            _corpus(options)
        elif options.command == "run":
            _run(options)
        elif options.command == "charts":
            _charts(options)
        elif options.command == "letters":
            _letters(options)
        elif options.command == "registers":
            _registers(options)
        elif options.command == "pictures":
            _pictures(options)
        elif options.command == "search":
            _search(options)
        elif options.into:
            put_tables(options.results, options.into)
        else:
            print("\n\n".join(map(print_table, options.results)))
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    return 0


def _corpus(options: argparse.Namespace) -> None:
    prose = load_prose(options.prose)
    if options.to.exists() and any(options.to.iterdir()):
        raise BenchError(f"{options.to} is not empty; nothing was written")
    corpus = Corpus(options.documents, options.seed, prose, shipped_lists())
    files = write_corpus(corpus, options.form, options.to)
    print(f"{options.to}: {options.documents:,} documents, {files:,} files with attachments")


def _run(options: argparse.Namespace) -> None:
    request = RunRequest(
        sizes=options.sizes,
        repeat=options.repeat,
        seed=options.seed,
        prose=options.prose,
        out=options.out,
        work=options.work,
        systems=options.systems,
        jobs=options.jobs,
        keep=options.keep,
    )
    result = run(request)
    print(print_table(result))
    print(f"\n{result}")


def _charts(options: argparse.Namespace) -> None:
    text = measure_charts(options.number)
    print(text)
    if options.into:
        put_between(text, options.into, BEGIN, END)


def _letters(options: argparse.Namespace) -> None:
    result = letters.measure_letters(options.work, options.build, options.stored, options.seconds)
    if options.out:
        options.out.write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")
    text = letters_table.print_table(result)
    print(text)
    if options.into:
        put_between(text, options.into, letters_table.BEGIN, letters_table.END)


def _registers(options: argparse.Namespace) -> None:
    text = measure_registers(options.sizes)
    print(text)
    if options.into:
        put_between(text, options.into, registers.BEGIN, registers.END)


def _pictures(options: argparse.Namespace) -> None:
    request = PicturesRequest(
        photographs=options.photographs,
        jobs=options.jobs,
        seed=options.seed,
        repeat=options.repeat,
        work=options.work,
    )
    result = run_pictures(request)
    if options.out:
        options.out.write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")
    print(print_pictures(result))


def _search(options: argparse.Namespace) -> None:
    request = SearchRun(
        sizes=options.sizes,
        questions=options.questions,
        engines=options.engines,
        seed=options.seed,
        prose=options.prose,
        out=options.out,
        work=options.work,
        kept=options.kept,
        only_index=options.only_index,
    )
    result = options.result or run_search(request)
    if result is None:
        return
    text = search_table.print_search(result)
    print(f"{text}\n\n{result}")
    if options.into:
        put_between(text, options.into, search_table.BEGIN, search_table.END)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    corpus = commands.add_parser("corpus", help="write a corpus")
    corpus.add_argument("--documents", type=int, required=True, help="translations counted")
    corpus.add_argument("--to", type=Path, required=True, help="a folder that is empty or new")
    corpus.add_argument("--form", choices=sorted(FORMS), default="portal")

    measure = commands.add_parser("run", help="build it with everything, and measure")
    measure.add_argument("--sizes", type=_sizes, default=[1_000, 10_000], metavar="N,N")
    measure.add_argument("--repeat", type=int, default=3)
    measure.add_argument("--systems", type=lambda text: text.split(","), default=list(SYSTEMS))
    measure.add_argument("--jobs", type=int, default=2, help="of our builds")
    measure.add_argument("--out", type=Path, default=Path("bench/results"))
    measure.add_argument("--work", type=Path, help="where to build (default: a temporary folder)")
    measure.add_argument("--keep", type=Path, help="build here, and go on here after a cut")

    pictures = commands.add_parser("pictures", help="photographs into sizes, beside Pillow alone")
    pictures.add_argument("--photographs", type=int, default=1_000)
    pictures.add_argument("--jobs", type=int, default=2)
    pictures.add_argument("--seed", type=int, default=1)
    pictures.add_argument("--repeat", type=int, default=1)
    pictures.add_argument("--work", type=Path, help="where (default: a temporary folder)")
    pictures.add_argument("--out", type=Path, help="the result as JSON")

    search = _add_search(commands)
    for command in (corpus, measure, search):
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--prose", type=Path, default=DEFAULT_FOLDER, help="real texts")

    charts = commands.add_parser("charts", help="measure charts and figures of budgets")
    charts.add_argument("--number", type=int, default=100, help="of each, a round")
    charts.add_argument("--into", type=Path, help="a page with the marks for it")

    letters_command = commands.add_parser("letters", help="how many letters the relay takes in")
    letters_command.add_argument("--build", type=Path, default=Path("build"))
    letters_command.add_argument("--work", type=Path, help="a folder on the disk to be measured")
    letters_command.add_argument("--stored", type=int, default=letters.STORED)
    letters_command.add_argument("--seconds", type=float, default=letters.SECONDS, help="a phase")
    letters_command.add_argument("--out", type=Path, help="the result as JSON")
    letters_command.add_argument("--into", type=Path, help="a page with the marks for it")
    posts = commands.add_parser("registers", help="what one notice, one closed policy makes anew")
    posts.add_argument("--sizes", type=_sizes, default=[500, 1_500], metavar="N,N")
    posts.add_argument("--into", type=Path, help="a page with the marks for it")

    table = commands.add_parser("table", help="a result as Markdown")
    table.add_argument("results", type=Path, nargs="+", help="shown one below the other")
    table.add_argument("--into", type=Path, help="a page with the marks for it")
    return parser


def _add_search(commands: Any) -> argparse.ArgumentParser:
    search: argparse.ArgumentParser = commands.add_parser(
        "search", help="the search beside other engines"
    )
    search.add_argument("--sizes", type=_sizes, default=[10_000, 100_000], metavar="N,N")
    search.add_argument("--questions", type=int, default=1_000)
    search.add_argument("--engines", type=lambda text: text.split(","), default=list(ENGINES))
    search.add_argument("--out", type=Path, default=Path("bench/results"))
    search.add_argument("--work", type=Path, help="where indexes are and stay (default: nowhere)")
    search.add_argument(
        "--kept", type=Path, default=Path("build/bench"), help="where Whoosh's indexes are kept"
    )
    search.add_argument("--only-index", action="store_true", help="index what is not yet, no more")
    search.add_argument("--result", type=Path, help="print this result instead of measuring")
    search.add_argument("--into", type=Path, help="a page with the marks for it")
    return search


def _sizes(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
