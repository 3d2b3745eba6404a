"""A notice to a group: its parts, its limits, and that its address is told to nobody."""

from __future__ import annotations

import io
import json
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.__main__ import main
from assistant.channels import webhook
from assistant.channels.webhook import GroupWebhook, NoticeError
from assistant.state.shared import State

Command = Callable[..., tuple[int, str, str]]


class Group:
    """The webhook of a group."""

    def __init__(self) -> None:
        self.script: list[int] = []
        self.messages: list[dict[str, Any]] = []
        group = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                code = group.script.pop(0) if group.script else 0
                if code == 0:
                    group.messages.append(message)
                content = b"<html>" if code == 1 else json.dumps({"errcode": code}).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/cgi-bin/webhook/send?key=geheim"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()


@pytest.fixture
def group() -> Iterator[Group]:
    made = Group()
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join(10)


@pytest.fixture
def state(open_state: Any) -> State:
    opened: State = open_state()
    return opened


def test_a_notice_arrives_as_text_or_as_markdown(group: Group, state: State) -> None:
    hook = GroupWebhook(group.url, state.limits)
    assert hook.push("新的补贴办法已发布。") == 1
    assert hook.push("**新办法**", markdown=True) == 1
    assert group.messages == [
        {"msgtype": "text", "text": {"content": "新的补贴办法已发布。"}},
        {"msgtype": "markdown", "markdown": {"content": "**新办法**"}},
    ]


def test_a_long_notice_comes_in_parts_of_the_size_a_group_takes(group: Group, state: State) -> None:
    hook = GroupWebhook(group.url, state.limits)
    assert hook.push("补" * 1_500) == 3
    assert hook.push("补" * 1_500, markdown=True) == 2
    sizes = [len(next(iter(message[message["msgtype"]].values())).encode()) for message in group.messages]
    assert all(size <= 2_048 for size in sizes[:3])
    assert all(size <= 4_096 for size in sizes[3:])
    assert sum(sizes) == 9_000


def test_no_more_than_twenty_go_out_in_a_window(group: Group, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(webhook.time, "sleep", lambda seconds: (slept.append(seconds), state.limits.allows("x", 1, 1)))
    hook = GroupWebhook(group.url, state.limits, window=3_600)
    for _ in range(webhook.MOST):
        hook.push("一")
    assert slept == []

    def end_of_window(seconds: float) -> None:
        slept.append(seconds)
        with state.database.transaction() as connection:
            from assistant.state.tables import windows

            connection.execute(windows.delete())

    monkeypatch.setattr(webhook.time, "sleep", end_of_window)
    hook.push("二")
    assert len(slept) == 1
    assert len(group.messages) == webhook.MOST + 1


def test_a_group_that_has_enough_is_waited_for(group: Group, state: State) -> None:
    group.script = [45009]
    assert GroupWebhook(group.url, state.limits, window=0.05).push("一") == 1
    assert len(group.messages) == 1


@pytest.mark.parametrize("code", [93000, 1])
def test_a_group_that_refuses_is_told_without_its_address(group: Group, state: State, code: int) -> None:
    group.script = [code]
    with pytest.raises(NoticeError, match="没有发出") as caught:
        GroupWebhook(group.url, state.limits).push("一")
    assert "geheim" not in str(caught.value)


def test_a_group_that_cannot_be_reached_is_told_without_its_address(state: State) -> None:
    with pytest.raises(NoticeError, match="连不上") as caught:
        GroupWebhook("http://127.0.0.1:1/?key=geheim", state.limits).push("一")
    assert "geheim" not in str(caught.value)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command in an empty folder; returns its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLICY_DATA_DIR", str(tmp_path))

    def run(*arguments: str, url: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setenv("POLICY_WECOM_WEBHOOK_URL", url)
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        return main(["notice", *arguments]), *capsys.readouterr()

    return run


def test_the_command_sends_what_it_is_given(group: Group, command: Command, tmp_path: Path) -> None:
    assert command("一", url=group.url) == (0, "已发送 1 条。\n", "")
    (tmp_path / "notice.md").write_text("**二**", encoding="utf-8")
    assert command("--file", "notice.md", "--markdown", url=group.url)[0] == 0
    assert command(stdin="三", url=group.url)[0] == 0
    assert [next(iter(message[message["msgtype"]].values())) for message in group.messages] == ["一", "**二**", "三"]


@pytest.mark.parametrize(
    ("arguments", "url", "wanted"),
    [
        (["一"], "", "POLICY_WECOM_WEBHOOK_URL"),
        (["一"], "geheim", "POLICY_WECOM_WEBHOOK_URL"),
        (["--file", "none"], "http://127.0.0.1:1/geheim", "none"),
        ([" "], "http://127.0.0.1:1/geheim", "空"),
    ],
)
def test_the_command_says_in_one_line_what_is_missing(
    command: Command, arguments: list[str], url: str, wanted: str
) -> None:
    code, out, err = command(*arguments, url=url)
    assert (code, out) == (2, "")
    assert wanted in err
    assert err.count("\n") == 1
    assert "geheim" not in err
