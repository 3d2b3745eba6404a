"""The settings in force, as a page; of a secret only whether there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import SecretStr

from assistant.channels.admin.frame import table

if TYPE_CHECKING:
    from assistant.settings import Settings

_NAMES = {
    "data_dir": "数据目录",
    "index": "使用的索引",
    "encoder": "编码器",
    "reranker": "重排模型",
    "database_url": "数据库",
    "public": "可以在本机以外监听",
    "public_url": "对外的网址",
    "allowed_origins": "可以嵌入网页的网站",
    "admin_password": "管理密码",
    "blocked_words": "机器人不说的词",
    "host": "监听地址",
    "port": "端口",
}
_CREDENTIALS = re.compile(r"//[^/@\s]*@")


def body(settings: Settings) -> str:
    """Return the page."""
    rows = [
        (_variable(name), _NAMES.get(name, field.description or ""), _shown(getattr(settings, name)))
        for name, field in type(settings).model_fields.items()
    ]
    return (
        '<p class="hint">这些设置来自环境变量或 .env 文件，在启动时读取；修改后要重新启动。密码和密钥不显示。</p>'
        f"{table('生效的设置', ('变量', '说明', '现在的值'), rows)}"
    )


def _variable(name: str) -> str:
    return name.upper() if name in {"host", "port"} else f"POLICY_{name.upper()}"


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "已设置（不显示）" if value.get_secret_value() else "未设置"
    if value is None or value in ("", ()):
        return "未设置"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple | list):
        return "、".join(map(str, value))
    return _CREDENTIALS.sub("//（不显示）@", str(value))
