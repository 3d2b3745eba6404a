"""Where the service may listen, and what it says when it may not."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from assistant.channels.listen import bind, is_loopback
from assistant.errors import SettingsError
from assistant.settings import Settings

ROOT = Path(__file__).parents[3]


def run(folder: Path, *command: str, **settings: str) -> subprocess.Popen[str]:
    env = {**os.environ, "POLICY_DATA_DIR": str(folder), "HOST": "127.0.0.1", **settings}
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_permission(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.org", "", "127.0.0.1.evil.example"])
def test_everything_else_must_be_made_public_on_purpose(host: str) -> None:
    with pytest.raises(SettingsError, match="POLICY_PUBLIC"):
        bind(host, 0)


def test_with_a_key_it_may_listen_beyond_this_machine(tmp_path: Path) -> None:
    from assistant.channels.asgi import open_state
    from assistant.channels.serving import _is_locked

    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    assert not _is_locked("0.0.0.0", settings)
    state = open_state(settings)
    state.keys.add("门户")
    state.close()
    assert _is_locked("0.0.0.0", settings)


def test_keys_are_issued_listed_and_revoked_by_command(tmp_path: Path) -> None:
    def keys(*arguments: str) -> tuple[int | None, str, str]:
        process = run(tmp_path, "-m", "assistant", "keys", *arguments)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    code, out, _ = keys("add", "门户", "--rate", "5/minute")
    text = out.splitlines()[-1]
    assert code == 0
    assert text.startswith("pa_")
    [row] = json.loads(keys("list", "--json")[1])
    assert (row["name"], row["rate"], row["revoked"]) == ("门户", "5/minute", None)
    assert text not in keys("list")[1]
    for wrong in (("add", "门户"), ("add", "x", "--rate", "often"), ("revoke", "none"), ("add",), ()):
        code, out, err = keys(*wrong)
        assert (code, out, err.count("\n")) == (2, "", 1), wrong
    assert keys("revoke", "门户")[0] == 0
    assert json.loads(keys("list", "--json")[1])[0]["revoked"]


def test_a_public_address_is_taken_when_it_is_meant() -> None:
    with bind("0.0.0.0", 0, public=True) as listener:
        assert listener.getsockname()[1] > 0


def test_a_port_that_is_taken_is_named() -> None:
    with bind("127.0.0.1", 0) as listener, pytest.raises(SettingsError, match="占用"):
        bind("127.0.0.1", listener.getsockname()[1])


@pytest.mark.parametrize("port", [-1, 65_536, 10**9])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(SettingsError, match=str(port)):
        bind("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "中文 主机", "a" * 300])
def test_an_address_that_is_not_this_machines_is_refused(host: str) -> None:
    with pytest.raises(SettingsError, match="HOST"):
        bind(host, 0, public=True)


def test_the_program_answers_in_the_terminal_then_serves_and_stops_when_told(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    process = run(tmp_path, "app.py", PORT=port)
    try:
        assert process.stdout is not None
        said = ""
        while "已启动" not in said:
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            said += line
        assert "《关于推行终身职业技能培训制度的意见》" in said
        assert re.search(r"^\[1\] .*2018年", said, re.MULTILINE)
        assert f"http://127.0.0.1:{port}" in said
        assert httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=30).status_code == 200
        busy = run(tmp_path, "-m", "assistant", "serve", "--port", port)
        out, err = busy.communicate(timeout=60)
        assert (busy.returncode, out) == (2, "")
        assert err.count("\n") == 1
        assert port in err
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert "Traceback" not in err


def test_the_program_refuses_to_listen_beyond_this_machine_in_one_line(tmp_path: Path) -> None:
    process = run(tmp_path, "app.py", HOST="0.0.0.0")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.count("\n") == 1
    assert "POLICY_PUBLIC=1" in err
