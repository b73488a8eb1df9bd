"""Cells of wide tables know their column, and a note's way back says where it leads."""

from plugins.portal.reading.labelling import label_parts

HEAD = '<div class="table" tabindex="0" role="region" aria-label="表"><table>\n<thead>\n<tr>{}</tr>\n</thead>'
BODY = "\n<tbody>\n<tr>{}</tr>\n</tbody>\n</table></div>"


def table(names: list[str], cells: list[str]) -> str:
    head = "".join(f"<th>{name}</th>" for name in names)
    return HEAD.format(head) + BODY.format("".join(f"<td>{cell}</td>" for cell in cells))


def test_cells_of_a_wide_table_say_their_column() -> None:
    made = label_parts(table(["年度", "个人 <b>(元)</b>", '"补助"'], ["2026", "400", "720"]), "zh")
    assert '<div class="table table-lines" tabindex="0"' in made
    assert "<td>2026</td>" in made
    assert '<td data-label="个人 (元)">400</td>' in made
    assert '<td data-label="&quot;补助&quot;">720</td>' in made


def test_a_narrow_table_and_one_with_joined_cells_stay_as_they_are() -> None:
    narrow = table(["甲", "乙"], ["1", "2"])
    joined = table(["甲", "乙", "丙"], ["1", "2", "3"]).replace("<td>2", '<td colspan="2">2')
    unnamed = table(["甲", "", "丙"], ["1", "2", "3"])
    for text in (narrow, joined, unnamed):
        assert label_parts(text, "zh") == text


def test_a_row_with_more_cells_than_names_keeps_them() -> None:
    made = label_parts(table(["甲", "乙", "丙"], ["1", "2", "3", "4"]), "zh")
    assert "<td>4</td>" in made


def test_the_way_back_from_a_note_is_said_in_the_language_of_the_text() -> None:
    text = '<a class="footnote-backref" href="#fnref:1" title="↩ 1">↩</a>'
    said = {lang: label_parts(text, lang) for lang in ("zh", "en", "bo")}
    assert 'aria-label="回到正文注1处"' in said["zh"]
    assert 'aria-label="Back to note 1 in the text"' in said["en"]
    assert 'aria-label="མཆན་1ལ་ཕྱིར་ལོག"' in said["bo"]
    assert "title=" not in said["zh"]
