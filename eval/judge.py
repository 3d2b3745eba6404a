"""A language model's opinion of the answers of a run: beside the other figures, never among them.

Optional, and only as good as the model. What it says lies in judge.jsonl of the run folder, one line a case; a reply
that is not the JSON asked for leaves its case unscored, and unscored cases are counted, not guessed. After Zheng et
al., Judging LLM-as-a-judge with MT-Bench and Chatbot Arena, NeurIPS 2023 (reference-guided grading).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from assistant.errors import SettingsError
from eval.answers import to_line
from eval.errors import JudgeError
from eval.significance import Column, Ratio, estimates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.settings import Settings
    from eval.outcome import Outcome
    from eval.report import Report
    from eval.significance import Estimate

FILE = "judge.jsonl"
_BEST = 2
_TRIES = 2  # more, where the model's server is busy: nothing has been shown meanwhile
_FENCE = re.compile(r"^\s*```(?:json)?\s*(\{.*\})\s*```\s*$", re.DOTALL)
_MOST_CHARACTERS = 4_000  # of an answer or a standard, in the prompt


class ChatModel(Protocol):
    """A chat model of LangChain, as far as a judge needs one."""

    def invoke(self, prompt: str, /) -> Any:
        """Return a message whose ``content`` is the reply."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model said of a case: ``score`` from 0 to 1, or None with the reason why it is unscored."""

    id: str
    score: float | None
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Return the line of judge.jsonl."""
        return {"id": self.id, "score": self.score, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The opinions on a run: the mean score of those that are scored, and how far they agree with the facts."""

    mean: Estimate
    scored: int
    unscored: int
    agreement: float | None
    compared: int

    def to_json(self) -> dict[str, Any]:
        """Return the shape in metrics.json."""
        told = {
            "scored": self.scored,
            "unscored": self.unscored,
            "agreement": self.agreement,
            "compared": self.compared,
        }
        return {"mean_score": self.mean.to_json()} | told


def chat_model(settings: Settings) -> ChatModel:
    """Return the chat model that is configured; raises JudgeError where there is none."""
    from assistant import chat_model as models  # noqa: PLC0415  heavy

    try:
        model: ChatModel = models.chat_model(settings, retries=_TRIES)
    except SettingsError as error:
        raise JudgeError(str(error)) from None
    return model


def judge(report: Report, model: ChatModel, advance: Callable[[], None], limit: int | None = None) -> int:
    """Ask about every answered case with a standard that has no score yet; return how many there were.

    Each opinion is on disk before the next is asked for, so that a judgement that broke off goes on; of two opinions
    on a case the later one counts.
    """
    path = report.folder.path / FILE
    known = {opinion.id for opinion in read(path) if opinion.score is not None}
    cut_short = path.exists() and not path.read_bytes().endswith(b"\n")
    asked = 0
    with path.open("ab") as lines:
        lines.write(b"\n" if cut_short else b"")
        for outcome in wanted(report):
            if outcome.case.id not in known and (limit is None or asked < limit):
                lines.write(to_line(opinion(outcome, model).to_json()))
                lines.flush()
                asked += 1
                advance()
    return asked


def wanted(report: Report) -> Iterator[Outcome]:
    """Yield the answered cases that a judge can compare with a standard."""
    return (outcome for outcome, _, _ in report.judged() if outcome.answered and _standard(outcome))


def opinion(outcome: Outcome, model: ChatModel) -> Opinion:
    """Ask the model about one case; whatever goes wrong leaves it unscored."""
    template = (Path(__file__).parent / "prompts" / "judge.txt").read_text(encoding="utf-8")
    texts = {"question": "\n".join(outcome.case.turns), "wanted": _standard(outcome), "answer": outcome.answer.answer}
    prompt = template.format(**{name: text[:_MOST_CHARACTERS].replace(">>>", "＞＞＞") for name, text in texts.items()})
    try:
        reply = model.invoke(prompt)
    except Exception as error:  # noqa: BLE001  whatever a model's client raises, the case is unscored
        return Opinion(outcome.case.id, None, f"{type(error).__name__}: {error}"[:300])
    return _parsed(outcome.case.id, str(getattr(reply, "content", reply)))


def read(path: Path) -> list[Opinion]:
    """Return the opinions in a judge.jsonl, none where there is none; a line that a kill cut short is left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            record = json.loads(line)
            found.append(Opinion(record["id"], record["score"], record["reason"]))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def verdicts(report: Report) -> Verdicts | None:
    """Return what the judge says of a run, None where it was not asked.

    It agrees with the facts where it gives the full score to a case that is right by them, or less to one that is not.
    """
    opinions = {opinion.id: opinion for opinion in read(report.folder.path / FILE)}
    if not opinions:
        return None
    scores = {id_: opinion.score for id_, opinion in opinions.items() if opinion.score is not None}
    values = np.array(list(scores.values()) or [0.0])
    applies = np.full(len(values), bool(scores))
    (mean,) = estimates([Column(Ratio(), values, applies.astype(float), applies)], report.manifest.seed, "judge")
    facts = dict(zip(report.scores.sheet.ids, report.scores.sheet.correct, strict=True))
    both = [(scores[id_] == 1.0, right) for id_, right in facts.items() if id_ in scores and right is not None]
    agreement = sum(full == right for full, right in both) / len(both) if both else None
    return Verdicts(mean, len(scores), len(opinions) - len(scores), agreement, len(both))


def _standard(outcome: Outcome) -> str:
    case = outcome.case
    if not case.answerable:
        return ""
    facts = "；".join(" 或 ".join(fact) for fact in case.facts)
    return case.reference or facts or "\n".join(case.evidence)


def _parsed(case_id: str, reply: str) -> Opinion:
    fenced = _FENCE.match(reply)
    try:
        record = json.loads(fenced[1] if fenced else reply)
        score, reason = record["score"], str(record.get("reason", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Opinion(case_id, None, f"不是要求的 JSON：{reply[:200]}")
    if isinstance(score, bool) or score not in {0, 1, _BEST}:
        return Opinion(case_id, None, f"score 应为 0、1 或 2，实际是 {str(score)[:50]}")
    return Opinion(case_id, score / _BEST, reason[:500])
