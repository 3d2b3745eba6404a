"""The administration over a real server: the door, the forms, uploads, exports; the index is changed by real processes."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import openpyxl
import pytest

from assistant.answer import Answer, Status, Turn
from assistant.channels.admin import export, intake
from assistant.compose import embedder
from assistant.settings import Settings
from assistant.state.answers import Opinion
from assistant.state.shared import State
from knowledge import generation
from knowledge.build import build
from knowledge.lock import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(__file__).parents[2] / "data"
PASSWORD = "geheim-geheim"
HOSTILE = '<img src=x onerror="alert(1)">'
NOTICE = "关于工作餐补助的通知\n\n2024年3月1日,青岭市人力资源局印发《工作餐补助办法》。每名学员每天补助工作餐 23 元。\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("admin")
    build(folder / "index", [str(DATA / "guides")], embedder())
    return folder


@pytest.fixture(scope="module")
def office(built: Path, running_app: Callable[..., Any]) -> Iterator[tuple[str, State, Path]]:
    """The address, the state and the data directory of a service with an administration."""
    from assistant.channels.asgi import create_app
    from assistant.compose import following_assistant

    state = State(f"sqlite:///{built / 'state.sqlite3'}")
    settings = Settings.model_validate(
        {
            "data_dir": built,
            "admin_password": PASSWORD,
            "wecom_webhook_url": "https://hook.example/?key=hidden-key",
            "public_url": "https://user:hidden-word@policy.example",
        }
    )
    assistant = following_assistant(built / "index")
    with running_app(lambda: create_app(assistant, state, settings)) as url:
        yield url, state, built
    assistant.close()


@contextlib.contextmanager
def signed_in(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.post("/admin/sign-in", data={"password": PASSWORD}).status_code == 303
        yield client


def mark(client: httpx.Client) -> str:
    found = re.search(r'name="mark" value="([0-9a-f]{64})"', client.get("/admin").text)
    assert found
    return found[1]


@pytest.fixture
def client(office: tuple[str, State, Path]) -> Iterator[httpx.Client]:
    with signed_in(office[0]) as client:
        yield client


def upload(client: httpx.Client, *files: tuple[str, bytes]) -> httpx.Response:
    parts = [("files", (name, content)) for name, content in files]
    return client.post("/admin/documents", data={"mark": mark(client)}, files=parts)


def settled(client: httpx.Client) -> str:
    """Wait until nothing is being done; returns what is then told."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        told = client.get("/admin/work").json()
        if not told["running"]:
            return str(told["html"])
        time.sleep(0.1)
    pytest.fail("the work did not end")


def ids(folder: Path) -> set[str]:
    index = folder / "index"
    return {entry.id for entry in generation.read(index, generation.serving(index)).catalogue.current}


def test_without_a_password_there_is_no_administration(address: str) -> None:
    for path in ("/admin", "/admin/statistics", "/admin/settings", "/admin/work"):
        assert httpx.get(address + path).status_code == 404
    assert httpx.post(f"{address}/admin/sign-in", data={"password": ""}).status_code in {404, 405}
    assert httpx.post(f"{address}/admin/documents", files={"files": ("a.txt", b"a")}).status_code in {404, 405}


def test_nothing_is_shown_or_done_for_who_is_not_signed_in(office: tuple[str, State, Path]) -> None:
    address, _, folder = office
    before = ids(folder)
    for path in ("", "/statistics", "/settings", "/statistics/days.csv", "/statistics/all.xlsx"):
        text = httpx.get(f"{address}/admin{path}").text
        assert "管理密码" in text
        assert "water.txt" not in text
    assert httpx.get(f"{address}/admin/work").status_code == 403
    for path in ("remove", "rebuild", "documents", "sign-out"):
        assert httpx.post(f"{address}/admin/{path}", data={"doc": "water.txt", "mark": "0" * 64}).status_code == 403
    forged = {"Cookie": "policy_admin=" + "a" * 43}
    assert httpx.get(f"{address}/admin/work", headers=forged).status_code == 403
    assert ids(folder) == before


def test_the_cookie_is_kept_from_scripts_and_other_sites(office: tuple[str, State, Path]) -> None:
    given = httpx.post(f"{office[0]}/admin/sign-in", data={"password": PASSWORD}).headers["set-cookie"]
    assert "HttpOnly" in given
    assert "SameSite=strict" in given
    assert "Path=/admin" in given
    assert "Secure" not in given  # loopback without TLS
    proxied = httpx.post(
        f"{office[0]}/admin/sign-in", data={"password": PASSWORD}, headers={"X-Forwarded-Proto": "https"}
    )
    assert "Secure" in proxied.headers["set-cookie"]


def test_signing_out_ends_the_session_for_a_copied_cookie_too(office: tuple[str, State, Path]) -> None:
    with signed_in(office[0]) as client:
        copied = dict(client.cookies)
        client.post("/admin/sign-out", data={"mark": mark(client)})
        assert "管理密码" in client.get("/admin").text
    assert httpx.get(f"{office[0]}/admin/work", cookies=copied).status_code == 403


def test_a_form_without_its_mark_or_from_another_site_changes_nothing(
    office: tuple[str, State, Path], client: httpx.Client
) -> None:
    before = ids(office[2])
    good = mark(client)
    for wrong in ("", "0" * 64, good[:-1] + "é"):
        assert client.post("/admin/remove", data={"mark": wrong, "doc": "water.txt"}).status_code == 403
        assert (
            client.post("/admin/documents", data={"mark": wrong}, files={"files": ("a.txt", b"a")}).status_code == 403
        )
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        response = client.post("/admin/remove", data={"mark": good, "doc": "water.txt"}, headers=headers)
        assert response.status_code == 403
        response = client.post("/admin/sign-in", data={"password": PASSWORD}, headers=headers)
        assert response.status_code == 403
    assert ids(office[2]) == before


def test_files_go_in_broken_ones_are_named_and_names_lead_nowhere(
    office: tuple[str, State, Path], client: httpx.Client
) -> None:
    _, _, folder = office
    response = upload(
        client,
        ("../../../evil/工作餐.txt", NOTICE.encode()),
        ("..\\..\\second.txt", NOTICE.replace("23", "24").encode()),
        ("<img src=x onerror=alert(1)>.txt", NOTICE.replace("23", "25").encode()),
        ("broken.pdf", b"%PDF-1.7 nothing"),
        ("program.exe", b"MZ"),
        (".hidden", b"a"),
        ("empty.txt", b""),
    )
    assert response.status_code == 303
    told = settled(client)
    assert "新增 3 份" in told
    assert {"工作餐.txt", "second.txt", "img src=x onerror=alert(1).txt"} <= ids(folder)
    for name, reason in (
        ("broken.pdf", ""),
        ("program.exe", "不支持这种格式"),
        ("hidden", "不支持"),
        ("empty.txt", "文件是空的"),
    ):
        assert re.search(rf'<th scope="row">{re.escape(name)}</th><td>[^<]*{reason}[^<]*</td>', told), told
    assert str(folder) not in told  # no path of the machine
    kept = {
        path.relative_to(folder / "uploads").as_posix() for path in (folder / "uploads").rglob("*") if path.is_file()
    }
    assert kept == {"工作餐.txt", "second.txt", "img src=x onerror=alert(1).txt"}
    assert not list(folder.parent.rglob("evil"))
    page = client.get("/admin").text
    assert "<img" not in page
    # What was uploaded is still there after the index was made anew; what was taken out is not.
    client.post("/admin/remove", data={"mark": mark(client), "doc": ["second.txt", "img src=x onerror=alert(1).txt"]})
    assert "移除 2 份" in settled(client)
    assert not (folder / "uploads" / "second.txt").exists()
    client.post("/admin/rebuild", data={"mark": mark(client)})
    assert "重建索引已完成" in settled(client)
    assert "工作餐.txt" in ids(folder)
    assert "second.txt" not in ids(folder)


def test_who_writes_already_is_named(office: tuple[str, State, Path], client: httpx.Client) -> None:
    with writing(office[2] / "index"):
        client.post("/admin/rebuild", data={"mark": mark(client)})
        told = settled(client)
    assert "重建索引没有完成" in told
    assert "索引正在被另一个进程写入" in told
    assert "进程 " in told


def test_a_second_change_waits_for_the_first(office: tuple[str, State, Path], client: httpx.Client) -> None:
    state = office[1]
    token = state.index_work.claim("add")
    assert token is not None
    state.index_work.tell(token, "正在读取 1/2：甲.pdf")
    assert "正在读取 1/2：甲.pdf" in client.get("/admin").text
    assert client.post("/admin/rebuild", data={"mark": mark(client)}).status_code == 409
    assert upload(client, ("a.txt", b"a")).status_code == 409
    from assistant.state.work import WorkState

    state.index_work.finish(token, WorkState.DONE, {})


def test_a_damaged_or_unknown_document_to_remove_is_told(client: httpx.Client) -> None:
    client.post("/admin/remove", data={"mark": mark(client), "doc": HOSTILE})
    told = settled(client)
    assert "移除文件没有完成" in told
    assert "<img" not in told


def test_an_upload_too_large_is_refused_before_it_is_sent(
    office: tuple[str, State, Path], client: httpx.Client
) -> None:
    """The head alone, of ten gigabytes: the answer comes although not one byte of the body was sent."""
    address = httpx.URL(office[0])
    cookie = client.cookies["policy_admin"]
    head = (
        f"POST /admin/documents HTTP/1.1\r\nHost: {address.host}\r\nCookie: policy_admin={cookie}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 10000000000\r\n\r\n"
    )
    with socket.create_connection((address.host, address.port or 80), timeout=20) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_an_upload_that_does_not_say_how_large_it_is_is_cut_off(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_BYTES", 200_000)
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        while sent < 500_000_000:
            sent += 100_000
            yield b"a" * 100_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    try:
        response = client.post("/admin/documents", content=body(), headers=headers)
    except httpx.TransportError:
        pass  # cut off while it was being sent
    else:
        assert response.status_code == 413
    assert sent < 100_000_000


@pytest.mark.parametrize("body", [b"", b"--x", b"nothing", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--"])
def test_what_is_no_form_is_told_in_one_line(client: httpx.Client, body: bytes) -> None:
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "text/plain"):
        response = client.post("/admin/documents", content=body, headers={"Content-Type": kind})
        assert response.status_code in {400, 403}
        assert 'role="alert"' in response.text


def test_the_settings_are_shown_without_their_secrets(client: httpx.Client) -> None:
    text = client.get("/admin/settings").text
    assert "POLICY_ADMIN_PASSWORD" in text
    assert "POLICY_WECOM_WEBHOOK_URL" in text
    for hidden in (PASSWORD, "hidden-key", "hidden-word"):
        assert hidden not in text
    assert "policy.example" in text


def test_what_people_asked_is_shown_and_exported_as_text(office: tuple[str, State, Path], client: httpx.Client) -> None:
    state = office[1]
    questions = ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", HOSTILE, "补贴\x0b多少")
    for number, question in enumerate(questions):
        answer = Answer(f"s{number}", Status.NOT_FOUND, "没有", latency_ms=100, question=question)
        state.answers.keep(Turn(question, answer))
        state.feedback.add(Opinion(f"s{number}", "down", question))
    page = client.get("/admin/statistics", params={"days": 7}).text
    assert "&lt;img src=x" in page
    assert "<img" not in page
    assert "HYPERLINK(1)" in page
    for name in ("untold", "asked", "disliked"):
        content = client.get(f"/admin/statistics/{name}.csv").content
        assert content.startswith(b"\xef\xbb\xbf")
        cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
        assert "'=HYPERLINK(1)" in cells
    book = openpyxl.load_workbook(io.BytesIO(client.get("/admin/statistics/all.xlsx").content))
    assert book.sheetnames == ["每天的数字", "问得最多", "没有给出答案", "觉得没用"]
    assert {cell.data_type for row in book["没有给出答案"].iter_rows(min_row=2, max_col=1) for cell in row} == {"s"}
    days = list(book["每天的数字"].iter_rows(min_row=2, values_only=True))
    assert len(days) == 30
    assert days[-1][1] >= len(questions)
    assert client.get("/admin/statistics/passwords.csv").status_code == 404


def test_names_of_files_become_plain_ones() -> None:
    for given, name in (
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\通知.docx", "通知.docx"),
        ("..", ""),
        ("/", ""),
        ("a\0b.txt", "ab.txt"),
        ("通知\u202etxt.exe", "通知 txt.exe"),
        (".env", "env"),
        ("a\nb.txt", "a b.txt"),
        ('"<b>".txt', "b.txt"),
        ("\ud800.txt", "txt"),
    ):
        assert intake.file_name(given) == name


def test_cells_that_a_program_would_calculate_get_an_apostrophe() -> None:
    for text in ("=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "＝1"):
        assert export._safe(text) == f"'{text}"
    assert export._safe("2018年=?") == "2018年=?"
    assert export._safe(-1) == -1


def test_attempts_are_limited_whoever_counts(built: Path, running_app: Callable[..., Any]) -> None:
    from assistant.channels.admin.entry import ATTEMPTS
    from assistant.channels.asgi import create_app
    from assistant.compose import build_assistant

    settings = Settings.model_validate({"data_dir": built, "admin_password": PASSWORD})
    assistant = build_assistant(built / "index")
    with running_app(lambda: create_app(assistant, State(), settings)) as address:
        sent = [httpx.post(f"{address}/admin/sign-in", data={"password": "wrong"}).status_code for _ in range(ATTEMPTS)]
        assert set(sent) == {403}
        response = httpx.post(f"{address}/admin/sign-in", data={"password": PASSWORD})
        assert response.status_code == 429
        assert "分钟以后" in response.text
