"""Settings, read once from the environment or ``.env``. The only place that looks at the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

_SECRET_WORDS = ("token", "secret", "aes_key", "password", "url")
"""A variable with one of these in its name is never repeated in a message."""


class Settings(BaseSettings):
    """What can be set, with its default. Variables are ``HOST``, ``PORT`` and ``POLICY_`` plus the name."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="POLICY_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data_dir: Path = Field(default=Path("var"), description="where the index and the database lie")
    index: Path | None = Field(default=None, description="the index to serve; default: index in the data directory")
    encoder: str | None = Field(default=None, description="name or path of the encoder; default: the bundled one")
    reranker: str | None = Field(default=None, description="name or path of a cross-encoder; default: none")
    database_url: SecretStr | None = Field(default=None, description="sqlite:///… or postgresql://…; default: a file")
    public: bool = Field(default=False, description="1: may listen beyond loopback without a key")
    public_url: str | None = Field(default=None, description="the address people reach the service at, for links")
    admin_password: SecretStr | None = Field(
        default=None, min_length=8, description="password of the administration at /admin; without one there is none"
    )
    blocked_words: Path | None = Field(default=None, description="words that bots do not say, one a line")
    host: str = Field(default="127.0.0.1", validation_alias="HOST", description="address to listen on")
    port: int = Field(default=7860, ge=1, le=65535, validation_alias="PORT", description="port to listen on")

    wechat_token: SecretStr | None = Field(default=None, description="token of the Official Account's callback")
    wechat_aes_key: SecretStr | None = Field(default=None, description="its EncodingAESKey, 43 characters")
    wechat_app_id: str | None = Field(default=None, description="AppID of the Official Account")
    wechat_app_secret: SecretStr | None = Field(
        default=None, description="its AppSecret; with it late answers are sent"
    )
    wechat_api_base: str = Field(default="https://api.weixin.qq.com", description="the platform's API")

    wecom_token: SecretStr | None = Field(default=None, description="token of the WeCom callback")
    wecom_aes_key: SecretStr | None = Field(default=None, description="its EncodingAESKey, 43 characters")
    wecom_corp_id: str | None = Field(default=None, description="id of the corporation")
    wecom_agent_id: int | None = Field(default=None, description="AgentId of the application")
    wecom_secret: SecretStr | None = Field(default=None, description="its Secret; with it late answers are sent")
    wecom_api_base: str = Field(default="https://qyapi.weixin.qq.com", description="the platform's API")
    wecom_webhook_url: SecretStr | None = Field(default=None, description="webhook of a group that gets notices")

    @field_validator("public_url", "wechat_api_base", "wecom_api_base")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError
        return value

    @property
    def index_path(self) -> Path:
        """The index that is used where none is named."""
        return self.index or self.data_dir / "index"

    @property
    def uploads_path(self) -> Path:
        """The folder of the files that were uploaded in the administration."""
        return self.data_dir / "uploads"

    @property
    def state_path(self) -> Path:
        """The database file that is used where no other database is named."""
        return self.data_dir / "state.sqlite3"


def load_settings() -> Settings:
    """Read the settings; raises SettingsError naming the variable that cannot be used, never a secret's value."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        name = field if field in {"HOST", "PORT"} else f"POLICY_{field.upper()}"
        is_secret = any(word in field for word in _SECRET_WORDS)
        value = "" if is_secret else f"：{first['input']!r}"
        # Without the cause, which holds every value that was set.
        raise SettingsError(f"设置 {name} 的值不能用{value}。{_wanted(name)}") from None
    except UnicodeDecodeError as error:
        raise SettingsError("设置文件 .env 不是 UTF-8 编码，请另存为 UTF-8。") from error


def secret(value: SecretStr | None) -> str:
    """Return a secret for use; empty where none is set."""
    return "" if value is None else value.get_secret_value()


def _wanted(name: str) -> str:
    if name.endswith(("_API_BASE", "_URL")):
        return "应为 http:// 或 https:// 开头的地址。"
    return {
        "PORT": "应为 1 到 65535 的整数。",
        "POLICY_PUBLIC": "应为 0 或 1。",
        "POLICY_ADMIN_PASSWORD": "应至少有 8 个字符。",
        "POLICY_WECOM_AGENT_ID": "应为整数，即应用的 AgentId。",
    }.get(name, "请检查这一项。")
