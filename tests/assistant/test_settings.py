"""Settings from the environment and ``.env``: defaults, precedence, and messages that name the variable."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.settings import load_settings, secret


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and none of the variables."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name in {"HOST", "PORT"} or name.startswith("POLICY_"):
            monkeypatch.delenv(name)


def test_defaults() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.public) == ("127.0.0.1", 7860, False)
    assert settings.index_path == Path("var/index")


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("PORT", "8080")
    monkeypatch.setenv("POLICY_DATA_DIR", "/srv/policy")
    monkeypatch.setenv("POLICY_PUBLIC", "1")
    settings = load_settings()
    assert (settings.host, settings.port, settings.public) == ("0.0.0.0", 8080, True)
    assert settings.index_path == Path("/srv/policy/index")


def test_a_named_index_goes_before_the_data_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_DATA_DIR", "/srv/policy")
    monkeypatch.setenv("POLICY_INDEX", "/srv/other")
    assert load_settings().index_path == Path("/srv/other")


def test_the_env_file_is_read_and_the_environment_goes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("# 设置\nPORT=9000\nPOLICY_DATA_DIR=数据\nSOMETHING_ELSE=1\n", encoding="utf-8")
    assert (load_settings().port, load_settings().index_path) == (9000, Path("数据/index"))
    monkeypatch.setenv("PORT", "9001")
    assert load_settings().port == 9001


def test_variables_without_the_prefix_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", "/elsewhere")
    monkeypatch.setenv("INDEX", "/elsewhere")
    monkeypatch.setenv("POLICY_SOMETHING_UNKNOWN", "1")
    assert load_settings().index_path == Path("var/index")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("POLICY_PUBLIC", "maybe"),
        ("POLICY_WECHAT_API_BASE", "api.weixin.qq.com"),
        ("POLICY_WECOM_AGENT_ID", "seven"),
        ("POLICY_ALLOWED_ORIGINS", "https://a.example/path"),
        ("POLICY_RATE_LIMIT", "often"),
        ("POLICY_KEY_RATE_LIMIT", "10/fortnight"),
        ("POLICY_REQUEST_TIMEOUT", "0"),
        ("POLICY_LOG_FORMAT", "xml"),
        ("POLICY_LOG_DETAILS", "maybe"),
        ("POLICY_FEEDBACK_DAYS", "0"),
        ("POLICY_FEEDBACK_DAYS", "ever"),
        ("POLICY_LLM_TIMEOUT", "soon"),
        ("POLICY_LLM_RETRIES", "99"),
        ("POLICY_LLM_CONTEXT", "100"),
        ("POLICY_LLM_EXTRA_BODY", "{enable"),
        ("POLICY_LLM_EXTRA_BODY", "[1]"),
        ("POLICY_ANSWER_CACHE", "-1"),
        ("POLICY_TRACING", "localhost:4318"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    message = str(caught.value)
    assert name in message
    assert value in message
    assert "\n" not in message
    assert "设置" in message


def test_a_bad_value_in_the_env_file_is_named_too() -> None:
    Path(".env").write_text("PORT=abc\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="PORT"):
        load_settings()


def test_an_env_file_that_is_no_utf8_is_named() -> None:
    Path(".env").write_bytes("POLICY_DATA_DIR=数据\n".encode("gb18030"))
    with pytest.raises(SettingsError, match=r"\.env.*UTF-8"):
        load_settings()


def test_origins_are_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_ALLOWED_ORIGINS", "https://a.example, https://*.b.example:*/  http://[::1]:8080")
    assert load_settings().allowed_origins == ("https://a.example", "https://*.b.example:*", "http://[::1]:8080")


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_INDEX", "")
    assert load_settings().index_path == Path("var/index")


def test_settings_are_frozen_and_create_nothing() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]
    assert list(Path().iterdir()) == []


def test_what_is_remembered_lies_in_the_data_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_DATA_DIR", "/srv/policy")
    assert load_settings().state_path == Path("/srv/policy/state.sqlite3")


SECRETS = ["DATABASE_URL", "WECHAT_TOKEN", "WECHAT_AES_KEY", "WECHAT_APP_SECRET", "WECOM_TOKEN", "WECOM_AES_KEY",
           "WECOM_SECRET", "WECOM_WEBHOOK_URL", "LLM_API_KEY"]  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_never_printed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"POLICY_{name}", "geheim")
    settings = load_settings()
    assert secret(getattr(settings, name.lower())) == "geheim"
    assert "geheim" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    monkeypatch.setenv("PORT", "abc")  # what another variable's fault says has none of it either
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "geheim" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("name", ["POLICY_LLM_API_KEY", "POLICY_LLM_BASE_URL"])
def test_a_key_or_address_that_cannot_be_used_is_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "密钥 geheim")
    with pytest.raises(SettingsError, match=name) as caught:
        load_settings()
    assert "geheim" not in str(caught.value)


def test_a_secret_in_a_variable_that_cannot_be_used_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_PUBLIC_URL", "geheim")
    with pytest.raises(SettingsError, match="POLICY_PUBLIC_URL") as caught:
        load_settings()
    assert "geheim" not in str(caught.value)
