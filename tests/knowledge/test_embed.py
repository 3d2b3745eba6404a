"""The bundled encoder: light to load, what SentenceTransformer gives, near where texts mean the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from knowledge.embed import BUNDLED, StaticEmbedder, encoder
from knowledge.errors import EncoderError

MODEL = Path(__file__).parents[2] / "knowledge" / "models" / BUNDLED
TEXTS = ["国务院印发《关于推行终身职业技能培训制度的意见》", "农民工", "a", "2018年", "ＡＢＣ 技能，Skills 12.5%"]


def test_every_vector_has_unit_length() -> None:
    vectors = encoder().embed(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder().dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-6)


@pytest.mark.parametrize("text", ["", " \n", "，。！", "😀", "\x00", "\ud800"])
def test_a_text_without_words_is_all_zero(text: str) -> None:
    assert not encoder().embed([text]).any()


def test_no_texts_are_no_vectors() -> None:
    assert encoder().embed([]).shape == (0, encoder().dimension)


def test_sentence_transformers_loads_the_folder_as_it_is_and_gives_the_same_vectors() -> None:
    """It adds up in half precision, as the table is stored, so the last digits differ."""
    from sentence_transformers import SentenceTransformer

    theirs = np.asarray(SentenceTransformer(str(MODEL), device="cpu").encode(TEXTS), dtype=np.float32)
    ours = encoder().embed(TEXTS)
    assert theirs == pytest.approx(ours, abs=2e-3)
    assert (theirs * ours).sum(axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=2e-3)


def test_it_loads_in_under_half_a_second_without_torch() -> None:
    program = (
        "import sys, time; from knowledge.embed import StaticEmbedder; import numpy;"
        "begin = time.process_time(); StaticEmbedder(); print(time.process_time() - begin);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True) for _ in "123"]
    seconds, heavy = zip(*(run.stdout.splitlines() for run in runs), strict=True)
    assert min(map(float, seconds)) < 0.5
    assert set(heavy) == {"[]"}


def test_the_model_folder_is_small() -> None:
    assert sum(file.stat().st_size for file in MODEL.rglob("*") if file.is_file()) <= 24 * 10**6


def test_another_process_with_another_hash_seed_gives_the_same_vectors() -> None:
    program = (
        "import sys; from knowledge.embed import encoder;"
        "sys.stdout.write(encoder().embed(sys.argv[1:]).tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *TEXTS],
        cwd=MODEL.parents[2],
        env={"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert bytes.fromhex(done.stdout) == encoder().embed(TEXTS).tobytes()


def test_a_text_does_not_depend_on_the_texts_beside_it() -> None:
    together = encoder().embed(TEXTS)
    assert all((encoder().embed([text])[0] == row).all() for text, row in zip(TEXTS, together, strict=True))


def test_traditional_full_width_and_upper_case_are_the_same_text() -> None:
    vectors = encoder().embed(["职业技能培训 abc 12", "職業技能培訓 ＡＢＣ　１２"])
    assert vectors[0] == pytest.approx(vectors[1], abs=1e-6)


@pytest.mark.parametrize(
    ("said", "official", "other"),
    [
        ("打工的学手艺", "农民工参加职业技能培训", "商标注册的申请和审查"),
        ("公司不给发工资", "用人单位拖欠劳动者劳动报酬", "药品生产企业的质量管理"),
        ("房东不退押金", "出租人应当返还承租人租赁保证金", "渔业船舶的登记和检验"),
    ],
)
def test_everyday_words_lie_nearer_to_what_they_mean(said: str, official: str, other: str) -> None:
    question, near, far = encoder().embed([said, official, other])
    assert question @ near > question @ far + 0.1


def test_a_questions_vector_is_a_texts() -> None:
    assert (encoder().embed_queries(TEXTS) == encoder().embed(TEXTS)).all()


def test_a_word_has_a_direction_and_a_weight() -> None:
    vectors, weights = encoder().word_vectors(["农民工", "的", "😀"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 0], abs=1e-6)
    assert weights[0] > 3 * weights[1] > 0 == weights[2]


def test_the_bundled_encoder_is_read_once() -> None:
    begin = time.perf_counter()
    assert encoder() is encoder(BUNDLED)
    assert time.perf_counter() - begin < 0.1


def test_the_name_tells_one_model_from_another(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(MODEL, tmp_path / BUNDLED))
    assert encoder(str(copy)).name == encoder().name
    (copy / "tokenizer.json").write_text((copy / "tokenizer.json").read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert encoder(str(copy)).name != encoder().name
    assert encoder(str(copy)).name.startswith(f"{BUNDLED}@")


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("change", [b"", b"no model", None])
def test_a_damaged_model_folder_is_told(tmp_path: Path, name: str, change: bytes | None) -> None:
    copy = Path(shutil.copytree(MODEL, tmp_path / "model"))
    if change is None:
        (copy / name).unlink()
    else:
        (copy / name).write_bytes(change)
    with pytest.raises(EncoderError, match="不是可用的静态编码器") as caught:
        encoder(str(copy))
    assert str(copy) in str(caught.value)


def test_a_table_that_lacks_words_is_told(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    copy = Path(shutil.copytree(MODEL, tmp_path / "model"))
    save_file({"embedding.weight": np.ones((5, 4), dtype=np.float16)}, copy / "model.safetensors")
    with pytest.raises(EncoderError, match="词表与向量表不一致"):
        StaticEmbedder(copy)


def test_the_vector_worked_out_by_hand(tmp_path: Path) -> None:
    """技能 is (3, 0), 培训 (0, 4): their sum (3, 4) has length 5."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models, pre_tokenizers

    raw = Tokenizer(models.WordLevel({"[UNK]": 0, "技能": 1, "培训": 2}, unk_token="[UNK]"))
    raw.pre_tokenizer = pre_tokenizers.Whitespace()
    raw.save(str(tmp_path / "tokenizer.json"))
    table = np.array([[0, 0], [3, 0], [0, 4]], dtype=np.float16)
    save_file({"embedding.weight": table}, tmp_path / "model.safetensors")
    modules = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}]
    (tmp_path / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    found = encoder(str(tmp_path)).embed(["技能 培训", "培训 别的", "别的"])
    assert found == pytest.approx(np.array([[0.6, 0.8], [0, 1], [0, 0]]), abs=1e-6)
