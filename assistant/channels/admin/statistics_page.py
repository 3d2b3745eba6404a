"""What is asked, as a page: counts and pictures by day, and the questions worth a look. Pure."""

from __future__ import annotations

import time
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from assistant.answer import Status
from assistant.channels.admin import plots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.channels.admin.frame import Frame
    from assistant.channels.messages import Messages
    from assistant.state.statistics import Asked, Day, Disliked

PERIODS = (7, 30, 90, 365)
"""Days that can be looked at."""
EXPORTED = ("days", "asked", "untold", "disliked")
"""The tables that can be taken along."""


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


def body(frame: Frame, figures: Figures, number: int) -> str:
    """Return the page of the last ``number`` days."""
    say, told = frame.say, frame.told
    return (
        f"{_periods(frame, number)}{_tiles(frame, figures)}"
        f'<section class="panel"><h2>{say("statistics.volume")}</h2>{plots.volume(figures.days, told)}</section>'
        f'<section class="panel"><h2>{say("statistics.outcomes")}</h2>{_statuses(frame, figures)}</section>'
        f'<section class="panel"><h2>{say("statistics.latency")}</h2>{plots.latency(figures.days, told)}</section>'
        f'<section class="panel"><details><summary>{say("statistics.days")}</summary>'
        f"{_numbers(frame, figures.days)}</details></section>"
        f"{_questions(frame, figures)}{_exports(frame, number)}"
    )


def _periods(frame: Frame, number: int) -> str:
    links = "".join(
        f'<a href="{escape(frame.root)}/statistics?days={days}"{" aria-current=true" if days == number else ""}>'
        f"{frame.say('statistics.period', days=days)}</a>"
        for days in PERIODS
    )
    return f'<nav class="tabs periods" aria-label="{frame.say("statistics.periods")}">{links}</nav>'


def _tiles(frame: Frame, figures: Figures) -> str:
    told = figures.count(Status.ANSWERED) + figures.count(Status.PARTIAL)
    up, down = sum(day.up for day in figures.days), sum(day.down for day in figures.days)
    tiles = (
        ("questions", str(figures.total)),
        ("told", f"{100 * told / figures.total:.0f}%" if figures.total else "—"),
        ("median", _milliseconds(figures.p50, frame.told)),
        ("p95", _milliseconds(figures.p95, frame.told)),
        ("rates", f"{up} / {down}"),
    )
    return (
        '<dl class="tiles">'
        + "".join(
            f"<div><dt>{frame.say(f'statistics.{name}')}</dt><dd>{escape(value)}</dd></div>" for name, value in tiles
        )
        + "</dl>"
    )


def _statuses(frame: Frame, figures: Figures) -> str:
    say = frame.say
    if not figures.total:
        return f"<p>{say('statistics.none')}</p>"
    rows = "".join(
        f'<tr><th scope="row">{say(f"statistics.{status.value}")}</th><td class="number">{count}</td>'
        f'<td class="number">{100 * count / figures.total:.1f}%</td><td>{plots.share(count, figures.total)}</td></tr>'
        for status in Status
        for count in (figures.count(status),)
    )
    heads = "".join(
        f'<th scope="col">{say(f"statistics.{name}")}</th>' for name in ("result", "times", "share", "picture")
    )
    return (
        f'<div class="scroll" role="region" aria-label="{say("statistics.outcomes")}" tabindex="0">'
        f'<table class="shares"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _numbers(frame: Frame, days: Sequence[Day]) -> str:
    rows = [
        (day.day, day.total, *(day.statuses.get(status, 0) for status in Status),
         _milliseconds(day.p50, frame.told), _milliseconds(day.p95, frame.told), day.up, day.down)
        for day in reversed(days)
        if day.total or day.up or day.down
    ]  # fmt: skip
    heads = ("date", "questions", *(status.value for status in Status), "p50", "p95", "up", "down")
    return frame.table("statistics.days", [f"statistics.{name}" for name in heads], rows, "statistics.none")


def _questions(frame: Frame, figures: Figures) -> str:
    def named(status: Status) -> str:
        return frame.told(f"statistics.{status.value}")

    counted = ("statistics.question", "statistics.times", "statistics.result")
    asked = [(item.question, item.count, named(item.status)) for item in figures.asked]
    untold = [(item.question, item.count, named(item.status)) for item in figures.untold]
    disliked = [
        (item.question, named(item.status), item.comment or "—", moment(item.created)) for item in figures.disliked
    ]
    rated = ("statistics.question", "statistics.result", "statistics.comment", "statistics.time")
    hint = f'<p class="tip">{frame.say("statistics.untold.hint")}</p>'
    return "".join(
        f'<section class="panel"><h2>{frame.say(f"statistics.{name}")}<small>{frame.say("statistics.recent")}</small>'
        f"</h2>{before}{table}</section>"
        for name, before, table in (
            ("asked", "", frame.table("statistics.asked", counted, asked, "statistics.asked.none")),
            ("untold", hint, frame.table("statistics.untold", counted, untold)),
            ("disliked", "", frame.table("statistics.disliked", rated, disliked)),
        )
    )


def _exports(frame: Frame, number: int) -> str:
    files = [(f"{name}.csv", f"{frame.say(f'statistics.{name}')} CSV") for name in EXPORTED]
    files.append(("all.xlsx", frame.say("statistics.all")))
    links = "".join(
        f'<li><a href="{escape(frame.root)}/statistics/{name}?days={number}" download>{title}</a></li>'
        for name, title in files
    )
    return (
        f'<section class="panel"><h2>{frame.say("statistics.exports")}</h2><ul class="exports">{links}</ul></section>'
    )


def moment(seconds: float) -> str:
    """Return a time, in seconds since 1970, by the clock of the service."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def _milliseconds(value: float | None, told: Messages) -> str:
    if value is None:
        return "—"
    if value < 1000:  # noqa: PLR2004 - a second
        return told("statistics.milliseconds", number=f"{value:.0f}")
    return told("statistics.seconds", number=f"{value / 1000:.1f}")
