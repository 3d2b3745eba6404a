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


@pytest.mark.parametrize("count", [12, pytest.param(128, marks=pytest.mark.soak)])
def test_a_run_over_a_model_is_a_run(
    count: int, tmp_path: Path, article_index_path: Path, upstream: Any, protocol: Any
) -> None:
    upstream.reply = quoting(protocol)
    cases = dev_cases()[:count]
    cases.append({**cases[0], "id": "again"})
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    env = {
        **os.environ,
        "POLICY_LLM_MODEL": "openai:scripted",
        "POLICY_LLM_BASE_URL": upstream.url,
        "POLICY_LLM_API_KEY": "sk-geheim",
        "POLICY_DATA_DIR": str(tmp_path / "var"),
    }
    arguments = ["run", str(questions), "--index", str(article_index_path), "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-m", "eval", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (tmp_path / "run" / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    answers = [json.loads(line) for line in lines]
    assert [answer["id"] for answer in answers] == [case["id"] for case in cases]
    assert all(answer["error"] is None for answer in answers)
    same = [asked for asked in upstream.asked if f"<question>\n{cases[0]['turns'][-1]}\n<" in asked.prompt]
    assert len(same) == 2, "asked again, it is answered again"
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))["overall"]
    told = {
        name: round(row["value"], 3)
        for name, row in metrics.items()
        if isinstance(row, dict) and row.get("value") is not None
    }
    print(f"{len(cases)} cases, {len(upstream.asked)} requests: {told}")
    assert metrics["answer_accuracy"]["value"] >= 0.7
    assert not (tmp_path / "var").exists(), "no conversation is stored"
    assert "geheim" not in "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "run").glob("*.json"))
