"""Suggestions while typing, with pinyin; and what a query without results may have meant."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from search import apply_rows, find
from search.documents import Title
from search.engine import SearchEngine
from search.folding import fold
from search.phrases import Phrase
from search.pinyin import sound_of, syllables_of
from search.suggestions import MOST_SUGGESTIONS, SuggestionIndex
from tests.search.corpus import make_row, write_frames, write_rows

PHRASES = [
    Phrase("医疗保险实施办法", "zh"),
    Phrase("高龄津贴发放指南", "zh"),
    Phrase("关于发放高龄津贴的通知", "zh"),
    Phrase("重庆银行行长任免", "zh"),
    Phrase("医保报销", "zh", 2),
    Phrase("卫生局", "zh", 1),
    Phrase("Apply for a residence permit", "en"),
    Phrase("Residents", "en", 1),
    Phrase("བོད་རང་སྐྱོང་ལྗོངས", "bo"),
]
INDEX = SuggestionIndex(PHRASES)


def suggested(text: str, lang: str = "zh") -> list[str]:
    return [phrase.text for phrase in INDEX.suggest(text, lang)]


@pytest.mark.parametrize("text", ["yibao", "ybbx", "yi bao", "YIBAO", "医保", "醫保", "yibaobaox"])
def test_letters_of_pinyin_and_initials_find_what_is_meant(text: str) -> None:
    assert suggested(text)[0] == "医保报销"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("jintie", ["高龄津贴发放指南", "关于发放高龄津贴的通知"]),
        ("hangzhang", ["重庆银行行长任免"]),
        ("chongqing", ["重庆银行行长任免"]),
        ("ianxian", []),
        ("津贴", ["高龄津贴发放指南", "关于发放高龄津贴的通知"]),
        ("resid", ["Residents", "Apply for a residence permit"]),
        ("sidence", []),
        ("རང་སྐྱོང", ["བོད་རང་སྐྱོང་ལྗོངས"]),
        ("卫生局", []),
        ("", []),
        ("。", []),
    ],
)
def test_what_stands_inside_comes_after_what_begins_so(text: str, found: list[str]) -> None:
    assert suggested(text) == found


def test_the_readers_language_comes_first() -> None:
    index = SuggestionIndex([Phrase("abc zh", "zh", 2), Phrase("abc en", "en")])
    assert [each.text for each in index.suggest("abc", "en")] == ["abc en", "abc zh"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("高令津贴", "高龄津贴"),
        ("高令津贴 办理", "高龄津贴 办理"),
        ("发放高令津贴", "发放高龄津贴"),
        ("residance permit", "residence permit"),
        ("Residnece", "residence"),
        ("高龄津贴", ""),
        ("residence permits", ""),
        ("zzzzzzz", ""),
        ("", ""),
    ],
)
def test_what_sounds_or_is_written_much_the_same_is_put_right(text: str, meant: str) -> None:
    assert INDEX.correct(text) == meant


@given(st.text(max_size=80))
def test_any_text_has_few_suggestions_and_one_meaning(text: str) -> None:
    assert len(INDEX.suggest(text, "zh")) <= MOST_SUGGESTIONS
    corrected = INDEX.correct(text)
    assert corrected == "" or INDEX.correct(corrected) == ""


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("重庆银行〇々䶮𠮷a1"))))
def test_each_character_has_one_syllable(text: str) -> None:
    assert len(syllables_of(text)) == len(text)


def test_a_misspelt_query_is_told_what_finds_more(build: Path) -> None:
    assert find(build, "高令津贴")["suggestion"] == "高龄津贴"
    assert find(build, "residance permit")["suggestion"] == "residence permit"
    assert find(build, "高龄津贴")["suggestion"] is None
    assert find(build, "阿府发〔2006〕13号")["suggestion"] is None
    only_english = find(build, "高令津贴", filters={"in": "en"})
    assert only_english["suggestion"] is None, "it would find no more"


def test_the_page_leads_to_what_was_meant(client: TestClient) -> None:
    text = client.get("/en/search/", params={"q": "residance permit", "in": "en"}).text
    assert (
        'Did you mean: <a href="/en/search/?q=residence+permit&amp;in=en" lang="en">residence permit</a>'
    ) in text


def test_suggestions_as_json(client: TestClient) -> None:
    answer = client.get("/api/suggest", params={"q": "ybbx", "lang": "zh"})
    assert answer.json() == {"suggestions": [{"text": "医保报销", "lang": "zh"}]}
    assert client.get("/api/suggest", params={"q": "a", "size": "3"}).status_code == 422
    assert client.get("/api/suggest").json() == {"suggestions": []}


def test_new_titles_are_suggested_after_a_commit_and_gone_ones_not(tmp_path: Path) -> None:
    write_frames(tmp_path)
    write_rows(tmp_path, [make_row("a", title="草原承包合同"), make_row("b", title="草原防火")])
    apply_rows(tmp_path)
    engine = SearchEngine(tmp_path)
    assert len(engine.suggest("caoyuan", "zh")) == 2
    write_rows(tmp_path, [make_row("a", title="牧区道路")])
    apply_rows(tmp_path)
    engine.suggest("caoyuan", "zh")  # those before, while the new ones are made
    engine.close()
    assert [phrase.text for phrase in engine.suggest("caoyuan", "zh")] == ["草原防火"]
    assert [phrase.text for phrase in engine.suggest("mqdl", "zh")] == ["牧区道路"]
    engine.close()


def test_a_blank_in_a_title_moves_no_character() -> None:
    index = SuggestionIndex([Phrase("2026年　草原 高龄津贴", "zh")])
    assert index.correct("高令津贴") == "高龄津贴"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("སློབ་གསོའི་ལས་ཁངས", "སློབ་གསོའི་ལས་ཁུངས"),
        ("སློབ་གསོའི་ལས་ཁུངས", ""),
        ("སློབ་གས་ལས་ཁུངས", "སློབ་གསོ་ལས་ཁུངས"),
        ("ལས་སློབ", ""),
        ("ཁངས", ""),
    ],
)
def test_a_tibetan_syllable_is_put_right_by_its_neighbours(text: str, meant: str) -> None:
    index = SuggestionIndex([Phrase("ཁུལ་སློབ་གསོ་ལས་ཁུངས་ཀྱི་བརྡ་ཐོ", "bo"), Phrase("འཕྲོད་བསྟེན", "bo")])
    assert index.correct(text) == meant


def test_every_title_is_suggested_however_many_there_are() -> None:
    titles = [
        Title(f"{year}年第{n}号公告", "zh", "") for year in range(2000, 2025) for n in range(1000)
    ]
    spoken = [title._replace(sound=sound_of(fold(title.text))) for title in titles]
    index = SuggestionIndex([], spoken)
    assert [each.text for each in index.suggest("2003年第998", "zh")] == ["2003年第998号公告"]
