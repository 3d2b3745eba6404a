"""``python -m assistant wechat-sim``: the platform played for an operator, against the bots as they are served."""

from __future__ import annotations

import io
import socket
import sys
from collections.abc import Callable
from typing import Any

import pytest

from assistant.__main__ import main
from assistant.channels.simulator import Simulator, SimulatorError

Stage = Any  # fixtures of conftest.py, which no test can import
Site = Any
Simulate = Callable[..., tuple[int, str, str]]


@pytest.fixture
def simulate(quiet: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Simulate:
    """Run the command with the settings of the stage; returns its exit code and what it printed."""

    def run(*arguments: str, stdin: str = "", **settings: str) -> tuple[int, str, str]:
        for name, value in (quiet.settings | settings).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        code = main(["wechat-sim", *arguments])
        return code, *capsys.readouterr()

    return run


def test_a_chat_in_the_terminal_shows_what_a_person_would_see(quiet: Stage, simulate: Simulate) -> None:
    lines = ["补贴多少？", "/语音 说的问题", "/图片", "/重发", "/菜单 菜单问题", "", "退出", "不再问"]
    code, out, err = simulate("--server", quiet.workers[0].url, stdin="\n".join(lines))
    assert (code, err) == (0, "")
    for said in ("接入校验通过", "加密模式", "1. 问一？", "答：补贴多少？【1】", "答：说的问题", "答：菜单问题"):
        assert said in out
    assert out.count("只能看懂文字") == 4
    assert "不再问" not in out


@pytest.mark.parametrize("arguments", [["--wecom"], []])
def test_one_question_can_be_asked_and_ends(quiet: Stage, simulate: Simulate, arguments: list[str]) -> None:
    code, out, _ = simulate("--server", quiet.workers[0].url, *arguments, "--ask", "一", "--ask", "二")
    assert code == 0
    assert "答：一" in out
    assert "答：二" in out


def test_what_is_wrong_is_said_in_one_line(quiet: Stage, simulate: Simulate) -> None:
    url = quiet.workers[0].url
    for arguments, settings, wanted in (
        (["--server", "http://127.0.0.1:1"], {}, "连不上"),
        (["--server", "nonsense"], {}, "--server"),
        (["--server", url], {"POLICY_WECHAT_TOKEN": "other"}, "接入校验没有通过"),
        (["--server", url], {"POLICY_WECHAT_TOKEN": ""}, "POLICY_WECHAT_TOKEN"),
        (["--server", url], {"POLICY_WECHAT_AES_KEY": "short"}, "POLICY_WECHAT_AES_KEY"),
    ):
        base = {name: quiet.settings[name] for name in settings}
        code, out, err = simulate(*arguments, "--ask", "一", **settings)
        simulate("--server", "nonsense", **base)  # the settings are as they were
        assert (code, out) == (2, "")
        assert wanted in err
        assert err.count("\n") == 1


def test_a_question_that_is_refused_exits_with_1(quiet: Stage, simulate: Simulate) -> None:
    code, out, _ = simulate("--server", quiet.workers[0].url, "--plain", "--ask", "一")
    assert code == 1
    assert "HTTP 403" in out


def test_it_asks_three_times_before_it_gives_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(10)
        person = Simulator(f"http://127.0.0.1:{silent.getsockname()[1]}/wechat", "spamtest", "", None, patience=0.1)
        with pytest.raises(SimulatorError, match="3 次"):
            person.say(person.text("一"))
