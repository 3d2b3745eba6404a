"""Which bots there are: those whose settings are whole; what is set by half is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.channels.bots import Workshop, configured, screen_from
from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.state.shared import State

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
WECHAT = {"wechat_token": "t", "wechat_aes_key": KEY, "wechat_app_id": "wx1", "wechat_app_secret": "s"}
WECOM = {"wecom_token": "t", "wecom_aes_key": KEY, "wecom_corp_id": "c", "wecom_agent_id": "7", "wecom_secret": "s"}


def settings(values: dict[str, str]) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]


@pytest.fixture
def channels(worker: Any, open_state: Callable[[], State]) -> Callable[..., list[str]]:
    """Set bots up and return their channels."""
    workshop = Workshop(worker.Directed(), open_state(), ())

    def of(**values: str) -> list[str]:
        return [bot.channel for mounted in configured(settings(values), workshop) for bot in mounted.bots]

    return of


def test_without_settings_there_is_no_bot(channels: Callable[..., list[str]]) -> None:
    assert channels() == []


def test_a_platform_that_is_set_up_is_there(channels: Callable[..., list[str]]) -> None:
    assert channels(wechat_token="t") == ["wechat"]
    assert channels(**WECHAT) == ["wechat"]
    assert channels(
        **{name: value for name, value in WECOM.items() if name not in {"wecom_secret", "wecom_agent_id"}}
    ) == [
        "wecom",
        "robot",
    ]
    assert channels(**WECHAT, **WECOM) == ["wechat", "wecom", "robot"]


@pytest.mark.parametrize(
    ("whole", "lacking"),
    [(WECHAT, "wechat_token"), (WECHAT, "wechat_app_id")]
    + [(WECOM, name) for name in ("wecom_token", "wecom_aes_key", "wecom_corp_id", "wecom_agent_id")],
)
def test_a_platform_that_is_set_up_by_half_names_what_is_missing(
    channels: Callable[..., list[str]], whole: dict[str, str], lacking: str
) -> None:
    with pytest.raises(SettingsError, match=f"POLICY_{lacking.upper()}"):
        channels(**{name: value for name, value in whole.items() if name != lacking})


def test_a_key_that_cannot_be_one_is_named_and_not_shown(channels: Callable[..., list[str]]) -> None:
    with pytest.raises(SettingsError, match="POLICY_WECOM_AES_KEY") as caught:
        channels(**WECOM | {"wecom_aes_key": "geheim"})
    assert "geheim" not in str(caught.value)


def test_a_list_of_words_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="POLICY_BLOCKED_WORDS"):
        screen_from(tmp_path / "none.txt")
    (tmp_path / "gbk.txt").write_bytes("禁词".encode("gbk"))
    with pytest.raises(SettingsError, match="UTF-8"):
        screen_from(tmp_path / "gbk.txt")
    assert screen_from(None) is None


def test_the_whole_application_answers_callbacks_beside_the_page_and_the_api(
    serve_whole: Callable[..., Any], open_state: Callable[[], State]
) -> None:
    with serve_whole(open_state(), settings(WECHAT)) as url:
        assert httpx.get(f"{url}/wechat").status_code == 403
        assert httpx.get(f"{url}/wecom").status_code == 404
        assert httpx.get(f"{url}/a/none").status_code == 404
        assert httpx.get(f"{url}/").status_code == 200
        assert "/wechat" not in httpx.get(f"{url}/api/openapi.json").text


def test_without_settings_the_whole_application_has_no_callback(address: str) -> None:
    for path in ("/wechat", "/wecom"):
        assert httpx.get(address + path).status_code == 404
