"""The figures of `bench letters` as Markdown, each beside what was asked for."""

from __future__ import annotations

from typing import Any

from bench.letters.service import CLIENTS, SLOW_CLIENTS

BEGIN, END = "<!-- letters:begin -->", "<!-- letters:end -->"
LEAST_SHARE = 0.5
LEAST_RATE = 300
MOST_MEMORY = 150
# Two phases of one run differ by so much for other reasons.
LEAST_OF_EMPTY = 0.8

Row = dict[str, Any]


def print_table(result: Row) -> str:
    """The whole result as Markdown."""
    machine = result["machine"]
    conditions = (
        f"Taken {result['taken'][:10]} on {machine['cores']} cores of {machine['processor']}, "
        f"{machine['memory']}, {machine['file system']}, load before {machine['load before']}; "
        f"project {result['project']}. {result['seconds']:g} seconds each; client and relay share "
        "the cores."
    )
    lines = [*_store_lines(result["store"]), *_service_lines(result["service"])]
    table = ["| what | measured | asked for | |", "|---|---:|---:|---|"]
    table += [f"| {' | '.join(line)} |" for line in lines]
    return f"{conditions}\n\n" + "\n".join(table)


def _store_lines(store: Row) -> list[list[str]]:
    fsyncs = store["fsyncs"]
    lines = [["the disk's fsyncs a second, before and after", f"{fsyncs:,.0f}", "", ""]]
    for row in store["rates"]:
        share = row["letters"] / fsyncs
        measured = f"{row['letters']:,.0f} letters a second, {share:.2f} of the fsyncs"
        if row["writers"] == 1:
            lines.append(["store alone, one writer", measured, "", ""])
        else:
            who = f"store alone, {row['writers']} writers that wait together"
            lines.append([who, measured, f"{LEAST_SHARE}", _mark(share >= LEAST_SHARE)])
    return lines


def _service_lines(service: Row) -> list[list[str]]:
    empty, full, slow = (service[name] for name in ("empty", "full", "slow"))
    ratio = full["letters"] / empty["letters"]
    return [
        [f"over HTTP, encrypted, one process, {CLIENTS} clients", _speed(empty),
         f"{LEAST_RATE} a second", _mark(empty["letters"] >= LEAST_RATE)],
        [f"with {service['stored']:,} letters stored", f"{_speed(full)}; {ratio:.2f} of the rate before",
         f"no slower ({LEAST_OF_EMPTY} or more)", _mark(ratio >= LEAST_OF_EMPTY)],
        [f"and {SLOW_CLIENTS} slow clients beside", _speed(slow), "others are served",
         _mark(slow["letters"] > 0)],
        ["slow clients ended with 408", f"{service['closed']} of {SLOW_CLIENTS}", "all",
         _mark(service["closed"] == SLOW_CLIENTS)],
        ["memory of the process at most", f"{service['memory']} MB", f"{MOST_MEMORY} MB",
         _mark(service["memory"] <= MOST_MEMORY)],
    ]  # fmt: skip


def _speed(row: Row) -> str:
    return (
        f"{row['letters']:,.0f} letters a second, p50 {row['p50']:.0f} ms, p99 {row['p99']:.0f} ms"
    )


def _mark(is_met: bool) -> str:
    return "met" if is_met else "**not met**"
