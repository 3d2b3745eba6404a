"""The second stage on a tiny configuration: a whole run, in slices and at once, exported and run without torch."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge.build import build
from knowledge.embed import StaticEmbedder
from knowledge.errors import EncoderError
from knowledge.index import open_index
from knowledge.pair import PADDING, QUESTION, TEXT, TITLE, Pairing, marked
from knowledge.rerank import SecondStage, is_second_stage
from knowledge.retrieve import Retriever
from knowledge.training.__main__ import main
from knowledge.training.errors import TrainingConfigError, TrainingDataError
from knowledge.training.second.config import SecondConfig
from knowledge.training.second.material import NONE, Material, draw, hidden_rows, split
from knowledge.training.second.prepare import running

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIG = """
name = "tiny"
seed = 3
dimension = 32
layers = 1
heads = 2
inner = 32
length = 64
dropout = 0.1
read_steps = 3
read_rows = 4
read_rate = 0.001
steps = 12
questions = 4
negatives = 3
hard_share = 0.6
learning_rate = 0.002
told_weight = 0.5
span_weight = 0.2
made = 16

[[text]]
file = "notes.jsonl"
share = 0.3

[[pairs]]
file = "questions.jsonl"
share = 0.5

[[pairs]]
file = "messages.jsonl"
share = 0.2
most = 6
"""
ROOT = Path(__file__).parents[3]
PLACES = "青山 白水 红河 黄石 东湖 西湖 南山 北海 长江 大理".split()
AMOUNTS = "三百 四百 五百 六百 七百 八百 九百 一千 二千 三千".split()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    questions, notes, messages = [], [], []
    for place, amount in zip(PLACES, AMOUNTS, strict=True):
        told = f"{place}市的培训补贴标准为每人{amount}元。"
        text = f"{place}市人力资源部门负责职业技能培训的组织实施工作。{told}补贴由培训机构按季度提出申请，审核后拨付。"
        questions.append({"query": f"{place}市的培训补贴是多少？", "positive": text, "answer": f"{amount}元"})
        law = (
            f"{place}市公路管理机构应当按照国家规定对公路进行养护，并定期检查桥梁和隧道的安全状况，及时处理发现的问题。"
        )
        notes.append({"title": f"{place}市公路条例", "text": law})
        messages.append(
            {"query": f"{place}的路灯坏了", "positive": f"您好，{place}的路灯已经安排人员维修，预计三天内完成。"}
        )
    for name, rows in (("questions", questions), ("notes", notes), ("messages", messages)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "tiny.toml").write_text(CONFIG, encoding="utf-8")
    return folder


def run(data: Path, work: Path, *more: str, config: str = "tiny.toml") -> int:
    common = ["--data", str(data), "--config", str(data / config), "--work", str(work)]
    return main(["second", "train", *common, "--threads", "1", *more])


@pytest.fixture(scope="module")
def work(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run."""
    folder = tmp_path_factory.mktemp("work")
    assert run(data, folder) == 0
    return folder


@pytest.fixture(scope="module")
def material(work: Path) -> Material:
    return Material.load(work / "material.npz")


@pytest.fixture(scope="module")
def config(data: Path) -> SecondConfig:
    return SecondConfig.read(data / "tiny.toml")


@pytest.fixture(scope="module")
def exported(data: Path, work: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    common = ["--config", str(data / "tiny.toml"), "--work", str(work)]
    assert main(["second", "export", *common, "--out", str(folder), "--share", "0.4", "--least", "0.2", "--float"]) == 0
    return folder


def weights(folder: Path) -> dict[str, np.ndarray]:
    import torch

    told = torch.load(folder / "checkpoint.pt", weights_only=True)
    return {name: value.numpy() for name, value in told["model"].items()}


@cache
def names() -> dict[int, str]:
    return {number: word for word, number in marked(StaticEmbedder().tokenizer).get_vocab().items()}


def words_of(tokens: Sequence[int]) -> str:
    return "".join(names()[int(token)] for token in tokens if token)


def test_a_row_holds_question_title_and_text() -> None:
    """``[CLS] a b [SEP] c [SEP] d e``: worked out by hand; the shorter row ends in padding."""
    tokenizer = marked(StaticEmbedder().tokenizer)
    cls, sep = (tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]"))
    asked, title, text = np.array([11, 12]), np.array([13]), np.array([14, 15])
    rows, begins = Pairing(tokenizer, 64).rows([asked, asked[:1]], [title, title[:0]], [text, text])
    assert rows.ids.tolist() == [[cls, 11, 12, sep, 13, sep, 14, 15], [cls, 11, sep, sep, 14, 15, 0, 0]]
    assert rows.parts[0].tolist() == [QUESTION] * 4 + [TITLE] * 2 + [TEXT] * 2
    assert rows.parts[1].tolist() == [QUESTION] * 3 + [TITLE] + [TEXT] * 2 + [PADDING] * 2
    assert begins.tolist() == [6, 4]


def test_marks_are_tokens_and_words_keep_their_numbers() -> None:
    plain, made = StaticEmbedder().tokenizer, marked(StaticEmbedder().tokenizer)
    assert made.encode("补贴标准").ids == plain.encode("补贴标准").ids
    assert made.encode("补贴。标准：").tokens == ["补贴", "。", "标准", ":"]
    assert made.get_vocab_size() == plain.get_vocab_size() + 12


def test_what_a_question_is_given(material: Material) -> None:
    """The positive tells the answer; without its sentence it does not; what was mined does not either."""
    bodies, queries = split(material.bodies), split(material.queries)
    asked = [row for row in range(len(queries)) if "补贴是多少" in words_of(queries[row])]
    assert len(asked) == 10
    for row in asked:
        amount = next(amount for place, amount in zip(PLACES, AMOUNTS, strict=True) if place in words_of(queries[row]))
        positive = bodies[material.positive[row]]
        first, last = material.span[row]
        assert words_of(positive[first : last + 1]) == f"{amount}元"
        rest = words_of(bodies[material.without[row]])
        assert f"{amount}元" not in rest
        assert "组织实施" in rest
        mined = [words_of(bodies[other]) for other in material.hard[row] if other >= 0]
        assert mined
        assert not any(f"{amount}元" in text for text in mined)
    assert (material.source == 2).sum() == 6  # as many as ``most`` allows


def test_a_step_draws_the_same_again(material: Material, config: SecondConfig) -> None:
    pairing = Pairing(marked(StaticEmbedder().tokenizer), config.length)
    first, again, other = (draw(material, pairing, config, step) for step in (5, 5, 6))
    assert np.array_equal(first.rows.ids, again.rows.ids)
    assert not np.array_equal(first.rows.ids, other.rows.ids)
    assert len(first.rows.ids) == config.questions * (config.negatives + 1)
    told = first.told.reshape(config.questions, -1)
    assert all(row[0] in {1, NONE} and (row[0] == NONE) == (row[-1] == NONE) for row in told)
    for row, (start, end) in enumerate(first.span):
        assert start == NONE or words_of(first.rows.ids[row, start : end + 1]).endswith("元")


def test_hidden_words_can_be_guessed_from_what_was_there(data: Path, config: SecondConfig) -> None:
    tokenizer = marked(StaticEmbedder().tokenizer)
    mask = tokenizer.token_to_id("[MASK]")
    text = running(config, data, tokenizer)
    rows, wanted, hidden = hidden_rows(text, Pairing(tokenizer, config.length), config, mask, 1)
    assert hidden.any()
    assert np.array_equal(rows.ids[~hidden], wanted[~hidden])
    assert (wanted[hidden] < mask - 2).all()
    assert (rows.ids[hidden] == mask).any()


def test_a_run_in_slices_ends_where_an_uninterrupted_one_does(data: Path, work: Path, tmp_path: Path) -> None:
    """Stopped while it guesses words and again while it asks; the figures of the log go on, too."""
    folder = tmp_path / "sliced"
    folder.mkdir()
    (folder / "material.npz").write_bytes((work / "material.npz").read_bytes())
    for number, at in enumerate(((2, 0), (3, 7), (3, 12))):
        assert stopped(data, folder, at, resume=number > 0) == (number == 2)
    whole, sliced = weights(work), weights(folder)
    assert whole.keys() == sliced.keys()
    for name, value in whole.items():
        assert np.array_equal(value, sliced[name]), name


def stopped(data: Path, folder: Path, at: tuple[int, int], *, resume: bool) -> bool:
    """Train until some steps are done; return whether the run is finished."""
    from knowledge.training.second import fit
    from knowledge.training.second.run import trained

    class Stopping(fit.Run):
        def _step(self, stage: str, step: int, *rest: object) -> None:
            if step >= at[stage == fit.ASKING]:
                self.save()
                raise KeyboardInterrupt
            super()._step(stage, step, *rest)  # type: ignore[arg-type]

    patch = pytest.MonkeyPatch()
    patch.setattr(fit, "Run", Stopping)
    try:
        config = SecondConfig.read(data / "tiny.toml")
        return trained(config, data, folder, print, minutes=5, resume=resume, threads=1)
    except KeyboardInterrupt:
        return False
    finally:
        patch.undo()


def test_a_slice_ends_when_its_time_is_over(
    data: Path, work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "material.npz").write_bytes((work / "material.npz").read_bytes())
    assert run(data, tmp_path, "--minutes", "0.0001") == 0
    assert "--resume" in capsys.readouterr().out
    assert (tmp_path / "weights.pt").is_file()  # what there is can be exported after each slice
    assert run(data, tmp_path) == 2  # a checkpoint is not overwritten unasked
    assert "--resume" in capsys.readouterr().err
    assert run(data, tmp_path, "--resume") == 0
    assert "训练完成" in capsys.readouterr().out


def test_another_configuration_does_not_take_up_a_checkpoint(data: Path, work: Path) -> None:
    from knowledge.training.second.run import trained

    other = replace(SecondConfig.read(data / "tiny.toml"), learning_rate=0.5)
    with pytest.raises(TrainingDataError, match="learning_rate"):
        trained(other, data, work, print, minutes=1, resume=True, threads=1)


def test_training_lowers_the_loss(work: Path) -> None:
    lines = (work / "training.log").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("reading 3/3")
    assert lines[-1].startswith("asking 12/12")


def test_a_configuration_that_cannot_be_used_is_named(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(CONFIG.replace("heads = 2", "heads = 5"), encoding="utf-8")
    with pytest.raises(TrainingConfigError, match="heads"):
        SecondConfig.read(path)
    assert SecondConfig.read().dimension % SecondConfig.read().heads == 0  # the bundled one can be


def test_what_is_exported_gives_what_torch_gives(data: Path, work: Path, exported: Path, config: SecondConfig) -> None:
    """Over rows of other lengths than the export saw, with padding; 8 bits give nearly the same."""
    import torch

    from knowledge.training.second.export import quantised, trained

    tokenizer = marked(StaticEmbedder().tokenizer)
    model, _ = trained(config, work)
    passages = [
        (f"{place}办法", f"{place}市的培训补贴标准为每人{amount}元。" * (1 + number % 3))
        for number, (place, amount) in enumerate(zip(PLACES, AMOUNTS, strict=True))
    ]
    encoded = [[np.array(tokenizer.encode(part).ids) for part in passage] for passage in passages]
    asked = np.array(tokenizer.encode("青山市的培训补贴是多少？").ids)
    rows, _ = Pairing(tokenizer, config.length).rows(
        [asked] * 10, [row[0] for row in encoded], [row[1] for row in encoded]
    )
    with torch.no_grad():
        near, _ = model(torch.from_numpy(rows.ids), torch.from_numpy(rows.parts))
    shown = ["\n".join(passage) for passage in passages]
    found = SecondStage(exported).judge("青山市的培训补贴是多少？", shown)
    assert np.allclose(found.near, near[:, 0].numpy(), atol=1e-4)
    odds = torch.exp(near[:, 1]) / (0.2 / 0.8)  # one half stands for the threshold of 0.2
    assert np.allclose(found.told, (odds / (1 + odds)).numpy(), atol=1e-4)
    small = exported.parent / "small"
    small.mkdir(exist_ok=True)
    for name in ("second.json", "tokenizer.json"):
        (small / name).write_bytes((exported / name).read_bytes())
    quantised(exported / "model.onnx", small / "model.onnx")
    assert (small / "model.onnx").stat().st_size < (exported / "model.onnx").stat().st_size / 3
    assert np.allclose(SecondStage(small).judge("青山市的培训补贴是多少？", shown).near, found.near, atol=0.1)


def test_a_second_stage_is_known_by_its_folder(exported: Path, tmp_path: Path) -> None:
    stage = SecondStage(exported)
    assert is_second_stage(str(exported))
    assert not is_second_stage(str(tmp_path))
    assert stage.share == 0.4
    assert stage.name.startswith(f"{exported.name}@")
    assert stage.scores("补贴", []).shape == (0,)
    assert stage.scores("補貼", ["标题\n补贴"]) == stage.scores("补贴", ["標題\n補貼"])
    assert np.isfinite(stage.scores("\ud800?", ["", "没有标题", "甲\n乙\n丙"])).all()
    with pytest.raises(EncoderError, match="第二级"):
        SecondStage(tmp_path)
    (tmp_path / "second.json").write_bytes((exported / "second.json").read_bytes())
    (tmp_path / "tokenizer.json").write_bytes((exported / "tokenizer.json").read_bytes())
    (tmp_path / "model.onnx").write_bytes(b"none")
    with pytest.raises(EncoderError, match="第二级"):
        SecondStage(tmp_path).scores("补贴", ["补贴"])


def test_measuring_prints_a_table_with_and_without(
    data: Path, exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    documents, questions = [], []
    for number, line in enumerate((data / "questions.jsonl").read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        documents.append({"id": f"d{number}", "title": f"通知{number}", "text": row["positive"]})
        questions.append({"turns": [row["query"]], "doc_ids": [f"d{number}"], "evidence": [row["answer"]]})
    for name, rows in (("documents", documents), ("asked", questions)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    command = ["--documents", str(tmp_path / "documents.jsonl"), "--questions", str(tmp_path / "asked.jsonl")]
    assert main(["second", "measure", *command, "--model", str(exported)]) == 0
    printed = capsys.readouterr().out
    assert "10 个问题" in printed
    assert "first stage alone" in printed
    assert "share by cross-validation" in printed


def test_retrieval_weighs_both_stages_and_tells_what_the_second_says(
    exported: Path, data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "documents.jsonl"
    rows = [json.loads(line) for line in (data / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = [{"id": str(number), "title": f"通知{number}", "text": row["positive"]} for number, row in enumerate(rows)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines), encoding="utf-8")
    encoder = StaticEmbedder()
    build(tmp_path / "index", [str(path)], encoder)
    index = open_index(tmp_path / "index", encoder)
    first = Retriever(index).search(rows[0]["query"], 5)
    both = Retriever(index, reranker=SecondStage(exported)).search(rows[0]["query"], 5)
    assert all(hit.answers is None for hit in first)
    assert all(hit.answers is not None and 0 <= hit.answers <= 1 for hit in both)
    assert [hit.score for hit in both] == [hit.score for hit in first]  # each place keeps its score
    index.vectors.close()


def test_the_setting_takes_the_folder_of_a_second_stage(
    exported: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer is given through it, and torch is not among what a process loads for that."""
    program = (
        "import sys; from pathlib import Path; from assistant.answer import Question; "
        "from assistant.compose import build_assistant; "
        "answer = build_assistant(Path(sys.argv[1])).ask(Question.of('青山市的培训补贴是多少？')); "
        "assert answer.retrieved; assert 'onnxruntime' in sys.modules; assert 'torch' not in sys.modules"
    )
    documents = tmp_path / "documents.jsonl"
    rows = [json.loads(line) for line in (data / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = [{"id": str(number), "title": "通知", "text": row["positive"]} for number, row in enumerate(rows)]
    documents.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines), encoding="utf-8")
    build(tmp_path / "index", [str(documents)], StaticEmbedder())
    monkeypatch.setenv("POLICY_RERANKER", str(exported))
    command = [sys.executable, "-c", program, str(tmp_path / "index")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
