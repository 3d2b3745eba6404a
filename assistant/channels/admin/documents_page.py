"""The documents of the index as a page: what is being done, uploading, the list, taking out, rebuilding. Pure."""

from __future__ import annotations

import time
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from assistant.channels.admin.frame import alert, marked, table
from assistant.channels.admin.intake import MOST_BYTES, MOST_FILES
from assistant.state.work import Work, WorkState
from knowledge.sources.folder import LARGEST_FILE, SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.catalogue import Entry

PAGE_DOCUMENTS = 100
_KINDS = {"add": "加入文件", "remove": "移除文件", "rebuild": "重建索引"}
_MEGABYTE = 1024 * 1024


def body(
    root: str, mark: str, work: Work, entries: Sequence[Entry], *, find: str = "", page: int = 1, fault: str = ""
) -> str:
    """Return the page; ``find`` narrows the list to documents with these words, ``page`` counts from 1."""
    return (
        f'{alert(fault)}<div id="work" data-running="{int(work.state is WorkState.RUNNING)}">{told(work)}</div>'
        f"{_upload(root, mark)}{_list(root, mark, entries, find, page)}{_rebuild(root, mark)}"
    )


def told(work: Work) -> str:
    """Return what is being done or was done last."""
    if work.state is WorkState.IDLE:
        return ""
    kind = _KINDS.get(work.kind, "更新索引")
    at = time.strftime("%m-%d %H:%M", time.localtime(work.started))
    report = work.report
    if work.state is WorkState.RUNNING:
        said = f"<p>{escape(work.progress or '正在准备')}</p><progress aria-label='正在更新索引'></progress>"
        return f'<section class="work running" role="status"><h2>正在{kind}</h2>{said}</section>'
    if work.state is WorkState.INTERRUPTED:
        said = "服务在更新时停止了，索引没有改变，请再做一次。"
        return f'<section class="work failed" role="status"><h2>{kind}没有完成</h2><p>{said}</p></section>'
    refused = _refused(report)
    if work.state is WorkState.FAILED:
        return (
            f'<section class="work failed" role="status"><h2>{kind}没有完成</h2>'
            f"<p>{escape(str(report.get('fault', '')))}</p>{refused}</section>"
        )
    return (
        f'<section class="work done" role="status"><h2>{kind}已完成<small>{at} 开始，用时 '
        f"{work.updated - work.started:.0f} 秒</small></h2><p>{_changes(report)}</p>{refused}{_notes(report)}</section>"
    )


def _changes(report: dict[str, Any]) -> str:
    changes = [
        f"{what} {count} 份"
        for what, count in (
            ("新增", report.get("added")),
            ("更新", report.get("replaced")),
            ("移除", report.get("removed")),
        )
        if count
    ]
    held = f"索引里有 {report.get('documents', 0)} 份文件、{report.get('passages', 0)} 个段落。"
    return f"{'，'.join(changes) or '文件没有变化'}。{held}"


def _refused(report: dict[str, Any]) -> str:
    """Return the files that were not taken in, each with its reason."""
    rows = [*report.get("refused", ()), *((Path(source).name, reason) for source, reason in report.get("failures", ()))]
    return f"<h3>没有收入的文件</h3>{table('没有收入的文件', ('文件', '原因'), rows)}" if rows else ""


def _notes(report: dict[str, Any]) -> str:
    notes = [f"{Path(note).name if '/' in note.split('：')[0] else note}" for note in report.get("notes", ())]
    notes += [f"内容相同：{doc_id} 与 {'、'.join(others)}" for doc_id, others in report.get("twins", {}).items()]
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<details><summary>提示 {len(notes)} 条</summary><ul>{items}</ul></details>" if notes else ""


def _upload(root: str, mark: str) -> str:
    hint = (
        f"可以一次选多个，最多 {MOST_FILES} 个、共 {MOST_BYTES // _MEGABYTE} MB，每个不超过 {LARGEST_FILE // _MEGABYTE} MB。"
        f"格式：{' '.join(suffix.removeprefix('.') for suffix in SUFFIXES)}。同名的文件会更新成新的版本。"
    )
    return (
        f'<section class="panel"><h2>加入文件</h2><form id="upload" method="post" action="{escape(root)}/documents" '
        f'enctype="multipart/form-data" data-most="{MOST_BYTES}">{marked(mark)}'
        f'<label for="files">选择文件</label><input id="files" type="file" name="files" multiple required '
        f'accept="{",".join(SUFFIXES)}" aria-describedby="files-hint"><p id="files-hint" class="hint">{hint}</p>'
        '<p id="sending" role="status" hidden><progress max="1" value="0" aria-label="上传进度"></progress> <span></span></p>'
        '<button type="submit">上传并收入索引</button></form></section>'
    )


def _list(root: str, mark: str, entries: Sequence[Entry], find: str, page: int) -> str:
    found = [entry for entry in entries if find in f"{entry.title}\n{entry.id}\n{entry.issuer}\n{entry.number}"]
    pages = max(1, -(-len(found) // PAGE_DOCUMENTS))
    page = min(page, pages)
    shown = found[(page - 1) * PAGE_DOCUMENTS : page * PAGE_DOCUMENTS]
    count = f"{len(entries)} 份" if len(found) == len(entries) else f"{len(found)} 份（全部 {len(entries)} 份）"
    search = (
        f'<form class="find" method="get" action="{escape(root)}"><label for="find">查找文件</label>'
        f'<input id="find" type="search" name="find" value="{escape(find)}"><button class="plain">查找</button></form>'
    )
    rows = "".join(map(_row, shown))
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("选择", "文件", "发文机关", "日期", "段落"))
    listed = (
        f'<form method="post" action="{escape(root)}/remove" data-confirm="确定把所选的文件移出索引吗？">{marked(mark)}'
        '<div class="scroll" role="region" aria-label="文件列表" tabindex="0"><table>'
        f'<caption class="hidden">索引里的文件</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        '<p><button type="submit" class="danger">移除所选</button></p></form>'
    )
    return (
        f'<section class="panel"><h2>索引里的文件<small>{count}</small></h2>{search}'
        f"{listed if shown else '<p>没有这样的文件。</p>'}{_turning(root, find, page, pages)}</section>"
    )


def _row(entry: Entry) -> str:
    dated = entry.written or entry.published or "—"
    version = f"，第 {entry.version} 版" if entry.version > 1 else ""
    same = f"，与 {entry.same_as} 相同" if entry.same_as else ""
    return (
        f'<tr><td><input type="checkbox" name="doc" value="{escape(entry.id)}" aria-label="选择 {escape(entry.title)}"></td>'
        f'<th scope="row">{escape(entry.title)}<span class="id">{escape(entry.id)}{version}{escape(same)}</span></th>'
        f'<td>{escape(entry.issuer or "—")}</td><td class="number">{escape(dated)}</td>'
        f'<td class="number">{entry.passages}</td></tr>'
    )


def _turning(root: str, find: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""

    def link(to: int, text: str) -> str:
        return f'<a href="{escape(root)}?{escape(urlencode({"find": find, "page": to}))}">{text}</a>'

    before = link(page - 1, "上一页") if page > 1 else ""
    after = link(page + 1, "下一页") if page < pages else ""
    return f'<nav class="turning" aria-label="翻页">{before}<span>第 {page} / {pages} 页</span>{after}</nav>'


def _rebuild(root: str, mark: str) -> str:
    return (
        f'<section class="panel"><h2>重建索引</h2><p class="hint">用保存的原文和上传的文件重新切分、重新计算，索引损坏、更换编码器以后使用。'
        "期间照常回答，完成后自动换上。文件多时要几分钟到几小时。</p>"
        f'<form method="post" action="{escape(root)}/rebuild" data-confirm="确定重建索引吗？">{marked(mark)}'
        '<button type="submit" class="plain">重建</button></form></section>'
    )
