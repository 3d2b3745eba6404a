"""The routes of the administration: who may come in, and what each form does."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from assistant.channels import plain_page
from assistant.channels.admin import documents_page, export, intake, settings_page, statistics_page
from assistant.channels.admin.documents_page import Shelf
from assistant.channels.admin.entry import ATTEMPT_SECONDS, Entry, is_from_here
from assistant.channels.admin.frame import Frame, alert
from assistant.channels.admin.jobs import INCOMING, Jobs, WorkingError
from assistant.channels.admin.saying import Saying
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
_EXPIRED = Saying("fault.expired")


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

    def of(self, request: Request, token: str) -> Frame:
        """Return where the pages of somebody who is signed in are shown."""
        return Frame(request, self.office.entry.mark(token))

    def signed_out(self, request: Request, fault: Saying | None = None, status: int = 200) -> Response:
        """Return the form to sign in with."""
        frame = Frame(request)
        body = (
            f"{alert(fault.told(frame.told) if fault else '')}"
            f'<form class="sign-in panel" method="post" action="{escape(frame.root)}/sign-in">'
            f'<label for="password">{frame.say("admin.password")}</label><input id="password" type="password" '
            f'name="password" required autocomplete="current-password" autofocus>'
            f'<button type="submit">{frame.say("admin.sign-in")}</button></form>'
        )
        return frame.page("", "admin.sign-in.title", body, status=status)

    def documents(self, request: Request, token: str, fault: str = "", status: int = 200) -> Response:
        """Return the documents; the address says which of them."""
        entries, damage = self.office.documents()
        find, page = request.query_params.get("find", "")[:200].strip(), request.query_params.get("page", "1")
        number = int(page) if page.isdecimal() and len(page) < 7 else 1  # noqa: PLR2004 - pages beyond a million
        frame, shelf = self.of(request, token), Shelf(entries, find, max(1, number), damage)
        body = documents_page.body(frame, self.office.jobs.last(), shelf, fault)
        return frame.page("", "admin.documents", body, query=shelf.query, status=status)

    def refused(self, request: Request, token: str, fault: Saying, status: int) -> Response:
        """Return the documents with what was wrong with a form."""
        return self.documents(request, token, fault.told(plain_page.told(request.scope)), status)


def routes(office: Office) -> APIRouter:
    """Return the routes."""
    router = APIRouter(include_in_schema=False)
    pages = Pages(office)
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
        told = {"running": last.state is WorkState.RUNNING, "html": documents_page.told(last, Frame(request))}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    @router.get("/admin/settings")
    def settings(request: Request) -> Response:
        token = entry.token(request)
        if token is None:
            return pages.signed_out(request)
        frame = pages.of(request, token)
        return frame.page("/settings", "admin.settings", settings_page.body(frame, office.settings))


def _figures(router: APIRouter, office: Office, pages: Pages) -> None:
    """Add the statistics, to look at and to take along."""
    entry = office.entry

    @router.get("/admin/statistics")
    def statistics(request: Request, days: Days = 30) -> Response:
        token = entry.token(request)
        if token is None:
            return pages.signed_out(request)
        frame = pages.of(request, token)
        body = statistics_page.body(frame, office.figures(days, _LISTED), days)
        return frame.page("/statistics", "admin.statistics", body, query=f"days={days}")

    @router.get("/admin/statistics/{name}")
    def exported(request: Request, name: str, days: Days = 30) -> Response:
        if entry.token(request) is None:
            return pages.signed_out(request, status=403)
        words = plain_page.told(request.scope)
        tables = export.sheets(office.figures(days, _EXPORTED), words)
        stem, _, suffix = name.partition(".")
        if name == "all.xlsx":
            return _file(export.to_xlsx(tables, words), "statistics.xlsx", _XLSX)
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
            too_many = Saying("fault.attempts", {"minutes": round(ATTEMPT_SECONDS / 60)})
            return pages.signed_out(request, too_many, 429)
        async with request.form(max_files=0) as form:
            given = form.get("password")
        if not isinstance(given, str) or not entry.is_password(given):
            return pages.signed_out(request, Saying("fault.password"), 403)
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
                    return await asyncio.to_thread(pages.refused, request, token, _EXPIRED, 403)
                try:
                    await asyncio.to_thread(act, form)
                except WorkingError as error:
                    return await asyncio.to_thread(pages.refused, request, token, error.saying, 409)
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
            fault = error.told(plain_page.told(request.scope))
            response = await asyncio.to_thread(pages.documents, request, token, fault, error.status)
        except WorkingError as error:
            response = await asyncio.to_thread(pages.refused, request, token, error.saying, 409)
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
        if not taken.refused:
            raise intake.UploadError(400, Saying("fault.none-chosen"))
        raise intake.UploadError(400, *(why for _, why in taken.refused), files=[name for name, _ in taken.refused])
    await asyncio.to_thread(office.jobs.add, taken, folder)


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(content: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=kind, headers=headers)


def _root(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/admin"


def _back(request: Request) -> Response:
    return RedirectResponse(_root(request), 303)
