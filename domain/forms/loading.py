"""content/forms/ -> the forms of a site."""

from pathlib import Path

from domain.fields import Report
from domain.forms.definition import Form
from domain.forms.reading import parse_form
from domain.forms.surroundings import Surroundings
from domain.problems import Problem, quoted
from domain.vocabulary.model import Vocabulary
from domain.vocabulary.sources import read_yaml_file

FOLDER = "forms"
SUFFIX = ".yaml"


def load_forms(
    content: Path, vocabulary: Vocabulary | None
) -> tuple[dict[str, Form], list[Problem]]:
    """The sound forms of content/forms/ by id, in order of file names, and all problems.

    A content folder without forms/ has no forms: those of the product are not its own. With no
    vocabulary, because that has errors, forms are checked save for their departments.
    """
    report = Report(FOLDER)
    forms: dict[str, Form] = {}
    problems: list[Problem] = []
    for source_path in _form_files(content / FOLDER, report):
        form, found = _load_form(source_path, vocabulary)
        problems += found
        if form is not None:
            forms[form.id] = form
    return forms, sorted(report.problems + problems)


def _form_files(folder: Path, report: Report) -> list[Path]:
    """The files to read; what else lies there is a problem, for nobody would miss it."""
    if not folder.exists() and not folder.is_symlink():
        return []
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        report.add(
            0,
            "file-unreadable",
            f"the folder cannot be read ({error.strerror})",
            "No form would be on the site.",
            "Make it a folder, and let the account that builds the site read it.",
        )
        return []
    visible = [source_path for source_path in found if not source_path.name.startswith(".")]
    for source_path in visible:
        if source_path.suffix != SUFFIX:
            report.add(
                0,
                "form-file",
                f"{quoted(_shown_name(source_path))} is not a form: its name does not end "
                f"in {SUFFIX}",
                "It would be ignored, and nobody would notice.",
                f"Name it {source_path.stem.lower()}{SUFFIX} if it is a form, or take it out."
                if source_path.stem.isascii()
                else "Take it out.",
            )
    return [source_path for source_path in visible if source_path.suffix == SUFFIX]


def _shown_name(source_path: Path) -> str:
    """The file's name as text, even where its bytes are not UTF-8."""
    return source_path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _load_form(
    source_path: Path, vocabulary: Vocabulary | None
) -> tuple[Form | None, list[Problem]]:
    file = f"{FOLDER}/{_shown_name(source_path)}"
    report = Report(file)
    node = read_yaml_file(source_path, report)
    if node is None:
        return None, report.problems
    form, problems = parse_form(node, file, Surroundings.of(vocabulary))
    return form, report.problems + problems
