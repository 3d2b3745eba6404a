"""The terminal as a channel: one question, or a conversation."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from io import TextIOWrapper
from pathlib import Path

from assistant.answer import Answer, Citation, Question, Status, Turn
from assistant.compose import build_assistant
from assistant.errors import QuestionError
from assistant.explain import Account, explained

EXIT_FINE, EXIT_FAILED = 0, 1
_SHORT = 80
_LEAVE = {"exit", "quit", "退出", "再见", ":q"}


def ask(text: str, index: Path | None, *, as_json: bool, history: Path | None, with_account: bool = False) -> int:
    """Answer one question on standard output; raises AssistantError or KnowledgeError for bad input.

    ``with_account``: tell below it, or beside JSON on standard error, what the answer was made from.
    """
    Question.of(text)
    earlier = read_history(history) if history else []
    with closing(build_assistant(index)) as assistant, explained() as account:
        answer = assistant.ask_after(earlier, text)
    print(json.dumps(answer.to_json(), ensure_ascii=False) if as_json else shown(answer))
    if with_account:
        print(f"\n{told(account)}", file=sys.stderr if as_json else sys.stdout)
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


def told(account: Account) -> str:
    """Return what an answer was made from: the query, the hits with their scores, the prompt, each sentence's verdict."""
    query = account.query
    lines = ["—— 说明 ——"]
    if query is None:
        return "\n".join([*lines, "没有检索：这句话不问文件里的内容。"])
    terms = "、".join(f"{term.word}（{term.weight:.1f}）" for term in query.terms)
    wanted = f"，要找的值：{query.wanted.value}" if query.wanted else ""
    lines += [
        f"问题：{query.text}",
        f"类型：{query.kind.value}{wanted}",
        f"检索词（权重）：{terms}",
        "",
        "检索到的段落：",
    ]
    for number, hit in enumerate(account.hits, start=1):
        parts = f"词 {hit.lexical:.2f}，向量 {hit.dense:.2f}，对齐 {hit.alignment:.2f}"
        lines.append(f"{number:2}. {hit.score:.3f}（{parts}）{_short(hit.passage.text)}")
    for role, text in account.prompts:
        lines += ["", f"发给大模型的内容（{role}）：", text]
    lines += ["", "核对："]
    for check in account.checked:
        verdict = f"✗ 已删去，原文中没有：{'、'.join(check.lacking)}" if check.lacking else "✓ 通过"
        lines += [f"{verdict} | {check.text}", *(f"    依据：{_short(text)}" for text in check.evidence)]
    if not account.checked:
        lines.append("没有可核对的句子。")
    return "\n".join([*lines, *(f"备注：{remark}" for remark in account.remarks)])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]}…"


def _line(mark: str, citation: Citation, *, by_id: bool = False) -> str:
    title = f"{citation.title}（{citation.doc_id}）" if by_id else citation.title
    place = " > ".join((title, *citation.headings))
    return f"{mark} {citation.quote}\n    —— {place}（第 {citation.start}–{citation.end} 字）"
