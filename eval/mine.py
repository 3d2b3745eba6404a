"""Logged conversations -> proposed cases, for a person to label; what was labelled -> a question set.

Proposed is what was rated down, turned down, answered in part or failed, each question once, the most telling first.
Numbers that belong to a person (telephone, identity card, bank card, e-mail) are masked before anything is written.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.answer import Status
from eval.answers import to_line
from eval.comparable import letters
from eval.errors import Defect, MiningError
from eval.outcome import failed
from eval.record import Record
from eval.sheet import cells_of, fields_of, yes_or_no

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from eval.case import Case
    from eval.log import LoggedTurn

_REASONS = {
    Status.NOT_FOUND: "拒答：文件中没有",
    Status.OUT_OF_SCOPE: "拒答：不在范围",
    Status.CLARIFY: "反问",
    Status.PARTIAL: "只答了一部分",
}
DOWN, FAILED = "差评", "出错"
_PERSONAL = (
    (re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"), "〔邮箱〕"),
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "〔身份证号〕"),
    (re.compile(r"(?<!\d)\d{16,19}(?!\d)"), "〔卡号〕"),
    (re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"), "〔手机号〕"),
)

ACCEPTED = "采用"
LABELS = (ACCEPTED, "编号", "类别", "前文", "问题", "可回答", "要点", "依据", "文件", "应有状态", "参考答案")
CONTEXT = ("提出原因", "次数", "现在的状态", "现在的回答", "现在的引用", "检索首位", "用户意见")


@dataclass(slots=True)
class Proposal:
    """A question that was asked, how often, and why it is worth a case."""

    turn: LoggedTurn
    reasons: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    comments: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """An id that stays the same from log to log."""
        said = "\n".join((*self.turn.history, self.turn.question))
        return f"mined-{hashlib.sha256(said.encode('utf-8', 'backslashreplace')).hexdigest()[:10]}"

    def cells(self) -> tuple[str, ...]:
        """Return the row of the sheet, LABELS then CONTEXT; what a person is to fill in is empty."""
        turn, answer = self.turn, self.turn.answer
        reasons = "，".join(
            f"{reason} {count}" if count > 1 else reason for reason, count in self.reasons.most_common()
        )
        quotes = "\n".join(f"[{at}] {citation.quote}" for at, citation in enumerate(answer.citations, start=1))
        best = answer.retrieved[0].text if answer.retrieved else ""
        label = ("", self.id, "", "\n".join(turn.history), turn.question, "", "", "", "", "", "")
        context = (reasons, str(self.asked), answer.status.value, answer.error or answer.answer, quotes, best)
        return tuple(without_personal(cell) for cell in (*label, *context, "\n".join(self.comments)))


def without_personal(text: str) -> str:
    """Return the text with the numbers of persons masked."""
    for pattern, name in _PERSONAL:
        text = pattern.sub(name, text)
    return text


def propose(turns: Iterable[LoggedTurn], known: Collection[Case] = ()) -> list[Proposal]:
    """Return the questions worth a case: those rated down first, then by how often they were asked.

    Questions of ``known`` cases are left out. Two questions are the same when their letters are.
    """
    seen = {_key(case.turns) for case in known}
    found: dict[tuple[str, ...], Proposal] = {}
    asked: Counter[tuple[str, ...]] = Counter()
    for turn in turns:
        key = _key((*turn.history, turn.question))
        asked[key] += 1
        reasons = _reasons(turn)
        if reasons and key not in seen and key[-1]:
            proposal = found.setdefault(key, Proposal(turn))
            if DOWN in reasons and DOWN not in proposal.reasons:
                proposal.turn = turn  # the answer that was rated down is the one to look at
            proposal.reasons.update(reasons)
            if turn.comment and turn.comment not in proposal.comments:
                proposal.comments.append(turn.comment)
    for key, proposal in found.items():
        proposal.asked = asked[key]
    return sorted(found.values(), key=lambda proposal: (-proposal.reasons[DOWN], -proposal.asked))


def _key(turns: Iterable[str]) -> tuple[str, ...]:
    return tuple(letters(turn) for turn in turns)


def _reasons(turn: LoggedTurn) -> list[str]:
    reasons = [DOWN] if turn.rating == "down" else []
    if failed(turn.answer):
        reasons.append(FAILED)
    elif turn.answer.status in _REASONS and turn.rating != "up":
        reasons.append(_REASONS[turn.answer.status])
    return reasons


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a person made of the proposals."""

    cases: tuple[Case, ...]
    rejected: int
    open: int

    def lines(self) -> list[bytes]:
        """Return the accepted cases as lines of a question set."""
        return [to_line(case.to_json()) for case in self.cases]


def labelled(path: Path) -> Labelled:
    """Read a labelled sheet, CSV or XLSX; raises MiningError with the row of everything that is wrong."""
    defects: list[Defect] = []
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MiningError(f"无法读取标注表 {path}（{error.strerror}）") from None
    cases, rejected, left = [], 0, 0
    for number, cells in cells_of(content, defects):
        accepted = yes_or_no(cells.get(ACCEPTED, ""))
        if accepted is None:
            left += 1
        elif not accepted:
            rejected += 1
        else:
            labels = {name: cell for name, cell in cells.items() if name not in {ACCEPTED, *CONTEXT}}
            record = Record(fields_of(labels, number))
            cases.append(record.case())
            defects += (Defect(number, problem) for problem in [*_unfinished(labels), *record.problems])
    if defects:
        said = "\n".join(f"  {defect}" for defect in defects)
        raise MiningError(f"标注表 {path} 有 {len(defects)} 处要改：\n{said}")
    return Labelled(tuple(cases), rejected, left)


def _unfinished(labels: dict[str, str]) -> list[str]:
    """Name what a person still has to fill in of an accepted case."""
    missing = [name for name, field in (("类别", "category"), ("可回答", "answerable")) if field not in labels]
    if yes_or_no(labels.get("answerable", "")) and "facts" not in labels:
        missing.append("要点")
    return [f"采用的用例要填「{name}」" for name in missing]
