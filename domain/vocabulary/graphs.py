"""Loops in what refers to one another: columns to parents, departments to successors."""

from collections.abc import Mapping, Sequence


def find_loops(edges: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Loops, each once, each beginning with its member that stands first in `edges`.

    After these are cut open, no loop is left that shares no member with them.
    """
    order = {name: position for position, name in enumerate(edges)}
    finished: set[str] = set()
    loops: list[list[str]] = []
    for start in edges:
        if start not in finished:
            loops += _loops_from(start, edges, finished)
    for loop in loops:
        first = min(range(len(loop)), key=lambda position: order[loop[position]])
        loop[:] = loop[first:] + loop[:first]
    return loops


def _loops_from(
    start: str, edges: Mapping[str, Sequence[str]], finished: set[str]
) -> list[list[str]]:
    """Depth first with a stack of our own: a chain may be longer than the interpreter's."""
    loops: list[list[str]] = []
    path = [start]
    places = {start: 0}
    pending = [list(edges.get(start, ()))]
    while path:
        if not pending[-1]:
            pending.pop()
            done = path.pop()
            del places[done]
            finished.add(done)
            continue
        following = pending[-1].pop(0)
        if following in places:
            loops.append(path[places[following] :])
        elif following in edges and following not in finished:
            places[following] = len(path)
            path.append(following)
            pending.append(list(edges[following]))
    return loops
