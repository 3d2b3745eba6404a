"""Many settings over one question set, with the Assistant that ships over the bundled article."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import assistant.compose
import assistant.gate
import eval.__main__ as command_line
from assistant.answer import Question
from eval.errors import SweepError
from eval.grid import read
from eval.scores import MEASURE
from eval.significance import Column, Ratio
from eval.sweep import cross_validated, dealt
from eval.variant import Variant, retriever_parameters

if TYPE_CHECKING:
    from pathlib import Path

CASES = [
    {"turns": ["2018年国务院印发了什么文件?"], "facts": [["关于推行终身职业技能培训制度的意见"]]},
    {"turns": ["哪些人属于重点群体?"], "category": "eligibility", "facts": [["农民工"]]},
    {"turns": ["湖北的补贴标准是多少?"], "category": "amounts", "answerable": False, "facts": []},
    {"turns": ["今天天气怎么样?"], "category": "amounts", "answerable": False, "facts": []},
]


@pytest.fixture
def plan(build: Any, tmp_path: Path, article_index_path: Path) -> Any:
    """Return a function that writes a sweep file."""
    questions = build.cases(tmp_path / "q.jsonl", *CASES)

    def write(body: str, head: str = "folds = 2\n") -> Path:
        path = tmp_path / "sweep.toml"
        path.write_text(f'dataset = "{questions}"\nindex = "{article_index_path}"\n{head}{body}', encoding="utf-8")
        return path

    return write


SHARE = next(name for name in retriever_parameters() if "lexical" in name)
GRID = f'[grid]\n"{SHARE}" = [0.8, 1.0]\n"assistant.gate.COVERAGE" = [0.52, 2.0]\n'


def test_a_sweep_runs_every_point_and_says_what_to_take(
    plan: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert command_line.main(["sweep", str(plan(GRID)), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "第 1 组" in printed
    assert "（回答与第 2 组全同）" in printed, "where nothing passes the gate the retriever makes no difference"
    record = json.loads((out / "sweep.json").read_bytes())
    figures = [point["figures"]["correct"]["value"] for point in record["points"]]
    assert figures == [1.0, 0.75, 1.0, 0.75]
    assert (record["choice"]["best"], record["choice"]["cross_validated"]) == (1, 1.0)
    assert record["points"][0]["picked"] == 2
    manifest = json.loads((out / "points" / "002" / "manifest.json").read_bytes())
    assert manifest["parameters"] == {SHARE: 0.8, "assistant.gate.COVERAGE": 2.0}
    page = (out / "sweep.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "assistant.gate.COVERAGE=2.0" in page
    assert command_line.main(["compare", str(out / "points" / "001"), str(out / "points" / "002")]) == 0
    assert "A 对 B 错：1 个用例" in capsys.readouterr().out


def test_a_sweep_leaves_everything_as_it_was(article_index_path: Path) -> None:
    before = assistant.gate.COVERAGE, assistant.compose.Retriever, assistant.compose.open_index
    variant = Variant(article_index_path, {"assistant.gate.COVERAGE": 2.0, SHARE: 1.0})
    said = variant.asker().ask(Question.of("哪些人属于重点群体?"))
    assert said.status == "not_found"
    assert (assistant.gate.COVERAGE, assistant.compose.Retriever, assistant.compose.open_index) == before
    shipped = Variant(article_index_path, {}).asker().ask(Question.of("哪些人属于重点群体?"))
    assert shipped.status == "answered"


def test_points_share_an_index_and_travel_to_a_process(article_index_path: Path) -> None:
    first, second = (Variant(article_index_path, {SHARE: share}) for share in (0.8, 1.0))
    assert first._assistant.index is second._assistant.index
    again = pickle.loads(pickle.dumps(second))
    assert (again.index, again.changes) == (second.index, second.changes)


def test_a_setting_reaches_the_composition(tmp_path: Path, article_index_path: Path) -> None:
    variant = Variant(None, {"POLICY_INDEX": str(article_index_path)})
    assert variant.asker().ask(Question.of("哪些人属于重点群体?")).status == "answered"
    assert variant.settings()["POLICY_INDEX"] == str(article_index_path)
    assert variant.parameters() == {}


def test_an_index_is_built_from_sources_once(plan: Any, tmp_path: Path, article_path: Path) -> None:
    path = plan(GRID)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("index = ", f'sources = ["{article_path}"]\n#', 1), encoding="utf-8")
    out = tmp_path / "out"
    assert command_line.main(["sweep", str(path), "--out", str(out)]) == 0
    assert [folder.name for folder in (out / "indexes").iterdir()] == ["default"]


def test_only_some_cases_choose(plan: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = 'folds = 2\nwhere = "category=history"\n'
    out = tmp_path / "out"
    assert command_line.main(["sweep", str(plan(GRID, head)), "--out", str(out)]) == 0
    assert (out / "points" / "001" / "answers.jsonl").read_bytes().count(b"\n") == 1
    capsys.readouterr()
    assert command_line.main(["sweep", str(plan(GRID, 'where = "split=dev"\n')), "--out", str(tmp_path / "no")]) == 2
    assert "没有 split=dev 的用例" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("body", "head", "said"),
    [
        ("", "", "至少要有两组设置"),
        ("[grid]\nPOLICY_PORT = []", "", "应为非空的列表"),
        ("[grid]\nPOLICY_NONE = [1, 2]", "", "没有 POLICY_NONE 这项设置，可用：.*POLICY_INDEX"),
        ('[grid]\nPOLICY_PUBLIC = ["maybe", "no"]', "", "设置 POLICY_PUBLIC 的值不能用：'maybe'"),
        ('[grid]\n"retriever.none" = [1, 2]', "", f"检索器没有参数 retriever.none，可用：.*{SHARE}"),
        ('[grid]\n"assistant.none.X" = [1, 2]', "", "没有模块 assistant.none"),
        ('[grid]\n"assistant.gate.NONE" = [1, 2]', "", "assistant.gate 里没有数值常量 NONE"),
        ('[grid]\n"assistant.gate.COVERAGE" = ["x", 1]', "", "现在是 0.52，不能改成 'x'"),
        ('[grid]\n"os.sep" = [1, 2]', "", "不认识的设置 os.sep"),
        (GRID, 'target = "nonsense"\n', "没有叫 nonsense 的指标"),
        (GRID, "folds = 1\n", "folds 应为不小于 2 的整数"),
        (GRID, 'folds = "many"\n', "folds 的值不能用"),
        (GRID, 'where = "dev"\n', "where 应写成"),
        (GRID, "surprise = 1\n", "不认识的项 surprise"),
        (GRID, "[broken\n", "不是合法的 TOML"),
        (f'[grid]\n"{SHARE}" = [' + "0.1," * 201 + "]", "", "最多 200 组"),
    ],
)
def test_a_sweep_that_cannot_be_made_is_refused_before_anything_runs(
    plan: Any, body: str, head: str, said: str
) -> None:
    with pytest.raises(SweepError, match=said):
        read(plan(body, head))


def test_a_missing_file_and_a_target_that_says_nothing(plan: Any, tmp_path: Path) -> None:
    with pytest.raises(SweepError, match="无法读取扫描文件"):
        read(tmp_path / "none.toml")
    for target, code in (("latency_p95", 2), ("character_f1", 2)):
        path = plan(GRID, f'target = "{target}"\n')
        assert command_line.main(["sweep", str(path), "--out", str(tmp_path / target)]) == code


def test_the_choice_is_judged_on_cases_it_was_not_made_by() -> None:
    """Two points over four cases in two folds, worked out by hand.

    First is right on cases 0, 1 (fold 0) and wrong on 2, 3 (fold 1); second the other way round. Without fold 0 the
    second is chosen, and wrong on all of fold 0; without fold 1 the first, wrong on all of fold 1: 0 in all, although
    each alone reaches a half.
    """
    folds = np.array([0, 0, 1, 1])
    ones = np.ones(4)
    columns = [
        Column(Ratio(), np.array(values, dtype=float), ones, ones > 0) for values in ([1, 1, 0, 0], [0, 0, 1, 1])
    ]
    assert cross_validated(columns, folds, MEASURE["correct"]) == (0.0, [1, 0])
    # of a measure of which less is better the other one is chosen each time, and has 0 again
    assert cross_validated(columns, folds, MEASURE["false_refusal_rate"]) == (1.0, [0, 1])


@dataclass(frozen=True)
class Shares:
    lexical: float = 0.4
    limit: int = 100

    def __post_init__(self) -> None:
        if self.lexical > 1:
            raise ValueError("too much")


class GroupedRetriever:
    """A retriever whose numbers stand in a group, beside one that stands alone."""

    def __init__(self, index: Any, shares: Shares = Shares(), depth: int = 10, reranker: Any = None) -> None:
        self.shares = shares


def test_numbers_in_a_group_are_named_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.retrieve.Retriever", GroupedRetriever)
    assert retriever_parameters() == {
        "retriever.depth": 10,
        "retriever.shares.lexical": 0.4,
        "retriever.shares.limit": 100,
    }
    changes = {"retriever.shares.lexical": 0.6, "retriever.shares.limit": 50, "retriever.depth": 5}
    assert Variant(None, changes)._retriever_parameters() == {"shares": Shares(0.6, 50), "depth": 5}
    with pytest.raises(SweepError, match="不能是 2（too much）"):
        Variant(None, {"retriever.shares.lexical": 2}).check()


def test_every_fold_has_of_every_category(build: Any, tmp_path: Path) -> None:
    from eval.scores import sheet_of

    outcomes = [build.outcome(build.case(id=str(at), category="ab"[at % 2]), build.answer()) for at in range(20)]
    sheet = sheet_of(outcomes)
    folds = dealt(sheet, 5, 0)
    for fold in range(5):
        assert sorted("ab"[case % 2] for case in np.flatnonzero(folds == fold)) == ["a", "a", "b", "b"]
    assert (dealt(sheet, 5, 0) == folds).all()
    assert (dealt(sheet, 5, 1) != folds).any()
