"""The terminal as a channel: one question, or a conversation."""

from __future__ import annotations

import json
import sys
from io import TextIOWrapper
from pathlib import Path

from assistant.answer import Answer, Citation, Question, Status, Turn
from assistant.compose import build_assistant
from assistant.errors import QuestionError

EXIT_FINE, EXIT_FAILED = 0, 1
_LEAVE = {"exit", "quit", "退出", "再见", ":q"}


def ask(text: str, index: Path | None, *, as_json: bool, history: Path | None) -> int:
    """Answer one question on standard output; raises AssistantError or KnowledgeError for bad input."""
    Question.of(text)
    earlier = read_history(history) if history else []
    answer = build_assistant(index).ask_after(earlier, text)
    print(json.dumps(answer.to_json(), ensure_ascii=False) if as_json else shown(answer))
    return EXIT_FAILED if answer.status is Status.FAILED else EXIT_FINE


def chat(index: Path | None) -> int:
    """Hold a conversation until the person leaves."""
    assistant = build_assistant(index)
    history: tuple[Turn, ...] = ()
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # half a character ends no conversation
    print("请输入问题（输入 退出 结束）：")
    while (text := _read()) is not None:
        try:
            question = Question.of(text, history)
        except QuestionError as error:
            print(f"{error}\n")
            continue
        answer = assistant.ask(question)
        history += (Turn(text, answer),)
        print(f"{shown(answer)}\n")
    return EXIT_FINE


def _read() -> str | None:
    try:
        text = input("问：" if sys.stdin.isatty() else "")
    except (EOFError, KeyboardInterrupt):
        return None
    return None if text.strip().lower() in _LEAVE else text


def read_history(path: Path) -> list[str]:
    """Read the earlier questions of a conversation; raises QuestionError where the file is not a list of texts."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise QuestionError(f'无法读取之前的问题：{path}（{error}）。应为 JSON 列表，例如 ["第一个问题"]') from error
    if not isinstance(rows, list) or not all(isinstance(row, str) and row.strip() for row in rows):
        raise QuestionError(f"之前的问题应为 JSON 列表，每项是非空的文字：{path}")
    return rows


def shown(answer: Answer) -> str:
    """Return an answer as it is shown in a terminal: the answer, its evidence, what else one might ask."""
    parts = [answer.answer]
    if answer.citations:
        titles = {citation.doc_id: citation.title for citation in answer.citations}
        alike = len(set(titles.values())) < len(titles)  # documents that only their ids tell apart
        rows = enumerate(answer.citations, start=1)
        parts.append("依据：\n" + "\n".join(_line(f"[{n}]", row, by_id=alike) for n, row in rows))
    if answer.related:
        parts.append("相关内容：\n" + "\n".join(_line("·", row) for row in answer.related))
    if answer.suggestions:
        parts.append("还可以问：\n" + "\n".join(f"· {question}" for question in answer.suggestions))
    return "\n\n".join(parts)


def _line(mark: str, citation: Citation, *, by_id: bool = False) -> str:
    title = f"{citation.title}（{citation.doc_id}）" if by_id else citation.title
    place = " > ".join((title, *citation.headings))
    return f"{mark} {citation.quote}\n    —— {place}（第 {citation.start}–{citation.end} 字）"
