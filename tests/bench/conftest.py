"""A corpus whose prose needs nothing from outside the project."""

from pathlib import Path

import pytest

from bench.corpus import Corpus
from bench.lists import shipped_lists
from bench.prose import Prose, load_prose

SENTENCES = (
    "本办法适用于全州行政区域内的有关活动。",
    "州人民政府应当加强对本项工作的领导，建立协调机制，所需经费列入本级预算。",
    "有关部门按照各自职责做好相关工作，并于每年十二月底以前公布执行情况。",
    "任何单位和个人都有权对违反本办法的行为进行举报；",
    "县级人民政府可以根据当地实际制定实施细则，并报州人民政府备案。",
    "违反本办法规定的，由主管部门责令限期改正，逾期不改正的依法处理。",
    "本办法自公布之日起施行。",
)


@pytest.fixture(scope="session")
def prose_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prose")
    for number in range(1, 6):
        lines = [f"第{place}条 {text}" for place, text in enumerate(SENTENCES * number, start=1)]
        head = f'---\ntitle: "示例管理办法之{number}"\n---\n\n## 第一章 总则\n\n'
        (folder / f"{number}.md").write_text(head + "\n\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def prose(prose_folder: Path) -> Prose:
    return load_prose(prose_folder)


@pytest.fixture(scope="session")
def corpus(prose: Prose) -> Corpus:
    return Corpus(400, 1, prose, shipped_lists())
