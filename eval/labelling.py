"""Proposed cases as a sheet for a person to fill in: XLSX with choices to pick from, or CSV."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from assistant.answer import Status
from eval import workbook
from eval.errors import MiningError
from eval.folder import replace
from eval.mine import CONTEXT, LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eval.mine import Proposal

_WIDTHS = {
    "问题": 36,
    "前文": 24,
    "要点": 28,
    "依据": 36,
    "参考答案": 28,
    "现在的回答": 48,
    "现在的引用": 48,
    "检索首位": 48,
}
_CHOICES = {"采用": "是,否", "可回答": "是,否", "应有状态": ",".join(status.value for status in Status)}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOST_CHARACTERS = 32_000  # a cell of a workbook holds 32,767
_NOTE = (
    "填法：「采用」写 是 或 否；采用的要填「类别」「可回答」，可回答的还要填「要点」（每行一个，几种写法用 | 隔开）和"
    "「依据」（文件原文，每行一处）。灰色各列供参考，不用改。填好后：python -m eval mine --labelled 本文件 --out 新题集.jsonl"
)


def write(path: Path, proposals: Sequence[Proposal]) -> None:
    """Write the sheet; raises MiningError for another ending than .xlsx and .csv."""
    rows = [tuple(_clean(cell) for cell in proposal.cells()) for proposal in proposals]
    if path.suffix.lower() == ".xlsx":
        table = workbook.Table(((*LABELS, *CONTEXT), *rows), len(LABELS), _WIDTHS, _CHOICES, _NOTE)
        content = workbook.written(table)
    elif path.suffix.lower() == ".csv":
        content = _csv(rows)
    else:
        raise MiningError(f"{path} 应以 .xlsx 或 .csv 结尾")
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, [content])


def _clean(text: str) -> str:
    return _CONTROL.sub("�", text)[:_MOST_CHARACTERS]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Return the rows as CSV that spreadsheet programs read as UTF-8 and take for text, not for formulas."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow((*LABELS, *CONTEXT))
    writer.writerows([" " + cell if cell[:1] in set("=+-@") else cell for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")
