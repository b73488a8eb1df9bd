"""What `git` says of the content: everything that may differ from the last build, and no more."""

import subprocess
from pathlib import Path

import pytest

from plugins.portal.building.sources import find_sources


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "content" / "news").mkdir(parents=True)
    (root / "README.md").write_text("not content")
    for name in ("content/news/通知 一.md", "content/news/two.md", "content/site.yaml"):
        (root / name).write_text("first")
    git(root, "init", "-q")
    commit(root)
    return root


def git(root: Path, *arguments: str) -> str:
    names = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    command = ["git", *names, *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def commit(root: Path) -> str:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "all")
    return git(root, "rev-parse", "HEAD").strip()


ALL = ["news/two.md", "news/通知 一.md", "site.yaml"]


def test_the_first_time_everything_is_new(repository: Path) -> None:
    (repository / "content" / "draft.md").write_text("untracked")
    sources = find_sources(repository / "content", "", ())
    assert sources.is_complete
    assert sources.paths == ["draft.md", *ALL]
    assert sources.commit == git(repository, "rev-parse", "HEAD").strip()
    assert sources.dirty == ["draft.md"]


def test_since_a_commit_only_what_differs(repository: Path) -> None:
    before = find_sources(repository / "content", "", ()).commit
    assert find_sources(repository / "content", before, ()).paths == []
    (repository / "content" / "news" / "通知 一.md").write_text("second")
    (repository / "README.md").write_text("still not content")
    after = commit(repository)
    sources = find_sources(repository / "content", before, ())
    assert (sources.paths, sources.commit, sources.is_complete) == (
        ["news/通知 一.md"],
        after,
        False,
    )
    assert sources.dirty == []


def test_every_way_to_differ_from_the_commit(repository: Path) -> None:
    content = repository / "content"
    before = find_sources(content, "", ()).commit
    (content / "news" / "two.md").unlink()
    (content / "site.yaml").write_text("changed")
    (content / "staged.md").write_text("staged")
    git(repository, "add", "content/staged.md")
    git(repository, "mv", "content/news/通知 一.md", "content/news/moved.md")
    (content / "a b").mkdir()
    (content / "a b" / "ä\n.md").write_text("untracked")
    (content / ".hidden").write_text("passed over")
    found = [
        "a b/ä\n.md",
        "news/moved.md",
        "news/two.md",
        "news/通知 一.md",
        "site.yaml",
        "staged.md",
    ]
    sources = find_sources(content, before, ())
    assert sources.paths == found
    assert sorted({*sources.dirty, ".hidden"}) == sorted({*found, ".hidden"})


def test_what_was_dirty_and_is_no_longer_is_looked_at_again(repository: Path) -> None:
    content = repository / "content"
    (content / "news" / "two.md").write_text("dirty")
    first = find_sources(content, "", ())
    assert first.dirty == ["news/two.md"]
    git(repository, "checkout", "-q", "--", "content/news/two.md")
    second = find_sources(content, first.commit, first.dirty)
    assert (second.paths, second.dirty) == (["news/two.md"], [])


def test_a_file_that_both_sides_changed_differs(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "other")
    (repository / "content" / "site.yaml").write_text("theirs")
    commit(repository)
    git(repository, "checkout", "-q", "-")
    (repository / "content" / "site.yaml").write_text("ours")
    before = commit(repository)
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "other")
    assert find_sources(repository / "content", before, ()).paths == ["site.yaml"]


def test_a_commit_that_is_not_there_any_more_means_everything(repository: Path) -> None:
    sources = find_sources(repository / "content", "0" * 40, ())
    assert sources.is_complete
    assert sources.paths == ALL


def test_content_that_is_a_whole_repository(repository: Path) -> None:
    content = repository / "content"
    git(content, "init", "-q")
    commit(content)
    (content / "news" / "two.md").write_text("changed")
    assert find_sources(content, "", ()).dirty == ["news/two.md"]


@pytest.mark.parametrize("passed_over", ["content/", "*"])
def test_what_git_passes_over_is_looked_at_file_by_file(repository: Path, passed_over: str) -> None:
    git(repository, "rm", "-r", "-q", "--cached", "content")
    (repository / ".gitignore").write_text(f"{passed_over}\n")
    git(repository, "commit", "-q", "-m", "without content")
    sources = find_sources(repository / "content", "", ())
    assert (sources.paths, sources.commit, sources.is_complete) == (ALL, "", True)


def test_content_that_is_not_committed_yet_or_in_no_repository(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "one.md").write_text("one")
    for _ in range(2):
        sources = find_sources(tmp_path / "content", "", ())
        assert (sources.paths, sources.commit, sources.is_complete) == (["one.md"], "", True)
        git(tmp_path, "init", "-q")


def test_without_git_every_file_is_looked_at(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    sources = find_sources(repository / "content", "", ())
    assert (sorted(sources.paths), sources.commit) == (ALL, "")
