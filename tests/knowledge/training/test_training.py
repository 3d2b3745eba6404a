"""A whole run on a tiny configuration: reproducible, loadable, better than it began; and adapting to other documents."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from knowledge.embed import encoder
from knowledge.training.__main__ import main
from knowledge.training.config import Config
from knowledge.training.corpus import Pair, Text, pairs, texts
from knowledge.training.errors import TrainingConfigError, TrainingDataError

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG = """
name = "tiny"
seed = 1
tokens = 400
dimension = 16
window = 3
steps = 60
batch = 64
learning_rate = 0.02
temperature = 0.1
synonyms_share = 0.1

[[text]]
file = "notes.jsonl"
share = 0.6

[[pairs]]
file = "questions.jsonl.xz"
share = 0.3
"""
# Three subjects with words of their own; the questions use other words than the answers do.
SUBJECTS = (
    ("培训", "学手艺", "职业技能培训机构开设课程，学员参加考核，合格的取得证书，培训补贴按标准发放"),
    ("租赁", "租房子", "出租人将房屋交付承租人使用，承租人按约定支付租金，押金在租赁期满返还"),
    ("婚姻", "离婚", "夫妻双方自愿离婚的，应当到婚姻登记机关申请登记，子女由双方协议抚养"),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(0)
    notes, questions = [], []
    for number in range(90):
        title, said, text = SUBJECTS[number % 3]
        clauses = [text.split("，")[place] for place in random.permutation(len(text.split("，")))]
        notes.append({"title": f"{title}办法", "text": "，".join(clauses) + "。"})
        questions.append({"query": f"{said}怎么办？", "positive": "，".join(clauses[:2])})
    lines = ["".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows) for rows in (notes, questions)]
    (folder / "notes.jsonl").write_text(lines[0], encoding="utf-8")
    with lzma.open(folder / "questions.jsonl.xz", "wt", encoding="utf-8") as stream:
        stream.write(lines[1])
    (folder / "tiny.toml").write_text(CONFIG, encoding="utf-8")
    return folder


def trained(data: Path, out: Path) -> Path:
    assert main(["train", "--data", str(data), "--config", str(data / "tiny.toml"), "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(data, tmp_path_factory.mktemp("models") / "tiny")


def test_questions_find_what_answers_them_in_other_words(model: Path) -> None:
    embedder = encoder(str(model))
    assert embedder.dimension == 16
    asked = embedder.embed_queries([f"{said}怎么办？" for _, said, _ in SUBJECTS])
    told = embedder.embed([text for _, _, text in SUBJECTS])
    assert (asked @ told.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_the_same_configuration_gives_the_same_model(model: Path, data: Path, tmp_path: Path) -> None:
    again = trained(data, tmp_path / "tiny")
    for name in ("tokenizer.json", "modules.json"):
        assert (again / name).read_bytes() == (model / name).read_bytes()
    tables = [encoder(str(folder)).table() for folder in (again, model)]  # type: ignore[attr-defined]
    assert tables[0] == pytest.approx(tables[1], abs=1e-3)


def test_the_log_tells_sizes_and_a_falling_loss(model: Path) -> None:
    log = (model / "training.log").read_text(encoding="utf-8")
    assert "词表" in log
    assert "第 60 步，损失" in log


def test_sentence_transformers_loads_what_was_trained(model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    text = "职业技能培训补贴"
    theirs = SentenceTransformer(str(model), device="cpu").encode(text)
    assert theirs == pytest.approx(encoder(str(model)).embed([text])[0], abs=2e-3)


def test_adapting_brings_the_words_of_ones_own_documents_together(model: Path, tmp_path: Path) -> None:
    """租金 and 证书 never met in training; in these notes they always do."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(60):
        note = f"第{number}号 租金证书\n租金证书由房屋机构发放。" + "承租人凭租金证书支付租金，机构查验证书。" * 8
        (folder / f"{number}.txt").write_text(note, encoding="utf-8")
    out = tmp_path / "adapted"
    assert main(["adapt", "--model", str(model), "--steps", "60", "--out", str(out), str(folder)]) == 0
    before, after = encoder(str(model)), encoder(str(out))
    assert after.name != before.name

    def near(embedder: Any, one: str, other: str) -> float:
        vectors = embedder.embed([one, other])
        return float(vectors[0] @ vectors[1])

    assert near(after, "租金", "证书") > near(before, "租金", "证书") + 0.1
    kept = near(after, "离婚", "婚姻登记"), near(before, "离婚", "婚姻登记")
    assert kept[0] == pytest.approx(kept[1], abs=0.05)


def test_retrieval_is_measured_with_intervals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": f"d{n}", "title": f"{t}办法", "text": f"{x}。"} for n, (t, _, x) in enumerate(SUBJECTS)]
    documents = tmp_path / "documents.jsonl"
    documents.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    questions = tmp_path / "questions.jsonl"
    asked = [{"turns": ["参加培训的补贴"], "doc_ids": ["d0"], "evidence": ["培训补贴按标准发放"]}]
    questions.write_text(json.dumps(asked[0], ensure_ascii=False) + "\n", encoding="utf-8")
    assert main(["measure", "--documents", str(documents), "--questions", str(questions)]) == 0
    out = capsys.readouterr().out
    assert "3 份文件" in out
    assert out.count("1.000 [1.000, 1.000]") >= 4


class TestInput:
    def write(self, path: Path, *lines: str) -> Path:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def test_a_corpus_and_pairs_are_read_without_their_empty_rows(self, tmp_path: Path) -> None:
        corpus = self.write(
            tmp_path / "a.jsonl", '{"text": "甲", "title": "乙"}', "", '{"text": " "}', '{"text": "丙"}'
        )
        assert texts(corpus) == [Text("乙", "甲"), Text("", "丙")]
        rows = ('{"query": "问", "positive": "答", "kind": "x"}', '{"query": "", "positive": "答"}')
        assert pairs(self.write(tmp_path / "b.jsonl", *rows)) == [Pair("问", "答")]

    @pytest.mark.parametrize("line", ["{", "[]", '{"title": "x"}', '{"text": 3}', '{"text": null}'])
    @pytest.mark.parametrize("read", [texts, pairs])
    def test_a_line_that_is_no_record_is_told_with_its_place(
        self, tmp_path: Path, line: str, read: Callable[[Path], Any]
    ) -> None:
        path = self.write(tmp_path / "a.jsonl", '{"text": "甲", "query": "甲", "positive": "甲"}', line)
        with pytest.raises(TrainingDataError) as caught:
            read(path)
        assert str(path) in str(caught.value)

    @pytest.mark.parametrize("name", ["none.jsonl", "a.csv", "a.jsonl.xz"])
    def test_a_file_that_cannot_be_read_is_told(self, tmp_path: Path, name: str) -> None:
        if name != "none.jsonl":
            (tmp_path / name).write_text("text", encoding="utf-8")
        with pytest.raises(TrainingDataError, match=name):
            texts(tmp_path / name)

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ('name = "tiny"', "name"),
            ("seed = 1", "seed"),
            ("steps = 60", "steps"),
            ("share = 0.6", "share"),
        ],
    )
    def test_a_configuration_that_lacks_something_is_told(self, tmp_path: Path, change: str, told: str) -> None:
        path = tmp_path / "c.toml"
        path.write_text(CONFIG.replace(change, ""), encoding="utf-8")
        with pytest.raises(TrainingConfigError, match=told) as caught:
            Config.read(path)
        assert str(path) in str(caught.value)

    def test_the_bundled_configuration_can_be_read(self) -> None:
        config = Config.read()
        assert config.name == "policy-static-zh"
        assert all(source.licence for source in (*config.text, *config.pairs))

    def test_the_command_tells_bad_input_in_one_line(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        note = self.write(tmp_path / "note.txt", "很短。")
        for arguments in (
            ["train", "--data", str(tmp_path), "--out", str(tmp_path / "out")],
            ["train", "--data", str(tmp_path), "--config", str(tmp_path / "no.toml"), "--out", str(tmp_path / "out")],
            ["adapt", "--out", str(tmp_path / "out"), str(note)],
            ["adapt", "--out", str(tmp_path / "out"), str(tmp_path / "none")],
            ["measure", "--documents", str(note), "--questions", str(note)],
        ):
            assert main(arguments) == 2
            error = capsys.readouterr().err
            assert error.startswith("错误：")
            assert error.count("\n") == 1
        assert not (tmp_path / "out").exists()
