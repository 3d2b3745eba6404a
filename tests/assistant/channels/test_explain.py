"""``ask --explain``: query, hits with scores, prompt, and the verdict on each sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.__main__ import main

RIGHT = "2017年，中共中央、国务院印发《新时期产业工人队伍建设改革方案》"


def ask(*arguments: str) -> int:
    return main(["ask", *arguments])


def test_the_extractive_answer_is_explained(article_index_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("2017年出台了什么文件？", "--explain", "--index", str(article_index_path)) == 0
    told = capsys.readouterr().out
    answer, _, account = told.partition("—— 说明 ——")
    assert "改革方案" in answer
    for part in ("检索词（权重）：", "检索到的段落：", " 1. ", "向量", "核对：", "✓ 通过 |", "依据："):
        assert part in account
    assert "发给大模型" not in account


def test_the_models_answer_is_explained(
    article_index_path: Path, upstream: Any, protocol: Any, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    upstream.reply = lambda _: protocol.Play(f"RESULT: answered\n{RIGHT}[1]。补贴5000元[1]。")
    monkeypatch.setenv("POLICY_LLM_MODEL", "openai:scripted")
    monkeypatch.setenv("POLICY_LLM_BASE_URL", upstream.url)
    monkeypatch.setenv("POLICY_LLM_API_KEY", "sk-geheim")
    assert ask("2017年出台了什么文件？", "--explain", "--json", "--index", str(article_index_path)) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["answer"].startswith(RIGHT), "standard output is one JSON object still"
    assert "发给大模型的内容（system）" in told.err
    assert "<question>\n2017年出台了什么文件？" in told.err
    assert f"✓ 通过 | {RIGHT}" in told.err
    assert "✗ 已删去，原文中没有：5000元 | 补贴5000元" in told.err
    assert "geheim" not in told.err


def test_small_talk_has_nothing_to_explain(article_index_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("你好", "--explain", "--index", str(article_index_path)) == 0
    assert "没有检索" in capsys.readouterr().out
