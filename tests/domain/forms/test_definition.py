"""Reading a form from YAML, its JSON, and when it is open."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.forms import MOST_FILES, Deadline, Form, Surroundings, load_forms, parse_form
from domain.forms.definition import DEFAULT_MAX_LENGTH
from domain.problems import Problem
from domain.vocabulary import Rule, load_vocabulary
from domain.yaml_source import parse_yaml
from tests.domain.vocabulary import sites

LETTER = """format: 1
id: letter
names: {zh: 来信, en: Letter}
introduction: {zh: "第一行\\n第二行"}
department: office
reference_prefix: LX
subject: {zh: 来信}
opens: 2026-03-01
closes: 2026-03-31
fields:
  - {id: topic, type: choice, label: {zh: 类别}, required: true,
     options: [{id: question, label: {zh: 咨询}}, {id: other, label: {zh: 其他}}]}
  - {id: text, type: long-text, label: {zh: 内容}, hint: {zh: 写明时间}, max_length: 300}
  - {id: name, type: text, label: {zh: 姓名}}
  - {id: grade, type: scale, label: {zh: 评分}, min: 1, max: 5}
"""


def parsed(text: str, file: str = "forms/letter.yaml") -> tuple[Form | None, list[Problem]]:
    """The form in a text that is right as YAML."""
    node, problems = parse_yaml(text, file)
    assert problems == []
    assert node is not None
    return parse_form(node, file, Surroundings(departments={"office": {"zh": "办公室"}}))


def letter() -> Form:
    """The form above."""
    form, problems = parsed(LETTER)
    assert problems == []
    assert form is not None
    return form


def test_everything_that_a_form_says() -> None:
    form = letter()
    assert (form.id, form.department, form.reference_prefix) == ("letter", "office", "LX")
    assert (form.mail_mode, form.anonymous, form.default_language) == ("notify", False, "zh")
    assert (form.opens, form.closes) == ("2026-03-01", "2026-03-31")
    topic, text, name, grade = form.fields
    assert [option.id for option in topic.options] == ["question", "other"]
    assert (topic.required, topic.max_length) == (True, None)
    assert (text.max_length, name.max_length) == (300, DEFAULT_MAX_LENGTH["text"])
    assert (grade.min, grade.max, grade.required) == (1, 5, False)
    assert form.field_of("text") is text
    with pytest.raises(KeyError):
        form.field_of("texts")


def test_a_form_survives_json_and_equal_forms_are_equal_text() -> None:
    form = letter()
    assert Form.from_json(form.to_json()) == form
    assert Form.from_json(form.to_json()).to_json() == form.to_json()


AROUND = Surroundings(
    departments={"office": {"zh": "办公室"}},
    counties={"jinchuan": {"zh": "金川县"}, "xiaojin": {"zh": "小金县"}},
    rules={
        "letter-accept": Rule("letter-accept", 1, "working-days", "惯例", "copy"),
        "opinion-collection-period": Rule("opinion-collection-period", 30, "days", "条例", "text"),
        "review-persons": Rule("review-persons", 3, "count", "惯例", "copy"),
    },
)
HEAD = """format: 1
id: letter
names: {zh: 来信}
department: office
reference_prefix: LX
subject: {zh: 来信}
"""


def parsed_around(text: str) -> tuple[Form | None, list[str]]:
    """The form and the codes of its problems, where bodies and rules are known."""
    node, problems = parse_yaml(HEAD + text, "forms/letter.yaml")
    assert node is not None, problems
    form, problems = parse_form(node, "forms/letter.yaml", AROUND)
    return form, [problem.code for problem in problems]


def test_options_and_deadlines_come_from_the_lists_of_the_site() -> None:
    form, codes = parsed_around(
        """deadlines: {accept: letter-accept}
topic_deadlines: {complaint: letter-accept}
fields:
  - {id: topic, type: choice, label: {zh: 类别}, options: [{id: complaint, label: {zh: 投诉}}]}
  - {id: county, type: choice, options_from: counties, label: {zh: 县}}
  - {id: papers, type: file, label: {zh: 附件}, accept: [pdf, jpg]}
"""
    )
    assert form is not None, codes
    _, county, papers = form.fields
    assert [option.id for option in county.options] == ["jinchuan", "xiaojin"]
    assert (papers.accept, papers.max, form.file_field) == (("pdf", "jpg"), MOST_FILES, papers)
    assert form.deadlines == {"accept": Deadline("letter-accept", 1, "working-days")}
    assert form.topic_deadlines["complaint"].value == 1
    assert Form.from_json(form.to_json()) == form


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("deadlines: {accept: review-persons}", "unknown-rule"),
        ("deadlines: {reply: letter-accept}", "meta-unknown-key"),
        ("topic_deadlines: {complaint: letter-accept}", "form-topic"),
        ("kind: opinions\nopens: 2026-03-01\ncloses: 2026-03-30", "meta-missing-key"),
        ("kind: opinions\ndraft: d\nopens: 2026-03-01\ncloses: 2026-03-29", "form-opinions-short"),
    ],
)
def test_what_does_not_fit_the_site(text: str, code: str) -> None:
    _, codes = parsed_around(text + "\nfields: [{id: a, type: text, label: {zh: 甲}}]\n")
    assert codes == [code]


@pytest.mark.parametrize(
    "more", ["closes: 2026-03-30", "closes: 2026-03-10\nshort_reason: {zh: 冬季停运在即}"]
)
def test_opinions_have_thirty_days_or_the_reason(more: str) -> None:
    form, codes = parsed_around(
        f"kind: opinions\ndraft: d\nopens: 2026-03-01\n{more}\n"
        "fields: [{id: a, type: text, label: {zh: 甲}}]\n"
    )
    assert codes == []
    assert form is not None


def test_json_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        Form.from_json(json.dumps({**json.loads(letter().to_json()), "format": 1}))


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-02-28T15:59:59", "not-yet-open"),
        ("2026-02-28T16:00:00", "open"),  # midnight in Shanghai
        ("2026-03-31T15:59:59", "open"),
        ("2026-03-31T16:00:00", "closed"),
    ],
)
def test_a_form_is_open_from_its_first_to_its_last_day(now: str, state: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert letter().state_at(moment, "Asia/Shanghai") == state


def test_a_form_without_days_is_always_open() -> None:
    form, _ = parsed(LETTER.replace("opens: 2026-03-01\ncloses: 2026-03-31\n", ""))
    assert form is not None
    assert form.state_at(datetime(2100, 1, 1, tzinfo=UTC), "Asia/Shanghai") == "open"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("department: office", "department: offise", "unknown-department"),
        ("closes: 2026-03-31", "closes: 2026-02-01", "dates-reversed"),
        ("reference_prefix: LX", "reference_prefix: lx", "form-reference-prefix"),
        ("reference_prefix: LX", "reference_prefix: [LX]", "form-reference-prefix"),
        ("id: letter", "id: mail", "form-id"),
        ("subject: {zh: 来信}", "subject: {en: Letter}", "meta-language-missing"),
        (
            "subject: {zh: 来信}",
            'subject: {zh: "a\\r\\nBcc: x@example.com"}',
            "meta-control-character",
        ),
        ("min: 1, max: 5", "min: 5, max: 5", "form-scale"),
        ("min: 1, max: 5", "min: 0, max: 50", "form-scale"),
        ("min: 1, max: 5", "min: 1", "meta-missing-key"),
        ("type: text", "type: txt", "meta-choice"),
        ("id: name", "id: text", "vocabulary-duplicate-id"),
        ("id: other", "id: question", "vocabulary-duplicate-id"),
        ("id: name", "id: website", "form-field-reserved"),
        ("type: text, label: {zh: 姓名}", "type: choice, label: {zh: 姓名}", "meta-missing-key"),
        ("max_length: 300", "max_length: 0", "meta-number"),
        ("max_length: 300", "min: 30", "form-key-of-type"),
        ("fields:", "anonymous: yes\nfields:", "meta-boolean"),
    ],
)
def test_a_mistake_in_a_form_is_one_problem(old: str, new: str, code: str) -> None:
    assert old in LETTER
    form, problems = parsed(LETTER.replace(old, new, 1))
    assert form is None
    assert [problem.code for problem in problems] == [code]


def test_an_anonymous_form_asks_for_no_address() -> None:
    text = LETTER.replace("fields:", "anonymous: true\nfields:").replace(
        "type: text", "type: phone"
    )
    form, problems = parsed(text)
    assert form is None
    assert [problem.code for problem in problems] == ["form-anonymous"]


@pytest.mark.parametrize("text", ["a", "[]", "{}", "fields: []", "fields: {a: b}", "fields: [[]]"])
def test_what_is_no_form_is_a_problem(text: str) -> None:
    form, problems = parsed(text)
    assert form is None
    assert problems


def test_the_forms_of_a_site(tmp_path: Path) -> None:
    content = sites.write_site(tmp_path, {"forms/letter.yaml": LETTER, "forms/b.yaml": b"\xff"})
    vocabulary, _ = load_vocabulary(content, content)
    assert vocabulary is not None
    forms, problems = load_forms(content, vocabulary)
    assert list(forms) == ["letter"]
    assert [(p.file, p.code) for p in problems] == [("forms/b.yaml", "file-encoding")]


def test_forms_are_checked_even_where_the_vocabulary_has_errors(tmp_path: Path) -> None:
    changes: dict[str, str | bytes] = {
        "forms/letter.yaml": LETTER.replace("LX", "lx"),
        "site.yaml": "",
    }
    content = sites.write_site(tmp_path, changes)
    vocabulary, _ = load_vocabulary(content, content)
    forms, problems = load_forms(content, vocabulary)
    assert (vocabulary, forms) == (None, {})
    assert [problem.code for problem in problems] == ["form-reference-prefix"]


def test_a_file_that_is_not_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / ".hidden").touch()
    (tmp_path / "forms" / "表格.yml").touch()
    (tmp_path / "forms" / os.fsdecode(b"\xff.yaml")).touch()
    forms, problems = load_forms(tmp_path, None)
    assert forms == {}
    assert [(p.file, p.code) for p in problems] == [
        ("forms", "form-file"),
        ("forms/\ufffd.yaml", "meta-empty"),
    ]


def test_a_file_in_place_of_the_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "forms").touch()
    assert [p.code for p in load_forms(tmp_path, None)[1]] == ["file-unreadable"]


def test_a_site_without_the_folder_has_no_forms(tmp_path: Path) -> None:
    vocabulary, _ = load_vocabulary(sites.write_site(tmp_path), tmp_path)
    assert vocabulary is not None
    assert load_forms(tmp_path, vocabulary) == ({}, [])
