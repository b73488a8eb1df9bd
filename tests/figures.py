"""Sizes of our code: how long functions and files are. Printed by `make check`, not gated.

The code bases that we learn from have a median of 5-6 lines a function, a 90th percentile of
22-27, and about 2 % over 50; files of around 300 lines. A clear function of 40 lines beats
five that must be read together, so these are figures to look at and no test.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

LONG_FUNCTION_LINES = 50
LONG_FILE_LINES = 300


def find_sources(roots: Sequence[Path]) -> list[Path]:
    """Every Python file of `roots` (files or folders), sorted."""
    found: set[Path] = set()
    for root in roots:
        found.update([root] if root.is_file() else root.rglob("*.py"))
    return sorted(found)


def function_lengths(source: Path) -> Iterator[tuple[int, str]]:
    """Lines and "file:line name" of each function in `source`, its docstring included."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield lines, f"{source}:{node.lineno} {node.name}"


def report(sources: Sequence[Path]) -> list[str]:
    """The figures as lines of text: functions, then the files that are long."""
    functions = sorted(pair for source in sources for pair in function_lengths(source))
    if len(functions) < 2:
        return ["functions: none yet"]
    lengths = [lines for lines, _ in functions]
    long = [pair for pair in functions if pair[0] > LONG_FUNCTION_LINES]
    lines = [
        f"functions: {len(lengths)}, median {median(lengths):g} lines, "
        f"p90 {quantiles(lengths, n=10)[-1]:.0f}, over {LONG_FUNCTION_LINES}: {len(long)}"
    ]
    lines += [f"  {count} lines  {name}" for count, name in reversed(long)]
    sizes = [(len(source.read_text(encoding="utf-8").splitlines()), source) for source in sources]
    large = sorted((pair for pair in sizes if pair[0] > LONG_FILE_LINES), reverse=True)
    lines.append(f"files: {len(sizes)}, over {LONG_FILE_LINES} lines: {len(large)}")
    lines += [f"  {count} lines  {source}" for count, source in large]
    return lines


def main(arguments: Sequence[str]) -> int:
    """Print the figures of our code, then those of its tests."""
    sources = find_sources([Path(argument) for argument in arguments])
    tests = [source for source in sources if "tests" in source.parts]
    code = [source for source in sources if "tests" not in source.parts]
    for name, part in (("code", code), ("tests", tests)):
        for line in report(part):
            print(f"{name} {line}" if not line.startswith(" ") else line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
