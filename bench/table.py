"""A result as Markdown: medians, ratios, memory and counts, with the machine named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench import BenchError
from bench.plot import draw_times
from bench.systems import EDIT, FULL, STEPS

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
OURS = "ours"
PICTURE = "Seconds of a full build by each system, and of one edit by ours, against documents"

Row = dict[str, Any]


def put_tables(results: Sequence[Path], page: Path) -> None:
    """The page has the results' tables between its two marks, in place of those before, and
    beside it lies the picture of time against size of all of them."""
    picture = page.with_name("bench.svg")
    rows = [row for path in results for row in json.loads(path.read_text("utf-8"))["steps"]]
    picture.write_text(draw_times(rows), "utf-8")
    tables = [print_table(path) for path in results]
    put_between("\n\n".join([*tables, f"![{PICTURE}]({picture.name})"]), page, BEGIN, END)


def put_between(text: str, page: Path, begin: str, end: str) -> None:
    """The page has the text between these marks, in place of what was there."""
    before = page.read_text("utf-8")
    if begin not in before or end not in before:
        raise BenchError(f"{page} has no {begin} and {end}; nothing was changed")
    head, _, rest = before.partition(begin)
    tail = rest.partition(end)[2]
    page.write_text(f"{head}{begin}\n{text}\n{end}{tail}", "utf-8")


def print_table(path: Path) -> str:
    """The whole result as Markdown."""
    result = json.loads(path.read_text("utf-8"))
    rows: list[Row] = result["steps"]
    sizes = sorted({row["size"] for row in rows})
    parts = [_conditions(result), _full_builds(result, rows, sizes), _changes(rows, sizes)]
    parts += [_counts_in_words(rows, sizes), _edits_beside_peers(result, rows, sizes)]
    return "\n\n".join(filter(None, parts))


def _conditions(result: Row) -> str:
    machine, versions = result["machine"], result["versions"]
    corpus = result["corpus"]
    return (
        f"Taken {result['taken'][:10]} on {machine['cores']} cores of {machine['processor']}, "
        f"{machine['memory']}, {machine['system']}, {machine['file system']}, load before "
        f"{machine['load before']}; {_versions(versions)}; project {versions['project']}. Corpus: seed "
        f"{corpus['seed']}, prose {corpus['prose']}. Median of {result['repeat']}, "
        f"{result['jobs']} processes of ours."
    )


def _versions(versions: Row) -> str:
    """Of what was measured and of what it runs on, as far as it was there."""
    names = {"python": "Python", "pelican": "Pelican", "markdown": "Markdown", "hugo": "Hugo"}
    names |= {"eleventy": "Eleventy", "node": "Node"}
    return ", ".join(f"{name} {versions[key]}" for key, name in names.items() if key in versions)


def _full_builds(result: Row, rows: Sequence[Row], sizes: Sequence[int]) -> str:
    lines = []
    for size in sizes:
        for name, title in result["systems"].items():
            found = _select(rows, name, size, FULL)
            if not found:
                continue
            lines.append(
                [
                    f"{size:,}",
                    title,
                    _spread(found, "seconds"),
                    _ratio(rows, name, size),
                    f"{_median(found, 'processor_seconds'):.1f}",
                    f"{_median(found, 'pressure'):.0%}",
                    f"{_median(found, 'peak_pss_mb'):,.0f}",
                    f"{found[0]['pages']:,}",
                    f"{found[0]['files']:,}",
                    f"{_median(found, 'seconds') / found[0]['pages'] * 1_000:.2f}",
                ]
            )
    names = ["documents", "full build by", "seconds (least to most)", "times ours"]
    names += [
        "processor seconds",
        "pressure",
        "peak memory, MB",
        "HTML pages",
        "files",
        "ms a page",
    ]
    return _table(names, lines)


def _changes(rows: Sequence[Row], sizes: Sequence[int]) -> str:
    counts = ("outputs_written", "outputs_removed", "views_computed")
    lines = []
    for step, title in STEPS.items():
        for size in sizes:
            found = _select(rows, OURS, size, step)
            if not found:
                continue
            lines.append(
                [
                    title,
                    f"{size:,}",
                    _spread(found, "seconds"),
                    f"{_median(found, 'peak_pss_mb'):,.0f}",
                    *(_same(row["counts"][count] for row in found) for count in counts),
                ]
            )
    names = ["our build", "documents", "seconds (least to most)", "peak memory, MB"]
    return _table([*names, "outputs written", "outputs removed", "views computed"], lines)


def _counts_in_words(rows: Sequence[Row], sizes: Sequence[int]) -> str:
    """The promise of the incremental build, said of these figures."""
    edits = [row for row in rows if row["system"] == OURS and row["step"] == EDIT]
    found = {(row["counts"]["outputs_written"], row["counts"]["views_computed"]) for row in edits}
    if not found:
        return ""
    at = " and ".join(f"{size:,}" for size in sizes)
    if len(found) > 1:
        pairs = ", ".join(f"{written} and {views}" for written, views in sorted(found))
        return f"**Outputs written and views computed after one edit differ at {at}: {pairs}.**"
    ((written, views),) = found
    return (
        f"After one edit, {written} outputs are written and {views} views computed, "
        f"the same at {at} documents."
    )


def _edits_beside_peers(result: Row, rows: Sequence[Row], sizes: Sequence[int]) -> str:
    """How often a peer's build, which is its only way to make an edit live, has an edit of ours."""
    said = []
    for size in sizes:
        edits = _select(rows, OURS, size, EDIT)
        for name, title in result["systems"].items():
            builds = _select(rows, name, size, FULL)
            if name != OURS and edits and builds:
                times = _median(builds, "seconds") / _median(edits, "seconds")
                said.append(f"{times:,.0f} times by {title} at {size:,}")
    return f"One edit, page and index, against a build: {'; '.join(said)}." if said else ""


def _ratio(rows: Sequence[Row], name: str, size: int) -> str:
    """Median over the turns of this system's time by ours of the same turn."""
    ours = {row["turn"]: row["seconds"] for row in _select(rows, OURS, size, FULL)}
    ratios = [
        row["seconds"] / ours[row["turn"]]
        for row in _select(rows, name, size, FULL)
        if row["turn"] in ours
    ]
    return f"{median(ratios):.2f}" if ratios else ""


def _select(rows: Iterable[Row], system: str, size: int, step: str) -> list[Row]:
    wanted = (system, size, step)
    return [row for row in rows if (row["system"], row["size"], row["step"]) == wanted]


def _median(rows: Sequence[Row], name: str) -> float:
    return float(median(row[name] for row in rows))


def _spread(rows: Sequence[Row], name: str) -> str:
    values = [row[name] for row in rows]
    write: Callable[[float], str] = "{:.1f}".format if min(values) >= 10 else "{:.2f}".format
    if len(values) == 1:
        return write(values[0])
    return f"{write(median(values))} ({write(min(values))} to {write(max(values))})"


def _same(values: Iterable[int]) -> str:
    """The count, where all turns agree on it; all of them, where they do not."""
    return " or ".join(f"{value:,}" for value in sorted(set(values)))


def _table(names: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---" if place < 2 else "---:" for place in range(len(names))]
    return "\n".join(f"| {' | '.join(line)} |" for line in [names, rule, *lines])
