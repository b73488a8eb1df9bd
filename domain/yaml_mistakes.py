"""What libyaml's error messages mean, in an editor's words."""

from dataclasses import dataclass

import yaml

from domain.problems import Problem, quoted

_WHY = "Until the file can be read, nothing that stands in it is published."


@dataclass(frozen=True, slots=True)
class _Mistake:
    """A part of libyaml's message, and what an editor should read instead."""

    sign: str
    message: str
    remedy: str


_MISTAKES = (
    _Mistake(
        "mapping values are not allowed",
        "a second colon makes this line unreadable",
        "Put the whole value into quotation marks.",
    ),
    _Mistake(
        "found character that cannot start any token",
        "a value begins with @, ` or %",
        "Put the value into quotation marks.",
    ),
    _Mistake(
        "found a tab character",
        "a tab stands where spaces are needed",
        "Indent with spaces only.",
    ),
    _Mistake(
        "could not find expected ':'",
        "a key without a colon, or a text that runs on into the next line",
        'Write "key: value" with a blank after the colon, or indent the text that runs on.',
    ),
    _Mistake(
        "did not find expected key",
        "the indentation does not fit the lines above, or a quotation mark stands inside a value",
        "Begin the line exactly below the key it belongs beside; "
        'write a quotation mark inside quotation marks as \\".',
    ),
    _Mistake(
        "did not find expected '-' indicator",
        "a line in a list does not begin with a hyphen",
        'Begin every entry of the list with "- ", exactly below the first.',
    ),
    _Mistake(
        "did not find expected ',' or '",
        "a list in [ ] or a mapping in { } is not closed, or a comma is missing",
        "Put a comma between the entries and the closing bracket at the end.",
    ),
    _Mistake(
        "did not find expected node content",
        "a value is missing after a comma, a bracket or a colon",
        "Write the value, or take the sign before it out.",
    ),
    _Mistake(
        "found unexpected end of stream",
        "a quotation mark is opened and never closed",
        "Close the quotation mark.",
    ),
    _Mistake(
        "found unexpected document indicator",
        "a quotation mark is opened and not closed before the line of three hyphens",
        "Close the quotation mark.",
    ),
    _Mistake(
        "found unknown escape character",
        "a backslash inside quotation marks stands before a letter that it has no meaning with",
        "Write the backslash twice, or use single quotation marks.",
    ),
    _Mistake(
        "did not find expected alphabetic or numeric character",
        "a value begins with * or &",
        "Put the value into quotation marks.",
    ),
    _Mistake(
        "block sequence entries are not allowed",
        "a list begins on the line of its key",
        "Put the first hyphen on a line of its own, below the key.",
    ),
    _Mistake(
        "block mapping entries are not allowed",
        "a key stands where only a value can stand",
        "Put the key on a line of its own.",
    ),
    _Mistake(
        "control characters are not allowed",
        "a control character, which no editor shows",
        "Delete the line and type it again.",
    ),
    _Mistake(
        "did not find expected <document start>",
        "text follows where the list or mapping has already ended",
        "Begin the line exactly below the first key of the file.",
    ),
)


_TAB = _Mistake("", "a tab stands where spaces are needed", "Indent with spaces only.")
_NEVER_CLOSED = _Mistake(
    "",
    "a list in [ ] or a mapping in { } is opened and never closed",
    "Put the closing bracket at the end.",
)


def explain_yaml_error(error: yaml.YAMLError, text: str, file: str, first_line: int) -> Problem:
    """The one problem that an error of libyaml amounts to, with the line in the file."""
    reported = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "")
    lines = text.splitlines()
    line = _line_of(error, text)
    is_at_end = not "".join(lines[line:]).strip()
    if is_at_end or "end of stream" in reported:
        # What was opened is what the editor looks for, not the end of the file.
        line = min(_line_of_mark(error, "context_mark", line), max(0, len(lines) - 1))
    written = lines[line] if line < len(lines) else ""
    mistake = _mistake_of(reported, written, is_at_end)
    shown = f", in {quoted(written.strip())}" if written.strip() else ""
    message = f"{mistake.message}{shown}"
    return Problem(file, line + first_line, "yaml-syntax", message, _WHY, mistake.remedy)


def _mistake_of(reported: str, written: str, is_at_end: bool) -> _Mistake:
    if written.lstrip(" ").startswith("\t"):
        return _TAB
    if is_at_end and ("node content" in reported or "',' or '" in reported):
        return _NEVER_CLOSED
    for mistake in _MISTAKES:
        if mistake.sign in reported:
            return mistake
    return _Mistake(
        "",
        f"this is not YAML ({reported or 'unreadable'})",
        "Compare with the lines around it: indentation, colons, quotation marks.",
    )


def _line_of_mark(error: yaml.YAMLError, mark_name: str, otherwise: int) -> int:
    mark = getattr(error, mark_name, None)
    return otherwise if mark is None else int(mark.line)


def _line_of(error: yaml.YAMLError, text: str) -> int:
    """The line from 0; libyaml gives a mark, or for forbidden characters a position."""
    position = getattr(error, "position", None)
    if isinstance(position, int) and position >= 0:
        return text.encode("utf-8", "surrogatepass")[:position].count(b"\n")
    return _line_of_mark(error, "problem_mark", 0)
