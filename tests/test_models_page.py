"""``docs/models.md``: each recipe's settings are read as they stand there, and answer over the protocol."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values

from assistant.answer import Question, Status
from assistant.compose import build_assistant
from assistant.settings import Settings, load_settings

PAGE = (Path(__file__).parents[1] / "docs" / "models.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"### (.+?)\n.*?```env\n(.*?)```", PAGE, re.DOTALL)


def test_there_are_five() -> None:
    names = [name for name, _ in RECIPES]
    assert [name[:4] for name in names] == ["Olla", "vLLM", "Deep", "通义千问", "其他"]


@pytest.mark.parametrize(("name", "block"), RECIPES, ids=[name[:6] for name, _ in RECIPES])
def test_a_recipe_answers_as_it_stands_but_for_the_address(
    name: str, block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, article_index_path: Path,
    upstream: Any, protocol: Any,
) -> None:  # fmt: skip
    for known in [known for known in os.environ if known.startswith("POLICY_")]:
        monkeypatch.delenv(known)
    monkeypatch.chdir(tmp_path)
    address = re.search(r"^POLICY_LLM_BASE_URL=(\S+)$", block, re.MULTILINE)
    assert address is not None
    (tmp_path / ".env").write_text(block.replace(address.group(1), upstream.url), encoding="utf-8")
    said = "2017年，中共中央、国务院印发《新时期产业工人队伍建设改革方案》[1]。"
    upstream.reply = lambda _: protocol.Play(f"RESULT: answered\n{said}")
    assistant = build_assistant(article_index_path)
    answer = assistant.ask(Question.of("2017年出台了什么文件？"))
    assistant.close()
    assert (answer.status, answer.answer) == (Status.ANSWERED, said)
    (asked,) = upstream.asked
    settings = load_settings()
    assert asked.path == "/v1/chat/completions"
    assert f"openai:{asked.body['model']}" == settings.llm_model == dotenv_values(tmp_path / ".env")["POLICY_LLM_MODEL"]
    assert asked.body["max_tokens"] == settings.llm_max_output
    assert asked.body["stream_options"] == {"include_usage": True}
    assert (settings.llm_extra_body or {}).items() <= asked.body.items()
    assert asked.headers["authorization"].startswith("Bearer ")


def test_every_setting_of_models_is_on_the_page_with_its_default() -> None:
    for name, field in Settings.model_fields.items():
        if name.startswith("llm_") or name in {"answer_cache", "tracing"}:
            (row,) = [line for line in PAGE.splitlines() if line.startswith("|") and f"`POLICY_{name.upper()}`" in line]
            shown = "无" if field.default is None else f"{field.default:g}"
            assert shown in row.split("|")[2], row
