"""The command line as its users meet it: exit codes, messages, JSON."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from publish import main
from tests.small_site import SmallSite, make_small_site


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_small_site(tmp_path)
    site.document(
        "documents/2026/rule.md",
        "医疗保险办法。",
        id="rule",
        title="医疗保险办法",
        number="阿府发〔2026〕12号",
        date="2026-03-01 09:00",
    )
    site.document("news/2026/bridge.md", id="bridge", title="大桥通车")
    return site


def run(site: SmallSite, *arguments: str) -> int:
    return main([arguments[0], "--site", str(site.root), *arguments[1:]])


def test_build_reports_as_json(site: SmallSite, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(site, "build", "--json", "--as-of", "2026-06-01") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["documents"] == report["added"] == 2
    assert set(report) == {
        "documents",
        "added",
        "changed",
        "removed",
        "outputs_written",
        "outputs_removed",
        "views_computed",
        "problems",
        "seconds",
        "peak_memory_mb",
    }


def test_build_says_why_it_made_everything_anew(
    site: SmallSite, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(site, "build", "--as-of", "2026-06-01") == 0
    assert "made anew" not in capsys.readouterr().err
    ledger = site.root / "build/portal.sqlite"
    ledger.write_bytes(ledger.read_bytes()[:-4096])
    assert run(site, "build", "--as-of", "2026-06-01") == 0
    said = capsys.readouterr().err
    assert f"build: {ledger}: not as the last build left it" in said
    assert "Everything was made anew." in said


def test_build_with_index_makes_documents_searchable(
    site: SmallSite, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(site, "build", "--index", "--as-of", "2026-06-01") == 0
    capsys.readouterr()
    assert run(site, "search", "阿府发[2026]12号", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["total"] == 1
    assert found["results"][0]["url"] == "/zh/documents/2026/rule/"
    assert run(site, "search", "大桥", "--column", "news") == 0
    assert capsys.readouterr().out.startswith("1 found")


def test_a_clean_check_says_so(site: SmallSite, capsys: pytest.CaptureFixture[str]) -> None:
    site.write(
        "documents/2026/rule.md",
        "---\ntitle: 公告\nkind: news\ndate: 2026-03-01\n"
        "summary: 一句话。\nsource: 办公室\n---\n\n正文。\n",
    )
    site.write(
        "news/2026/bridge.md",
        "---\ntitle: 大桥\ndate: 2026-03-01\nsummary: 一句话。\nsource: 办公室\n---\n\n正文。\n",
    )
    assert run(site, "check") == 0
    assert capsys.readouterr().out.strip() == "check: no problems"


def test_check_lists_warnings_of_unchanged_files_too(
    site: SmallSite, capsys: pytest.CaptureFixture[str]
) -> None:
    run(site, "build")
    capsys.readouterr()
    assert run(site, "check") == 0
    out = capsys.readouterr().out
    assert "documents/2026/rule.md:1: warning: the document card lacks index" in out


def test_a_refused_build_says_where_its_warnings_are_read(
    site: SmallSite, capsys: pytest.CaptureFixture[str]
) -> None:
    site.document(
        "news/2026/bridge.md", "<script>1</script>", id="bridge", title="大桥", colour="red"
    )
    assert run(site, "build", "--as-of", "2026-06-01") == 1
    said = capsys.readouterr().err
    assert "[meta-unknown-key]" in said
    assert "refused: 1 error, 6 warnings, which publish.py check lists" in said
    assert run(site, "check", "--as-of", "2026-06-01") == 1
    assert "[html-dropped]" in capsys.readouterr().out


@pytest.mark.parametrize(("form", "start"), [("json", "[\n {"), ("github", "::error file=")])
def test_check_speaks_to_programs(
    site: SmallSite, capsys: pytest.CaptureFixture[str], form: str, start: str
) -> None:
    site.document("news/2026/wrong.md", date="2026-02-30")
    (site.content / "documents/2026/rule.md").unlink()
    (site.content / "news/2026/bridge.md").unlink()
    assert run(site, "check", "--format", form) == 1
    assert capsys.readouterr().out.startswith(start)


def test_check_changed_judges_only_what_differs_from_the_last_commit(
    site: SmallSite, capsys: pytest.CaptureFixture[str]
) -> None:
    site.document("news/2026/old-mistake.md", date="2026-02-30")
    for arguments in (
        ("init", "-q"),
        ("add", "content"),
        ("-c", "user.name=Editor", "-c", "user.email=e@small.example", "commit", "-qm", "All"),
    ):
        subprocess.run(["git", *arguments], cwd=site.root, check=True)
    site.document("news/2026/new-mistake.md", date="2026-02-31")
    assert run(site, "check", "--changed") == 1
    out = capsys.readouterr().out
    assert "new-mistake" in out
    assert "old-mistake" not in out


def test_new_writes_a_draft_that_the_check_accepts(
    site: SmallSite, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(site, "new", "news", "关于大桥通车") == 0
    source = capsys.readouterr().out.strip()
    assert source.startswith("news/")
    assert source.endswith("/guan-yu-da-qiao-tong-che.md")
    text = (site.content / source).read_text()
    assert "status: draft" in text
    assert "id: " in text
    path = site.content / source
    path.write_text(
        text.replace('summary: ""', "summary: 通车。").replace('source: ""', "source: 局")
    )
    assert run(site, "check") == 0


def test_new_refuses_an_unknown_kind(site: SmallSite, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(site, "new", "newz", "题") == 1
    assert capsys.readouterr().err.strip() == 'new: "newz" is not a kind\n  Did you mean "news"?'


def test_register_adds_addresses_and_never_takes_them_out(
    site: SmallSite, capsys: pytest.CaptureFixture[str]
) -> None:
    run(site, "build", "--as-of", "2026-06-01")
    capsys.readouterr()
    assert run(site, "register") == 0
    assert capsys.readouterr().out.startswith("register: 2 addresses added")
    site.document("news/2026/second.md", id="second")
    run(site, "build", "--as-of", "2026-06-01")
    capsys.readouterr()
    run(site, "register")
    assert capsys.readouterr().out.startswith("register: 1 addresses added")
    lines = (site.content / "register/addresses/news.tsv").read_text().splitlines()
    assert [line.split("\t")[0] for line in lines] == [
        "/zh/news/2026/bridge/",
        "/zh/news/2026/second/",
    ]


def test_a_wrong_call_ends_with_2(site: SmallSite) -> None:
    with pytest.raises(SystemExit) as left:
        run(site, "bild")
    assert left.value.code == 2


def test_a_folder_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--content", "/nowhere"]) == 1
    assert "/nowhere is not a folder" in capsys.readouterr().err


def test_a_wrong_time_is_named(site: SmallSite, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(site, "build", "--as-of", "yesterday") == 1
    assert "--as-of: 'yesterday' is not a time like" in capsys.readouterr().err
