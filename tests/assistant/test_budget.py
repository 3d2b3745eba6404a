"""Passages that fit the window of a model: counted with its tokenizer, else estimated and corrected by what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

from assistant.answer import Question
from assistant.budget import Estimate, counter, fitting, room
from assistant.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "expected"),
    # a Chinese character or mark is one; four letters one; a digit one; the result is rounded up by one
    [("", 1), ("政策", 3), ("政策，", 4), ("policy", 3), ("2022年", 6), ("a b", 3)],
)
def test_the_estimate_knows_chinese(text: str, expected: int) -> None:
    assert Estimate().count(text) == expected


def test_the_estimate_learns_from_what_a_server_counts_and_is_not_led_astray() -> None:
    estimate, text = Estimate(), "政策" * 100
    for _ in range(30):
        estimate.learn(text, 130)  # 0.65 a character
    assert estimate.count(text) == pytest.approx(131, abs=2)
    estimate.learn(text, 10**9)  # taken as twice the estimate at most
    assert estimate.count(text) < 200


def test_the_tokenizer_of_the_model_counts_exactly(tmp_path: Path) -> None:
    tokenizer = Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split("|", "removed")
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert counter(tmp_path / "tokenizer.json").count("一个|两个|三个") == 3
    (tmp_path / "bad.json").write_text("{")
    for bad in ("bad.json", "none.json"):
        with pytest.raises(SettingsError, match="POLICY_LLM_TOKENIZER"):
            counter(tmp_path / bad)


def test_passages_are_taken_best_first_until_the_window_is_full() -> None:
    assert fitting(["甲" * 10, "乙" * 10, "丙" * 10], 25, len) == 2
    assert fitting(["甲" * 100, "乙"], 25, len) == 1, "the best one goes in any case"
    assert fitting([], 25, len) == 0
    assert room(8192, 1024, 500) == 8192 - 1024 - 500 - 64


def test_a_small_window_gets_fewer_passages(upstream: Any, protocol: Any, answering: Callable[..., Any]) -> None:
    upstream.reply = lambda _: protocol.Play("RESULT: not_found")
    question = Question.of("职业技能培训的主要形式有哪些？")
    for window in (2048, 8192):
        answering(upstream.url, llm_context=window, llm_max_output=512).ask(question)
    small, large = (protocol.passages(asked.prompt) for asked in upstream.asked)
    assert 0 < len(small) < len(large) == 10
    assert list(small.items()) == list(large.items())[: len(small)]
    estimate = Estimate()
    assert estimate.count(upstream.asked[0].prompt) + 512 <= 2048
