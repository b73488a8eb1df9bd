"""What citizens answer: counted as the browser counts, refused in words, never an exception."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.forms import MESSAGES, Field, Form, Option, check_answers
from domain.forms import answers as said
from domain.forms.answers import browser_length
from domain.forms.definition import DEFAULT_MAX_LENGTH

TODAY = "2026-11-12"
OPTIONS = (Option("question", {"zh": "咨询"}), Option("other", {"zh": "其他"}))


def field_of(field_type: str, *, required: bool = False, max_length: int | None = None) -> Field:
    """A field of that type."""
    return Field(
        id="asked",
        type=field_type,
        label={"zh": "问题", "en": "Question"},
        required=required,
        options=OPTIONS if field_type in ("choice", "multiple", "ranking") else (),
        max_length=max_length,
        min=1 if field_type == "scale" else None,
        max=5 if field_type == "scale" else None,
    )


def form_of(*fields: Field) -> Form:
    """A form of these fields."""
    return Form("letter", {"zh": "来信"}, "office", "LX", {"zh": "来信"}, fields)


def clean_of(field: Field, *given: str) -> str | list[str]:
    """The clean answer to a field that must be right."""
    clean, errors = check_answers(form_of(field), {"asked": list(given)}, "zh", TODAY)
    assert errors == []
    return clean["asked"]


def error_of(field: Field, *given: str) -> str:
    """The message for an answer that must be wrong."""
    clean, errors = check_answers(form_of(field), {"asked": list(given)}, "en", TODAY)
    assert clean == {}
    assert [error.field_id for error in errors] == ["asked"]
    assert errors[0].params["label"] == "Question"
    assert errors[0].message_id % errors[0].params
    return errors[0].message_id


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("通知", 2),
        ("a\r\nb", 3),
        ("a\rb\nc", 5),
        ("😀", 2),
        ("𠮷野家", 4),
        ("e\u0301", 2),
    ],
)
def test_lengths_are_counted_as_a_browser_counts(text: str, length: int) -> None:
    assert browser_length(text) == length


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_length_is_that_of_utf16_with_line_feeds(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert browser_length(text) == len(lines.encode("utf-16-le")) // 2


def test_a_text_that_fills_its_field_is_taken_and_one_more_is_not() -> None:
    full = "字😀\r\n" * 10
    assert clean_of(field_of("long-text", max_length=40), full) == ("字😀\n" * 10).strip()
    assert error_of(field_of("long-text", max_length=40), full + "字") == said.TOO_LONG


def test_texts_are_composed_and_trimmed_and_line_ends_are_one() -> None:
    assert clean_of(field_of("long-text"), " Cafe\u0301\r\n二\r三 ") == "Caf\u00e9\n二\n三"


def test_a_tibetan_letter_that_nfc_takes_apart_still_fits_the_second_time() -> None:
    field = field_of("text", max_length=3)
    once = clean_of(field, "\u0f43" * 3)
    assert isinstance(once, str)
    assert clean_of(field, once) == once


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ud800"])
@pytest.mark.parametrize("field_type", ["text", "long-text"])
def test_control_characters_are_refused(field_type: str, bad: str) -> None:
    assert error_of(field_of(field_type), f"a{bad}b") == said.CONTROL_CHARACTERS


@pytest.mark.parametrize("bad", ["\n", "\r\n", "\t"])
def test_one_line_has_no_line_ends(bad: str) -> None:
    assert error_of(field_of("text"), f"a{bad}Bcc: x@example.com") == said.CONTROL_CHARACTERS
    assert clean_of(field_of("long-text"), f"a{bad}b")


def test_marks_that_turn_the_direction_are_taken_out() -> None:
    assert clean_of(field_of("text"), "a\u202etxt.exe\u202c\ufeff") == "atxt.exe"
    assert clean_of(field_of("text"), "👩\u200d🔬") == "👩\u200d🔬"


@pytest.mark.parametrize(
    ("field_type", "message"),
    [
        ("text", said.REQUIRED),
        ("long-text", said.REQUIRED),
        ("e-mail", said.REQUIRED),
        ("phone", said.REQUIRED),
        ("choice", said.CHOICE_REQUIRED),
        ("scale", said.CHOICE_REQUIRED),
        ("multiple", said.CHOICE_REQUIRED),
        ("ranking", said.CHOICE_REQUIRED),
        ("date", said.REQUIRED),
        ("number", said.REQUIRED),
        ("id-number", said.REQUIRED),
        ("consent", said.CONSENT_REQUIRED),
    ],
)
@pytest.mark.parametrize("given", [(), ("",), (" \t\r\n\u3000",)])
def test_what_must_be_answered(field_type: str, message: str, given: Sequence[str]) -> None:
    assert error_of(field_of(field_type, required=True), *given) == message
    assert clean_of(field_of(field_type), *given) == (
        [] if field_type in ("multiple", "ranking") else ""
    )


def test_invisible_characters_alone_are_no_answer() -> None:
    assert error_of(field_of("text", required=True), "\u202e\ufeff") == said.REQUIRED


@pytest.mark.parametrize(
    ("field_type", "given", "clean"),
    [
        ("choice", ["other"], "other"),
        ("scale", ["5"], "5"),
        ("consent", ["yes"], "yes"),
        ("multiple", ["other", "question", "other"], ["question", "other"]),
        ("ranking", ["other", "", "question"], ["other", "question"]),
    ],
)
def test_answers_that_are_offered(
    field_type: str, given: list[str], clean: str | list[str]
) -> None:
    assert clean_of(field_of(field_type), *given) == clean


@pytest.mark.parametrize(
    ("field_type", "given"),
    [
        ("choice", "咨询"),
        ("choice", "Question"),
        ("scale", "0"),
        ("scale", "05"),
        ("scale", "５"),
        ("scale", "1e0"),
        ("consent", "on"),
        ("multiple", "none"),
        ("ranking", "none"),
    ],
)
def test_answers_that_are_not_offered(field_type: str, given: str) -> None:
    assert error_of(field_of(field_type), given) == said.NOT_A_CHOICE


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("2026-03-01", "2026-03-01"),
        (" 2026/3/1 ", "2026-03-01"),
        ("2026.3.1", "2026-03-01"),
        ("2026年3月1日", "2026-03-01"),
        ("２０２６－０３－０１", "2026-03-01"),
    ],
)
def test_days_as_people_write_them(given: str, clean: str) -> None:
    assert clean_of(field_of("date"), given) == clean


@pytest.mark.parametrize("given", ["2026-02-30", "01.03.2026", "2026-03", "0000-01-01", "soon"])
def test_days_that_there_are_not(given: str) -> None:
    assert error_of(field_of("date"), given) == said.NOT_A_DATE


def test_a_day_keeps_within_its_bounds_both_included() -> None:
    field = replace(field_of("date"), earliest="2026-11-01", latest="today")
    assert clean_of(field, "2026-11-01") == "2026-11-01"
    assert clean_of(field, TODAY) == TODAY
    assert error_of(field, "2026-10-31") == said.TOO_EARLY
    assert error_of(field, "2026-11-13") == said.TOO_LATE


@pytest.mark.parametrize(("given", "clean"), [("1,024", "1024"), ("１２ ", "12"), ("007", "7")])
def test_numbers_as_people_write_them(given: str, clean: str) -> None:
    assert clean_of(field_of("number"), given) == clean


@pytest.mark.parametrize("given", ["1.5", "five", "1e3", "½", "٣", "9" * 16])
def test_what_is_no_whole_number(given: str) -> None:
    assert error_of(field_of("number"), given) == said.NOT_A_NUMBER


def test_a_number_keeps_within_its_bounds_both_included() -> None:
    field = replace(field_of("number"), min=1, max=30)
    assert [clean_of(field, "1"), clean_of(field, "30")] == ["1", "30"]
    assert error_of(field, "0") == said.TOO_SMALL
    assert error_of(field, "-1") == said.TOO_SMALL
    assert error_of(field, "31") == said.TOO_LARGE


def test_a_ranking_gives_each_place_once_and_no_more_places_than_there_are() -> None:
    assert error_of(field_of("ranking"), "other", "other") == said.RANKED_TWICE
    one_place = replace(field_of("ranking"), max=1)
    assert clean_of(one_place, "other") == ["other"]
    assert error_of(one_place, "other", "question") == said.NOT_A_CHOICE


def test_files_are_no_answers() -> None:
    form = form_of(field_of("file", required=True))
    assert check_answers(form, {"asked": ["letter.pdf"]}, "zh", TODAY) == ({}, [])


@pytest.mark.parametrize("field_type", ["text", "choice", "scale", "e-mail", "phone", "consent"])
def test_two_answers_where_one_is_asked(field_type: str) -> None:
    assert error_of(field_of(field_type), "yes", "yes") == said.ONE_ANSWER


def test_names_that_are_no_field_are_left_alone_and_single_texts_count_as_one() -> None:
    form = form_of(field_of("text"))
    assert check_answers(form, {"asked": "甲", "token": ["x"]}, "zh", TODAY) == (
        {"asked": "甲"},
        [],
    )


def test_every_wrong_answer_is_said_and_the_right_ones_are_kept() -> None:
    fields = [
        Field("one", "text", {"zh": "一"}, required=True),
        Field("two", "e-mail", {"zh": "二"}),
        Field("three", "text", {"zh": "三"}),
    ]
    clean, errors = check_answers(form_of(*fields), {"two": ["x"], "three": ["c"]}, "bo", TODAY)
    assert clean == {"three": "c"}
    assert [(error.field_id, error.params["label"]) for error in errors] == [
        ("one", "一"),
        ("two", "二"),
    ]


def test_every_message_is_in_the_list_for_translation() -> None:
    texts = {value for value in vars(said).values() if isinstance(value, str)}
    assert {text for text in texts if "%(label)s" in text} == set(MESSAGES)


EVERYTHING = form_of(
    *(
        Field(
            kind,
            kind,
            {"zh": "问"},
            required=required,
            options=OPTIONS,
            max_length=20 if kind in ("text", "long-text") else DEFAULT_MAX_LENGTH.get(kind),
            min=1,
            max=5,
        )
        for kind, required in [
            ("text", True),
            ("long-text", False),
            ("choice", True),
            ("multiple", False),
            ("e-mail", True),
            ("phone", False),
            ("consent", True),
            ("scale", False),
            ("ranking", False),
            ("date", False),
            ("number", True),
            ("id-number", False),
        ]
    )
)
SOUND = [
    "question",
    "other",
    "yes",
    "3",
    "a@b.example",
    "13800000000",
    "0837-2822233",
    "2026-1-2",
    "11010519491231002X",
    "1,000",
]
TEXTS = st.one_of(
    st.text(max_size=25),
    st.sampled_from(SOUND),
    st.text("ཀ\u0f43\u0f71\u0f72e\u0301\r\n😀 ", max_size=25),
    st.from_regex(r"[a-z.]{1,8}@[a-z例子.-]{1,10}", fullmatch=True),
    st.from_regex(r"[+0-9() #-]{5,16}", fullmatch=True),
)
ANSWERS = st.dictionaries(
    st.sampled_from([field.id for field in EVERYTHING.fields]), st.lists(TEXTS, max_size=3)
)


@given(ANSWERS, st.sampled_from(["zh", "en", "bo", "xx"]))
def test_any_answers_are_taken_or_refused_and_clean_ones_stay_clean(
    answers: dict[str, list[str]], lang: str
) -> None:
    clean, errors = check_answers(EVERYTHING, answers, lang, TODAY)
    assert set(clean) | {error.field_id for error in errors} == {f.id for f in EVERYTHING.fields}
    assert not set(clean) & {error.field_id for error in errors}
    again, _ = check_answers(
        EVERYTHING,
        {name: [value] if isinstance(value, str) else value for name, value in clean.items()},
        lang,
        TODAY,
    )
    assert {name: again.get(name) for name in clean} == clean
    for name in ("text", "e-mail", "phone"):
        value = clean.get(name, "")
        assert isinstance(value, str)
        assert not any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in value)
