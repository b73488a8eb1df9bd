"""The commands of publish.py: options in, messages and an exit code out."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict

from domain.problems import has_errors
from plugins.portal.building.report import BuildReport
from plugins.portal.building.sources import SourceScan
from publishing.messages import count_of, warnings_text
from publishing.settings import SiteFolders, build_request, find_folders

Command = Callable[[Namespace], int]


def _folders(options: Namespace) -> SiteFolders:
    return find_folders(options.site, options.content, options.build)


def check(options: Namespace) -> int:
    """All problems of the content; 1 when one of them is an error."""
    from plugins.portal.building.build import check_site
    from publishing.checking import changed_files, format_problems

    folders = _folders(options)
    request = build_request(folders, jobs=options.jobs, as_of=options.as_of)
    problems = check_site(request)
    if options.changed:
        files = changed_files(folders.content)
        problems = [problem for problem in problems if problem.file in files]
    print(format_problems(problems, options.format))
    return 1 if has_errors(problems) else 0


def build(options: Namespace) -> int:
    """The site built, with warnings and a line of what was done."""
    folders = _folders(options)
    with SourceScan(folders.content) as scan:
        # `git` is at work while this is imported, which takes as long.
        from plugins.portal.building.build import build_site

        request = build_request(
            folders, jobs=options.jobs, as_of=options.as_of, is_full=options.full
        )
        report = build_site(request, scan)
    if report.distrust:
        print(report.distrust, file=sys.stderr)
    if report.problems:
        print(warnings_text(report.problems), file=sys.stderr)
    if options.index:
        from search.indexing import apply_rows

        for line in apply_rows(folders.build).warnings():
            print(line, file=sys.stderr)
    print(json_line(report) if options.json else text_line(report))
    return 0


def json_line(report: BuildReport) -> str:
    """The report as one line of JSON."""
    values = {**asdict(report), "problems": len(report.problems)}
    del values["distrust"]  # it is said in words
    return json.dumps(values)


def text_line(report: BuildReport) -> str:
    """The report as one line for people."""
    return (
        f"build: {report.documents:,} documents ({report.added:,} added, {report.changed:,} "
        f"changed, {report.removed:,} removed); {report.outputs_written:,} outputs written, "
        f"{report.outputs_removed:,} removed; {count_of(report.problems)}; "
        f"{report.seconds:.2f} s"
    )


def index(options: Namespace) -> int:
    """The search index has all rows of the last build."""
    from search.indexing import apply_rows

    print(apply_rows(_folders(options).build, full=options.full))
    return 0


def search(options: Namespace) -> int:
    """The answers to a query, as the service would give them."""
    from publishing.searching import print_answers

    return print_answers(_folders(options).build, options)


def serve(options: Namespace) -> int:
    """Site, search, relay and mail catcher on one port, until Ctrl-C."""
    from publishing.serving import serve_preview

    return serve_preview(_folders(options), options.port, options.jobs, options.as_of)


def new(options: Namespace) -> int:
    """A new document's file, with an id that no other has."""
    from publishing.new import write_new_document

    print(write_new_document(_folders(options), options.kind, options.title, options.column))
    return 0


def next_change(options: Namespace) -> int:
    """The moment at which time alone next changes a page of the last build."""
    from publishing.clockwork import find_next_change

    folders = _folders(options)
    request = build_request(folders, as_of=options.as_of)
    print(find_next_change(request) or "nothing is due")
    return 0


def receive(options: Namespace) -> int:
    """A bundle of the relay becomes files of the content."""
    from publishing.receiving import receive_bundle

    print(receive_bundle(options.bundle, options.key, _folders(options).content))
    return 0


def register(options: Namespace) -> int:
    """The addresses of the last build noted in content/register/."""
    from publishing.registering import write_register

    print(write_register(_folders(options)))
    return 0
