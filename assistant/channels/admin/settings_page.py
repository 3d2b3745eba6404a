"""The settings in force, as a page; of a secret only whether there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from assistant.channels.admin.frame import Frame
    from assistant.channels.messages import Messages
    from assistant.settings import Settings

_CREDENTIALS = re.compile(r"//[^/@\s]*@")


def body(frame: Frame, settings: Settings) -> str:
    """Return the page."""
    told = frame.told
    rows = [
        (_variable(name), told.get(f"setting.{name}", field.description or ""), _shown(getattr(settings, name), told))
        for name, field in type(settings).model_fields.items()
    ]
    heads = ("settings.variable", "settings.meaning", "settings.value")
    return f'<p class="tip">{frame.say("settings.hint")}</p>{frame.table("admin.settings", heads, rows)}'


def _variable(name: str) -> str:
    return name.upper() if name in {"host", "port"} else f"POLICY_{name.upper()}"


def _shown(value: object, told: Messages) -> str:
    if isinstance(value, SecretStr):
        return told("settings.hidden" if value.get_secret_value() else "settings.unset")
    if value is None or value in ("", ()):
        return told("settings.unset")
    if isinstance(value, bool):
        return told("settings.yes" if value else "settings.no")
    if isinstance(value, tuple | list):
        return "、".join(map(str, value))
    return _CREDENTIALS.sub(f"//{told('settings.credentials')}@", str(value))
