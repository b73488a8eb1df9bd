"""Finds every problem code that our code can report, by reading it.

A code is a string in a call of `Problem`, or a parameter handed through to such a call by a
function whose callers then give the string. A code that is put together at run time cannot be
found by an editor either: it is reported as unreadable.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

CODE_PACKAGES = ("domain", "plugins", "search", "relay", "publishing")
CODE_FILES = ("publish.py", "pelicanconf.py")
# domain.problems.Problem: file, line, code, ...
CODE_POSITION = 2
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+\Z")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Slot:
    """Where callers of the function `name` put the code: a keyword, and perhaps a position."""

    name: str
    keyword: str
    position: int | None
    default: ast.expr | None = None
    # None: callers anywhere. Else only those in this file, where the name begins with "_".
    file: Path | None = None
    # What the function puts around the word that it is given: "unknown-" before "column".
    prefix: str = ""
    suffix: str = ""
    # A method's name alone does not tell whose it is: another class may have an `add` too.
    is_method: bool = False


@dataclass(slots=True)
class Codes:
    """What was found: code -> the places that report it, and the places that cannot be read."""

    places: dict[str, list[str]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def source_files(repository: Path) -> list[Path]:
    """Our code, without its tests."""
    files = [file for package in CODE_PACKAGES for file in (repository / package).rglob("*.py")]
    return sorted(files) + [
        repository / name for name in CODE_FILES if (repository / name).exists()
    ]


def find_codes(files: Sequence[Path]) -> Codes:
    """Every code in `files`, followed through the functions that hand it on."""
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}
    codes = Codes()
    waiting = [
        Slot("Problem", "code", CODE_POSITION, file=file)
        for file, tree in trees.items()
        if _imports_problem(tree)
    ]
    seen: set[Slot] = set()
    while waiting:
        slot = waiting.pop()
        if slot in seen:
            continue
        seen.add(slot)
        for file, tree in trees.items():
            if slot.file in (None, file):
                for argument, enclosing, place in arguments_of(slot, file, tree):
                    waiting += _note(codes, argument, enclosing, slot, file, place)
    return codes


def _imports_problem(tree: ast.Module) -> bool:
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return any(
        node.module == "domain.problems" and any(name.name == "Problem" for name in node.names)
        for node in imports
    )


def _note(
    codes: Codes,
    argument: ast.expr,
    enclosing: Sequence[Function],
    slot: Slot,
    file: Path,
    place: str,
) -> Iterator[Slot]:
    """Note the code that `argument` is; yield where to look on when it is handed through."""
    match argument:
        case ast.Constant(value=str(word)):
            code = f"{slot.prefix}{word}{slot.suffix}"
            if CODE.match(code) or not slot.is_method:
                codes.places.setdefault(code, []).append(place)
            return
        case ast.IfExp(body=body, orelse=orelse):
            yield from _note(codes, body, enclosing, slot, file, place)
            yield from _note(codes, orelse, enclosing, slot, file, place)
            return
        case ast.Attribute(attr="code"):
            return  # the code of another Problem, found where that one is made
    handed = _handed_through(argument)
    if handed is not None and not (slot.is_method and handed[1] != slot.keyword and not handed[0]):
        prefix, name, suffix = handed
        found = slot_of(enclosing, name, file)
        if found is not None:
            yield replace(found, prefix=slot.prefix + prefix, suffix=suffix + slot.suffix)
            return
    if not slot.is_method:
        codes.unreadable.append(f"{place}: {ast.unparse(argument)}")


def _handed_through(argument: ast.expr) -> tuple[str, str, str] | None:
    """(text before, name, text after) of `name` or f"before-{name}-after"; None for all else."""
    match argument:
        case ast.Name(id=name):
            return "", name, ""
        case ast.JoinedStr(values=parts):
            names = [part for part in parts if isinstance(part, ast.FormattedValue)]
            if len(names) == 1 and isinstance(names[0].value, ast.Name):
                texts = [
                    str(part.value) if isinstance(part, ast.Constant) else "\0" for part in parts
                ]
                before, _, after = "".join(texts).partition("\0")
                return before, names[0].value.id, after
    return None


def arguments_of(
    slot: Slot, file: Path, tree: ast.Module
) -> Iterator[tuple[ast.expr, tuple[Function, ...], str]]:
    """(argument, functions around it, place) of each call of `slot` in one file."""
    for call, enclosing in _calls(tree, ()):
        called = call.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name != slot.name:
            continue
        argument = _argument(call, slot)
        if argument is not None:
            yield argument, enclosing, f"{file}:{call.lineno}"


def _argument(call: ast.Call, slot: Slot) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == slot.keyword:
            return keyword.value
    if slot.position is not None and len(call.args) > slot.position:
        before = call.args[: slot.position + 1]
        if not any(isinstance(argument, ast.Starred) for argument in before):
            return call.args[slot.position]
    return slot.default


def _calls(
    node: ast.AST, enclosing: tuple[Function, ...]
) -> Iterator[tuple[ast.Call, tuple[Function, ...]]]:
    if isinstance(node, ast.Call):
        yield node, enclosing
    inner = (*enclosing, node) if isinstance(node, Function) else enclosing
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, inner)


def slot_of(enclosing: Sequence[Function], name: str, file: Path) -> Slot | None:
    """The slot that `name` is in the innermost function around that has it as a parameter."""
    for function in reversed(enclosing):
        positional = [argument.arg for argument in function.args.args]
        is_method = bool(positional) and positional[0] in ("self", "cls")
        keyword_only = [argument.arg for argument in function.args.kwonlyargs]
        if name in positional + keyword_only:
            is_private = function.name.startswith("_")
            return Slot(
                name=function.name,
                keyword=name,
                position=positional.index(name) - is_method if name in positional else None,
                default=_default(function, name),
                file=file if is_private else None,
                is_method=is_method and not is_private,
            )
    return None


def _default(function: Function, name: str) -> ast.expr | None:
    arguments = function.args
    defaulted = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    pairs = [
        *zip(defaulted, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return next((default for argument, default in pairs if argument.arg == name), None)
