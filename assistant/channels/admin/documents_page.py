"""The documents of the index as a page: what is being done, uploading, the list, taking out, rebuilding. Pure."""

from __future__ import annotations

import time
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from assistant.channels.admin.frame import alert
from assistant.channels.admin.intake import LARGEST_MEGABYTES, MOST_BYTES, MOST_FILES, MOST_MEGABYTES
from assistant.channels.admin.saying import Saying, shown
from assistant.state.work import WorkState
from knowledge.sources.folder import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.channels.admin.frame import Frame
    from assistant.state.work import Work
    from knowledge.catalogue import Entry

PAGE_DOCUMENTS = 100


@dataclass(frozen=True, slots=True)
class Shelf:
    """The documents that are listed: ``find`` narrows them to those with these words, ``page`` counts from 1."""

    entries: Sequence[Entry]
    find: str = ""
    page: int = 1
    damage: str = ""
    """Why the index cannot be read, in the words of its reader."""

    @property
    def query(self) -> str:
        """What of the address says so."""
        return urlencode({"find": self.find, "page": self.page}) if self.find or self.page > 1 else ""


def body(frame: Frame, work: Work, shelf: Shelf, fault: str = "") -> str:
    """Return the page; ``fault`` is what was wrong with a form."""
    return (
        f'{alert(fault)}{alert(shelf.damage, frame.told.foreign)}<div id="work" data-running="{int(work.state is WorkState.RUNNING)}">{told(work, frame)}</div>'
        f"{_upload(frame)}{_list(frame, shelf)}{_rebuild(frame)}"
    )


def told(work: Work, frame: Frame) -> str:
    """Return what is being done or was done last."""
    if work.state is WorkState.IDLE:
        return ""
    say, report = frame.say, work.report
    if work.state is WorkState.RUNNING:
        progress = escape(shown(work.progress or Saying("progress.preparing").kept(), frame.told))
        bar = f'<progress aria-label="{say("admin.updating")}"></progress>'
        return _work("running", say(f"admin.running.{work.kind}"), f"<p>{progress}</p>{bar}")
    refused = _refused(report, frame)
    if work.state is WorkState.DONE:
        at = time.strftime("%m-%d %H:%M", time.localtime(work.started))
        took = say("admin.took", time=at, seconds=f"{work.updated - work.started:.0f}")
        title = f"{say(f'admin.done.{work.kind}')}<small>{took}</small>"
        return _work("done", title, f"<p>{escape(_changes(report, frame))}</p>{refused}{_notes(report, frame)}")
    fault = escape(shown(str(report.get("fault", "")), frame.told))
    if work.state is WorkState.INTERRUPTED:
        fault, refused = say("admin.interrupted"), ""
    return _work("failed", say(f"admin.failed.{work.kind}"), f"<p>{fault}</p>{refused}")


def _work(state: str, title: str, content: str) -> str:
    return f'<section class="work {state}" role="status"><h2>{title}</h2>{content}</section>'


def _changes(report: dict[str, Any], frame: Frame) -> str:
    changes = [
        frame.told(f"admin.change.{what}", count=report[what])
        for what in ("added", "replaced", "removed")
        if report.get(what)
    ]
    return frame.told(
        "admin.change.all",
        changes=frame.told("admin.change.comma").join(changes) or frame.told("admin.change.none"),
        documents=report.get("documents", 0),
        passages=report.get("passages", 0),
    )


def _refused(report: dict[str, Any], frame: Frame) -> str:
    """Return the files that were not taken in, each with its reason."""
    rows = [*report.get("refused", ()), *((Path(source).name, reason) for source, reason in report.get("failures", ()))]
    if not rows:
        return ""
    cells = [(name or frame.told("admin.refused.nameless"), shown(reason, frame.told)) for name, reason in rows]
    title = frame.say("admin.not-taken")
    return f"<h3>{title}</h3>{frame.table('admin.not-taken', ('admin.file', 'admin.reason'), cells)}"


def _notes(report: dict[str, Any], frame: Frame) -> str:
    notes = [f"{Path(note).name if '/' in note.split('：')[0] else note}" for note in report.get("notes", ())]
    notes += [
        frame.told("admin.twins", name=doc_id, others="、".join(others))
        for doc_id, others in report.get("twins", {}).items()
    ]
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    summary = frame.say("admin.notes", count=len(notes))
    return f"<details><summary>{summary}</summary><ul>{items}</ul></details>" if notes else ""


def _upload(frame: Frame) -> str:
    say = frame.say
    formats = " ".join(suffix.removeprefix(".") for suffix in SUFFIXES)
    hint = say("admin.upload.hint", files=MOST_FILES, most=MOST_MEGABYTES, largest=LARGEST_MEGABYTES, formats=formats)
    return (
        f'<section class="panel"><h2>{say("admin.upload")}</h2><form id="upload" method="post" '
        f'action="{escape(frame.root)}/documents" enctype="multipart/form-data" data-most="{MOST_BYTES}">'
        f'{frame.marked()}<label for="files">{say("admin.upload.choose")}</label>'
        f'<input id="files" type="file" name="files" multiple required accept="{",".join(SUFFIXES)}" '
        f'aria-describedby="files-hint"><p id="files-hint" class="tip">{hint}</p>'
        f'<p id="sending" role="status" hidden><progress max="1" value="0" aria-label="{say("admin.sending.progress")}">'
        f'</progress> <span></span></p><button type="submit">{say("admin.upload.button")}</button></form></section>'
    )


def _list(frame: Frame, shelf: Shelf) -> str:
    say, find = frame.say, shelf.find
    found = [entry for entry in shelf.entries if find in f"{entry.title}\n{entry.id}\n{entry.issuer}\n{entry.number}"]
    pages = max(1, -(-len(found) // PAGE_DOCUMENTS))
    page = min(shelf.page, pages)
    listed = found[(page - 1) * PAGE_DOCUMENTS : page * PAGE_DOCUMENTS]
    count = say("admin.list.count", count=len(found))
    if len(found) != len(shelf.entries):
        count = say("admin.list.some", count=len(found), all=len(shelf.entries))
    search = (
        f'<form class="search" method="get" action="{escape(frame.root)}"><label for="find">{say("admin.list.find")}'
        f'</label><input id="find" type="search" name="find" value="{escape(find)}">'
        f'<button class="light">{say("admin.list.find.button")}</button></form>'
    )
    content = _documents(frame, listed) if listed else f"<p>{say('admin.list.none')}</p>"
    return (
        f'<section class="panel"><h2>{say("admin.list")}<small>{count}</small></h2>{search}{content}'
        f"{_turning(frame, find, page, pages)}</section>"
    )


def _documents(frame: Frame, listed: Sequence[Entry]) -> str:
    """Return documents as a table, to be chosen from."""
    say = frame.say
    heads = "".join(
        f'<th scope="col">{say(key)}</th>'
        for key in (
            "admin.list.choice", "admin.list.document", "timeline.issuer", "timeline.date", "admin.list.passages",
        )
    )  # fmt: skip
    rows = "".join(_row(frame, entry) for entry in listed)
    return (
        f'<form method="post" action="{escape(frame.root)}/remove" data-confirm="{say("admin.remove.sure")}">'
        f'{frame.marked()}<div class="scroll" role="region" aria-label="{say("admin.list.region")}" tabindex="0"><table>'
        f'<caption class="unseen">{say("admin.list")}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>'
        f'</table></div><p><button type="submit" class="danger">{say("admin.remove")}</button></p></form>'
    )


def _row(frame: Frame, entry: Entry) -> str:
    say, foreign = frame.say, frame.told.foreign
    known = [escape(entry.id)]
    known += [say("admin.list.version", number=entry.version)] if entry.version > 1 else []
    known += [say("admin.list.same", name=entry.same_as)] if entry.same_as else []
    name = say("admin.list.choose", title=entry.title)
    return (
        f'<tr><td><input type="checkbox" name="doc" value="{escape(entry.id)}" aria-label="{name}"></td>'
        f'<th scope="row"><span{foreign}>{escape(entry.title)}</span>'
        f'<span class="id">{say("admin.change.comma").join(known)}</span></th>'
        f"<td{foreign}>{escape(entry.issuer or '—')}</td>"
        f'<td class="number">{escape(entry.written or entry.published or "—")}</td>'
        f'<td class="number">{entry.passages}</td></tr>'
    )


def _turning(frame: Frame, find: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""

    def link(to: int, name: str) -> str:
        query = escape(Shelf((), find, to).query)
        return f'<a href="{escape(frame.root)}?{query}">{frame.say(f"documents.{name}")}</a>'

    before = link(page - 1, "previous") if page > 1 else ""
    after = link(page + 1, "next") if page < pages else ""
    now = frame.say("documents.page", page=page, pages=pages)
    return f'<nav class="turning" aria-label="{frame.say("turning.label")}">{before}<span>{now}</span>{after}</nav>'


def _rebuild(frame: Frame) -> str:
    say = frame.say
    return (
        f'<section class="panel"><h2>{say("admin.rebuild")}</h2><p class="tip">{say("admin.rebuild.hint")}</p>'
        f'<form method="post" action="{escape(frame.root)}/rebuild" data-confirm="{say("admin.rebuild.sure")}">'
        f'{frame.marked()}<button type="submit" class="light">{say("admin.rebuild.button")}</button></form></section>'
    )
