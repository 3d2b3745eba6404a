"""``eval run`` over answers that a language model writes: the same command, the same files, nothing cached or stored."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DATASET = ROOT / "eval" / "data" / "policy_article.jsonl"


def dev_cases() -> list[dict[str, Any]]:
    rows = map(json.loads, DATASET.read_text(encoding="utf-8").splitlines())
    return [row for row in rows if row["split"] == "dev"]


def quoting(protocol: Any) -> Any:
    """A model that quotes the sentences with the gold evidence, as far as it was shown them, and else says not_found."""
    evidence = {row["turns"][-1]: row.get("evidence", []) for row in dev_cases() if row["answerable"]}

    def reply(asked: Any) -> Any:
        if "<conversation>" in asked.prompt:
            return protocol.Play(re.findall(r"<last_question>\n(.*?)\n</last_question>", asked.prompt, re.DOTALL)[0])
        question = re.findall(r"<question>\n(.*?)\n</question>", asked.prompt, re.DOTALL)[0]
        said = [
            f"{sentence.strip()} [{number}]。"
            for part in evidence.get(question, [])
            for number, text in list(protocol.passages(asked.prompt).items())
            for sentence in re.split(r"[。\n]", text)
            if part[:16] in sentence
        ]
        text = "RESULT: answered\n" + "\n".join(dict.fromkeys(said)) if said else "RESULT: not_found"
        return protocol.Play(text, size=40)

    return reply


@pytest.mark.parametrize("limit", [16, pytest.param(128, marks=pytest.mark.soak)])
def test_a_run_over_a_model_is_a_run(
    limit: int, tmp_path: Path, article_index_path: Path, upstream: Any, protocol: Any
) -> None:
    upstream.reply = quoting(protocol)
    env = {
        **os.environ,
        "POLICY_LLM_MODEL": "openai:scripted",
        "POLICY_LLM_BASE_URL": upstream.url,
        "POLICY_LLM_API_KEY": "sk-geheim",
        "POLICY_DATA_DIR": str(tmp_path / "var"),
    }

    def run(name: str) -> None:
        arguments = ["run", str(DATASET), "--index", str(article_index_path), "--out", str(tmp_path / name),
                     "--where", "split=dev", "--limit", str(limit), "--jobs", "2"]  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "eval", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("a")
    asked = len(upstream.asked)
    run("b")
    assert len(upstream.asked) == 2 * asked, "the second run is not answered from a cache"
    answers = [json.loads(line) for line in (tmp_path / "a" / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == [row["id"] for row in dev_cases()[:limit]]
    assert all(answer["error"] is None for answer in answers)
    metrics = json.loads((tmp_path / "a" / "metrics.json").read_text(encoding="utf-8"))["overall"]
    told = {name: round(metrics[name]["value"], 3) for name in ("answer_accuracy", "citation_accuracy", "number_support",
            "date_support", "title_support", "false_refusal_rate") if metrics.get(name)}  # fmt: skip
    print(f"{limit} cases, {asked} requests: {told}")
    assert metrics["answer_accuracy"]["value"] >= 0.7
    assert not (tmp_path / "var").exists(), "no conversation is stored"
    assert "geheim" not in "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "a").glob("*.json"))
