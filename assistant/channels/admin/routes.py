"""The routes of the administration: who may come in, and what each form does."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from assistant.channels.admin import documents_page, export, intake, settings_page, statistics_page
from assistant.channels.admin.entry import ATTEMPT_SECONDS, Entry, is_from_here
from assistant.channels.admin.frame import Frame, alert
from assistant.channels.admin.jobs import INCOMING, Jobs, WorkingError
from assistant.channels.problems import problem
from assistant.state.work import WorkState
from knowledge import generation
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from pathlib import Path
    from typing import Any

    from assistant.settings import Settings
    from assistant.state.statistics import Statistics
    from knowledge.catalogue import Entry as Document

UPLOAD_PATH = "/admin/documents"
"""Where uploads go; their bodies are read by nobody before."""
_LISTED, _EXPORTED = 20, 1_000
_EXPIRED = "页面已过期，请重新打开再试。"


@dataclass(frozen=True)
class Office:
    """What the administration is about."""

    entry: Entry
    jobs: Jobs
    statistics: Statistics
    settings: Settings
    index: Path

    def documents(self) -> tuple[Sequence[Document], str]:
        """Return the documents of the index as it lies, and what is wrong with it where it cannot be read."""
        try:
            return generation.read(self.index, generation.serving(self.index)).catalogue.current, ""
        except KnowledgeError as error:
            return (), str(error)

    def figures(self, days: int, listed: int) -> statistics_page.Figures:
        """Return what is known of the last days, with at most ``listed`` questions of a kind."""
        told = self.statistics
        p50, p95 = told.latency(days)
        return statistics_page.Figures(
            told.days(days), p50, p95, told.asked(listed), told.untold(listed), told.disliked(listed)
        )


Days = Annotated[int, Query(ge=1, le=366)]


@dataclass(frozen=True)
class Pages:
    """The pages that more than one route shows."""

    office: Office
    frame: Frame

    def signed_out(self, request: Request, fault: str = "", status: int = 200) -> Response:
        """Return the form to sign in with."""
        body = (
            f'{alert(fault)}<form class="sign-in panel" method="post" action="{_root(request)}/sign-in">'
            '<label for="password">管理密码</label><input id="password" type="password" name="password" required '
            'autocomplete="current-password" autofocus><button type="submit">登录</button></form>'
        )
        return self.frame.page(_root(request), "-", "管理登录", body, status=status)

    def documents(self, request: Request, token: str, fault: str = "", status: int = 200) -> Response:
        """Return the documents; the address says which of them."""
        entries, damage = self.office.documents()
        find, page = request.query_params.get("find", "")[:200].strip(), request.query_params.get("page", "1")
        number = int(page) if page.isdecimal() and len(page) < 7 else 1  # noqa: PLR2004 - pages beyond a million
        mark, work = self.office.entry.mark(token), self.office.jobs.last()
        body = documents_page.body(
            _root(request), mark, work, entries, find=find, page=max(1, number), fault=fault or damage
        )
        return self.frame.page(_root(request), "", "文件", body, mark=mark, status=status)


def routes(office: Office) -> APIRouter:
    """Return the routes."""
    router = APIRouter(include_in_schema=False)
    pages = Pages(office, Frame.read())
    _shown(router, office, pages)
    _figures(router, office, pages)
    _passed(router, office, pages)
    _changed(router, office, pages)
    _uploaded(router, office, pages)
    return router


def _shown(router: APIRouter, office: Office, pages: Pages) -> None:
    """Add what is only looked at."""
    entry = office.entry

    @router.get("/admin")
    def documents(request: Request) -> Response:
        token = entry.token(request)
        return pages.signed_out(request) if token is None else pages.documents(request, token)

    @router.get("/admin/work")
    def work(request: Request) -> Response:
        if entry.token(request) is None:
            return Response(status_code=403)
        last = office.jobs.last()
        told = {"running": last.state is WorkState.RUNNING, "html": documents_page.told(last)}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    @router.get("/admin/settings")
    def settings(request: Request) -> Response:
        token = entry.token(request)
        if token is None:
            return pages.signed_out(request)
        body = settings_page.body(office.settings)
        return pages.frame.page(_root(request), "/settings", "生效的设置", body, mark=entry.mark(token))


def _figures(router: APIRouter, office: Office, pages: Pages) -> None:
    """Add the statistics, to look at and to take along."""
    entry = office.entry

    @router.get("/admin/statistics")
    def statistics(request: Request, days: Days = 30) -> Response:
        token = entry.token(request)
        if token is None:
            return pages.signed_out(request)
        body = statistics_page.body(_root(request), office.figures(days, _LISTED), days)
        return pages.frame.page(_root(request), "/statistics", "提问统计", body, mark=entry.mark(token))

    @router.get("/admin/statistics/{name}")
    def exported(request: Request, name: str, days: Days = 30) -> Response:
        if entry.token(request) is None:
            return pages.signed_out(request, status=403)
        tables = export.sheets(office.figures(days, _EXPORTED))
        stem, _, suffix = name.partition(".")
        if name == "all.xlsx":
            return _file(export.to_xlsx(tables), "statistics.xlsx", _XLSX)
        if suffix == "csv" and stem in tables:
            return _file(export.to_csv(tables[stem]), name, "text/csv; charset=utf-8")
        return problem(404)


def _passed(router: APIRouter, office: Office, pages: Pages) -> None:
    """Add the ways in and out."""
    entry = office.entry

    @router.post("/admin/sign-in")
    async def sign_in(request: Request) -> Response:
        if not is_from_here(request):
            return pages.signed_out(request, _EXPIRED, 403)
        if not await asyncio.to_thread(entry.may_try, request):
            return pages.signed_out(request, f"尝试的次数太多，请 {ATTEMPT_SECONDS / 60:.0f} 分钟以后再试。", 429)
        async with request.form(max_files=0) as form:
            given = form.get("password")
        if not isinstance(given, str) or not entry.is_password(given):
            return pages.signed_out(request, "密码不对。", 403)
        response = _back(request)
        await asyncio.to_thread(entry.let_in, request, response)
        return response

    @router.post("/admin/sign-out")
    async def sign_out(request: Request) -> Response:
        token = await asyncio.to_thread(entry.token, request)
        async with request.form(max_files=0) as form:
            if token is None or not entry.is_marked(token, form.get("mark")):
                return pages.signed_out(request, _EXPIRED, 403)
        response = _back(request)
        await asyncio.to_thread(entry.let_out, request, response)
        return response


def _changed(router: APIRouter, office: Office, pages: Pages) -> None:
    """Add what changes the index."""
    entry = office.entry

    def changing(act: Callable[[FormData], None]) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return a route that acts on a form of ours, of somebody who is signed in."""

        async def route(request: Request) -> Response:
            token = await asyncio.to_thread(entry.token, request)
            if token is None or not is_from_here(request):
                return pages.signed_out(request, _EXPIRED, 403)
            async with request.form(max_files=0) as form:
                if not entry.is_marked(token, form.get("mark")):
                    return await asyncio.to_thread(pages.documents, request, token, _EXPIRED, 403)
                try:
                    await asyncio.to_thread(act, form)
                except WorkingError as error:
                    return await asyncio.to_thread(pages.documents, request, token, str(error), 409)
            return _back(request)

        return route

    def take_out(form: FormData) -> None:
        chosen = [doc for doc in form.getlist("doc") if isinstance(doc, str)]
        if chosen:
            office.jobs.remove(chosen)

    router.post("/admin/remove")(changing(take_out))
    router.post("/admin/rebuild")(changing(lambda _: office.jobs.rebuild()))


def _uploaded(router: APIRouter, office: Office, pages: Pages) -> None:
    """Add the way in for files."""
    entry = office.entry

    @router.post(UPLOAD_PATH)
    async def upload(request: Request) -> Response:
        token = await asyncio.to_thread(entry.token, request)
        if token is None or not is_from_here(request):
            return pages.signed_out(request, _EXPIRED, 403)
        try:
            await _take_in(request, office, token)
        except intake.UploadError as error:
            response = await asyncio.to_thread(pages.documents, request, token, str(error), error.status)
        except WorkingError as error:
            response = await asyncio.to_thread(pages.documents, request, token, str(error), 409)
        else:
            return _back(request)
        response.headers["Connection"] = "close"  # what has not been read is not waited for
        return response


async def _take_in(request: Request, office: Office, token: str) -> None:
    """Keep the files of an upload and begin to index them; raises UploadError or WorkingError."""
    if await asyncio.to_thread(office.jobs.is_running):
        raise WorkingError  # before anything is sent in vain
    form = await intake.form(request)
    try:
        if not office.entry.is_marked(token, form.get("mark")):
            raise intake.UploadError(403, _EXPIRED)
        files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
        folder = office.jobs.uploads / INCOMING / secrets.token_hex(8)
        taken = await asyncio.to_thread(intake.keep, files, folder)
    finally:
        await form.close()
    if not taken.files:
        await asyncio.to_thread(folder.rmdir)
        told = "；".join(f"{name}：{reason}" for name, reason in taken.refused) or "没有选择文件。"
        raise intake.UploadError(400, told)
    await asyncio.to_thread(office.jobs.add, taken, folder)


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(content: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=kind, headers=headers)


def _root(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/admin"


def _back(request: Request) -> Response:
    return RedirectResponse(_root(request), 303)
