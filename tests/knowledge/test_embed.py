"""Text -> vectors: unit length, the same in every process, near where words are shared."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from knowledge.embed import HashedTermEmbedder

TEXTS = ["国务院印发《关于推行终身职业技能培训制度的意见》", "农民工", "a", "2018年"]

# 技能 in 16 dimensions, worked out by hand from the low bits of numpy's PCG64 seeded by BLAKE2b of each string: the
# signs of 技能 plus the mean of the signs of 技 and 能 are whole numbers; their squares sum to 20.
SKILL = np.array([1, -1, 2, 2, 1, 1, 1, 0, -1, 0, -1, 1, 1, 1, -1, 1]) / np.sqrt(20)


def test_every_vector_has_unit_length() -> None:
    vectors = HashedTermEmbedder().embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 256)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-6)


@pytest.mark.parametrize("text", ["", " \n", "，。！", "😀", "的"])
def test_a_text_without_words_is_all_zero(text: str) -> None:
    assert not HashedTermEmbedder().embed([text]).any()


def test_no_texts_are_no_vectors() -> None:
    assert HashedTermEmbedder(32).embed([]).shape == (0, 32)


def test_a_word_has_the_vector_worked_out_by_hand() -> None:
    assert HashedTermEmbedder(16).embed(["技能"])[0] == pytest.approx(SKILL, abs=1e-6)


def test_another_process_with_another_hash_seed_gives_the_same_vectors() -> None:
    program = (
        "import sys; from knowledge.embed import HashedTermEmbedder;"
        "sys.stdout.write(HashedTermEmbedder().embed(sys.argv[1:]).tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *TEXTS], env={"PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True
    )
    assert bytes.fromhex(done.stdout) == HashedTermEmbedder().embed(TEXTS).tobytes()


def test_a_text_does_not_depend_on_the_texts_beside_it() -> None:
    embedder = HashedTermEmbedder()
    together = embedder.embed(TEXTS)
    assert all((embedder.embed([text])[0] == row).all() for text, row in zip(TEXTS, together, strict=True))


def test_a_text_lies_nearer_to_one_that_shares_its_words() -> None:
    question, shares, other = HashedTermEmbedder().embed(
        ["农民工参加培训", "对农民工组织实施专项培训", "国务院印发意见"]
    )
    assert question @ shares > question @ other + 0.2
