"""Settings, read once from the environment or ``.env``. The only place that looks at the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError


class Settings(BaseSettings):
    """What can be set, with its default. Variables are ``HOST``, ``PORT`` and ``POLICY_`` plus the name."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="POLICY_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data_dir: Path = Field(default=Path("var"), description="where the index lies")
    index: Path | None = Field(default=None, description="the index to serve; default: index in the data directory")
    encoder: str | None = Field(default=None, description="name or path of the encoder; default: the bundled one")
    reranker: str | None = Field(default=None, description="name or path of a cross-encoder; default: none")
    public: bool = Field(default=False, description="1: may listen beyond loopback without a key")
    host: str = Field(default="127.0.0.1", validation_alias="HOST", description="address to listen on")
    port: int = Field(default=7860, ge=1, le=65535, validation_alias="PORT", description="port to listen on")

    @property
    def index_path(self) -> Path:
        """The index that is used where none is named."""
        return self.index or self.data_dir / "index"


def load_settings() -> Settings:
    """Read the settings; raises SettingsError naming the variable that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        name = field if field in {"HOST", "PORT"} else f"POLICY_{field.upper()}"
        raise SettingsError(f"设置 {name} 的值不能用：{first['input']!r}。{_wanted(name)}") from error
    except UnicodeDecodeError as error:
        raise SettingsError("设置文件 .env 不是 UTF-8 编码，请另存为 UTF-8。") from error


def _wanted(name: str) -> str:
    return {
        "PORT": "应为 1 到 65535 的整数。",
        "POLICY_PUBLIC": "应为 0 或 1。",
    }.get(name, "请检查这一项。")
