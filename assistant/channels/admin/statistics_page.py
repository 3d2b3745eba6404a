"""What is asked, as a page: counts and pictures by day, and the questions worth a look. Pure."""

from __future__ import annotations

import time
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from assistant.answer import Status
from assistant.channels.admin import plots
from assistant.channels.admin.frame import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.state.statistics import Asked, Day, Disliked

PERIODS = (7, 30, 90, 365)
"""Days that can be looked at."""
NAMES = {
    Status.ANSWERED: "有依据",
    Status.PARTIAL: "部分有依据",
    Status.NOT_FOUND: "文件没有写",
    Status.OUT_OF_SCOPE: "不在范围",
    Status.SMALL_TALK: "寒暄",
    Status.REFUSED: "拒绝的要求",
    Status.CLARIFY: "请对方说清",
    Status.FAILED: "没能完成",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What the page and the exports show of a period; latencies in milliseconds."""

    days: tuple[Day, ...]
    p50: float | None
    p95: float | None
    asked: tuple[Asked, ...]
    untold: tuple[Asked, ...]
    disliked: tuple[Disliked, ...]

    @property
    def total(self) -> int:
        """The number of answers."""
        return sum(day.total for day in self.days)

    def count(self, status: Status) -> int:
        """Return the number of answers of a status."""
        return sum(day.statuses.get(status, 0) for day in self.days)


def body(root: str, figures: Figures, number: int) -> str:
    """Return the page of the last ``number`` days."""
    return (
        f"{_periods(root, number)}{_tiles(figures)}"
        f'<section class="panel"><h2>每天的提问</h2>{plots.volume(figures.days)}</section>'
        f'<section class="panel"><h2>回答的结果</h2>{_statuses(figures)}</section>'
        f'<section class="panel"><h2>回答用时</h2>{plots.latency(figures.days)}</section>'
        f'<section class="panel"><details><summary>每天的数字</summary>{_numbers(figures.days)}</details></section>'
        f"{_questions(figures)}{_exports(root, number)}"
    )


def _periods(root: str, number: int) -> str:
    links = "".join(
        f'<a href="{escape(root)}/statistics?days={days}"{" aria-current=true" if days == number else ""}>{days} 天</a>'
        for days in PERIODS
    )
    return f'<nav class="ways" aria-label="时间范围">{links}</nav>'


def _tiles(figures: Figures) -> str:
    told = figures.count(Status.ANSWERED) + figures.count(Status.PARTIAL)
    up, down = sum(day.up for day in figures.days), sum(day.down for day in figures.days)
    tiles = (
        ("提问", str(figures.total)),
        ("有依据的回答", f"{100 * told / figures.total:.0f}%" if figures.total else "—"),
        ("用时中位数", _milliseconds(figures.p50)),
        ("95% 不超过", _milliseconds(figures.p95)),
        ("有用 / 没用", f"{up} / {down}"),
    )
    return (
        '<dl class="tiles">'
        + "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in tiles)
        + "</dl>"
    )


def _statuses(figures: Figures) -> str:
    if not figures.total:
        return "<p>这段时间没有提问。</p>"
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td class="number">{count}</td>'
        f'<td class="number">{100 * count / figures.total:.1f}%</td><td>{plots.share(count, figures.total)}</td></tr>'
        for status, name in NAMES.items()
        for count in (figures.count(status),)
    )
    heads = '<th scope="col">结果</th><th scope="col">次数</th><th scope="col">占比</th><th scope="col">图</th>'
    return (
        f'<div class="scroll" role="region" aria-label="回答的结果" tabindex="0"><table class="shares">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _numbers(days: Sequence[Day]) -> str:
    rows = [
        (day.day, day.total, *(day.statuses.get(status, 0) for status in NAMES), _milliseconds(day.p50),
         _milliseconds(day.p95), day.up, day.down)
        for day in reversed(days)
        if day.total or day.up or day.down
    ]  # fmt: skip
    heads = ("日期", "提问", *NAMES.values(), "中位数", "95% 不超过", "有用", "没用")
    return table("每天的数字", heads, rows, "这段时间没有提问。")


def _questions(figures: Figures) -> str:
    asked = [(item.question, item.count, NAMES[item.status]) for item in figures.asked]
    untold = [(item.question, item.count, NAMES[item.status]) for item in figures.untold]
    disliked = [
        (item.question, NAMES[item.status], item.comment or "—", moment(item.created)) for item in figures.disliked
    ]
    return (
        '<section class="panel"><h2>问得最多<small>最近 30 天</small></h2>'
        f"{table('问得最多', ('问题', '次数', '结果'), asked, '还没有提问。')}</section>"
        '<section class="panel"><h2>没有给出答案<small>最近 30 天</small></h2>'
        '<p class="hint">文件没有写、不在范围、拒绝和没能完成的问题。问得多的，可以考虑补充文件。</p>'
        f"{table('没有给出答案', ('问题', '次数', '结果'), untold)}</section>"
        '<section class="panel"><h2>觉得没用<small>最近 30 天</small></h2>'
        f"{table('觉得没用', ('问题', '结果', '意见', '时间'), disliked)}</section>"
    )


def _exports(root: str, number: int) -> str:
    files = (("days.csv", "每天的数字 CSV"), ("asked.csv", "问得最多 CSV"), ("untold.csv", "没有给出答案 CSV"),
             ("disliked.csv", "觉得没用 CSV"), ("all.xlsx", "全部 XLSX"))  # fmt: skip
    links = "".join(
        f'<li><a href="{escape(root)}/statistics/{name}?days={number}" download>{title}</a></li>'
        for name, title in files
    )
    return f'<section class="panel"><h2>导出</h2><ul class="exports">{links}</ul></section>'


def moment(seconds: float) -> str:
    """Return a time, in seconds since 1970, by the clock of the service."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def _milliseconds(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.0f} 毫秒" if value < 1000 else f"{value / 1000:.1f} 秒"  # noqa: PLR2004 - a second
