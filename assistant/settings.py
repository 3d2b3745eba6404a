"""Settings, read once from the environment or ``.env``. The only place that looks at the environment."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.errors import SettingsError

_SECRET_WORDS = ("token", "secret", "aes_key", "password", "url", "api_key", "header")
"""A variable with one of these in its name is never repeated in a message."""
# As a content security policy names them: any subdomain and any port can be a star.
_ORIGIN = re.compile(r"https?://(?:(?:\*\.)?[a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(?::(?:[0-9]{1,5}|\*))?")
_ONE_RATE = r"\d{1,9} ?(?:/|per) ?(?:\d{1,6} ?)?(?:second|minute|hour|day)s?"
_RATE = re.compile(rf"0|{_ONE_RATE}(?:[;,] ?{_ONE_RATE})*")


class Settings(BaseSettings):
    """What can be set, with its default. Variables are ``HOST``, ``PORT`` and ``POLICY_`` plus the name."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="POLICY_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data_dir: Path = Field(default=Path("var"), description="where the index and the database lie")
    index: Path | None = Field(default=None, description="the index to serve; default: index in the data directory")
    encoder: str | None = Field(default=None, description="name or path of the encoder; default: the bundled one")
    reranker: str | None = Field(default=None, description="name or path of a cross-encoder; default: none")
    backend: Literal["torch", "onnx"] = Field(
        default="torch", description="what runs a public encoder and cross-encoder"
    )
    database_url: SecretStr | None = Field(default=None, description="sqlite:///… or postgresql://…; default: a file")
    public: bool = Field(default=False, description="1: may listen beyond loopback without a key")
    public_url: str | None = Field(default=None, description="the address people reach the service at, for links")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="origins of sites that may show the page in a frame and call the API, by commas"
    )
    rate_limit: str = Field(default="120/minute", description="requests of one address without a key; 0: no limit")
    key_rate_limit: str = Field(default="600/minute", description="requests with one key; 0: no limit")
    request_timeout: float = Field(default=120.0, gt=0, le=3600, description="seconds until an answer must begin")
    log_format: Literal["auto", "json", "text"] = Field(
        default="auto", description="auto: lines of JSON, except on a terminal"
    )
    log_details: bool = Field(default=False, description="1: addresses and messages of errors whole in the log")
    admin_password: SecretStr | None = Field(
        default=None, min_length=8, description="password of the administration at /admin; without one there is none"
    )
    feedback_days: int = Field(
        default=30, ge=1, le=3650, description="days for which questions, answers and what is said of them are kept"
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

    llm_model: str | None = Field(
        default=None, description="chat model as init_chat_model takes it (openai:qwen-plus); default: none is used"
    )
    llm_base_url: str | None = Field(default=None, description="address of an OpenAI-compatible server")
    llm_api_key: SecretStr | None = Field(default=None, description="its key")
    llm_timeout: float = Field(default=60.0, gt=0, le=600, description="seconds for a whole answer")
    llm_first_token_timeout: float = Field(default=20.0, gt=0, le=600, description="seconds to the first words")
    llm_retries: int = Field(default=2, ge=0, le=5, description="tries again before the first words")
    llm_context: int = Field(default=8192, ge=2048, description="tokens that fit the model, answer included")
    llm_max_output: int = Field(default=1024, ge=64, description="tokens of an answer, its thinking included")
    llm_tokenizer: Path | None = Field(default=None, description="tokenizer.json of the model; default: an estimate")
    llm_extra_body: dict[str, Any] | None = Field(default=None, description="JSON sent with each request as it is")
    llm_conversations: int = Field(default=64, ge=1, le=1024, description="answers that wait for the model at once")
    answer_cache: int = Field(default=256, ge=0, le=100_000, description="answers kept; 0: none")
    tracing: str | None = Field(default=None, description="address that traces are sent to (OTLP over HTTP)")

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _are_origins(cls, value: object) -> object:
        """Take origins apart; each is a scheme, a host and perhaps a port, and becomes part of a header."""
        if not isinstance(value, str):
            return value
        origins = tuple(origin.rstrip("/") for origin in re.split(r"[\s,]+", value.strip()) if origin)
        if not all(_ORIGIN.fullmatch(origin) for origin in origins):
            raise ValueError
        return origins

    @field_validator("rate_limit", "key_rate_limit")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        if not _RATE.fullmatch(value):
            raise ValueError
        return value

    @field_validator("public_url", "wechat_api_base", "wecom_api_base", "llm_base_url", "tracing")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError
        return value

    @field_validator("llm_api_key")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        key = secret(value).strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError
        return SecretStr(key) if key else None

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


_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def share_metrics(folder: Path) -> None:
    """Let this process and those that it starts count into one folder; the library looks there when it is imported."""
    os.environ[_METRICS_FOLDER] = str(folder)


def metrics_folder() -> str | None:
    """Return the folder that several workers count into; None where there is one worker."""
    return os.environ.get(_METRICS_FOLDER)


def secret(value: SecretStr | None) -> str:
    """Return a secret for use; empty where none is set."""
    return "" if value is None else value.get_secret_value()


_LLM_WANTED = {
    "POLICY_LLM_API_KEY": "应为服务方给的密钥，只有字母、数字和符号。",
    "POLICY_LLM_TIMEOUT": "应为 0 到 600 之间的秒数。",
    "POLICY_LLM_FIRST_TOKEN_TIMEOUT": "应为 0 到 600 之间的秒数。",
    "POLICY_LLM_RETRIES": "应为 0 到 5 的整数。",
    "POLICY_LLM_CONTEXT": "应为不小于 2048 的整数，即模型的上下文长度。",
    "POLICY_LLM_MAX_OUTPUT": "应为不小于 64 的整数。",
    "POLICY_LLM_EXTRA_BODY": '应为一个 JSON 对象，例如 {"enable_thinking": false}。',
    "POLICY_LLM_CONVERSATIONS": "应为 1 到 1024 的整数。",
    "POLICY_ANSWER_CACHE": "应为不小于 0 的整数，0 表示不缓存。",
    "POLICY_TRACING": "应为 http:// 或 https:// 开头的地址。",
}
_WANTED_RATE = "应如 120/minute 或 1000/hour，可用分号连写；0 表示不限。"


def _wanted(name: str) -> str:
    if name.endswith(("_API_BASE", "_URL")):
        return "应为 http:// 或 https:// 开头的地址。"
    return _LLM_WANTED.get(name) or {
        "PORT": "应为 1 到 65535 的整数。",
        "POLICY_BACKEND": "应为 torch 或 onnx。",
        "POLICY_PUBLIC": "应为 0 或 1。",
        "POLICY_ALLOWED_ORIGINS": "应为 https://www.example.gov.cn 这样的来源，用空格或逗号隔开，不带路径。",
        "POLICY_RATE_LIMIT": _WANTED_RATE,
        "POLICY_KEY_RATE_LIMIT": _WANTED_RATE,
        "POLICY_REQUEST_TIMEOUT": "应为 0 到 3600 之间的秒数。",
        "POLICY_LOG_FORMAT": "应为 auto、json 或 text。",
        "POLICY_LOG_DETAILS": "应为 0 或 1。",
        "POLICY_FEEDBACK_DAYS": "应为 1 到 3650 的整数，即保存多少天。",
        "POLICY_ADMIN_PASSWORD": "应至少有 8 个字符。",
        "POLICY_WECOM_AGENT_ID": "应为整数，即应用的 AgentId。",
    }.get(name, "请检查这一项。")
