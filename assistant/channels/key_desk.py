"""``python -m assistant keys``: keys are issued, listed and revoked here; a running service hears of it within seconds."""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING

from assistant.settings import load_settings, secret
from assistant.state.database import sqlite_url
from assistant.state.rates import parsed
from assistant.state.shared import State

if TYPE_CHECKING:
    from assistant.state.keys import Key, Keys


def run(options: argparse.Namespace) -> int:
    """Do one thing with the keys; raises AssistantError where it cannot be done."""
    settings = load_settings()
    state = State(secret(settings.database_url) or sqlite_url(settings.state_path))
    try:
        if options.action == "add":
            return _add(state.keys, options.name, options.rate)
        if options.action == "revoke":
            key = state.keys.revoke(options.name)
            left = any(each.revoked is None for each in state.keys.all())
            print(
                f"已吊销 {key.name}（{key.id}）。"
                + ("" if left else "已没有可用的密钥：在发放新的之前，接口谁也不能用。")
            )
            return 0
        if options.action == "reset":
            print(f"已删除全部 {state.keys.reset()} 个密钥；接口不再需要密钥。")
            return 0
        return _list(state.keys, as_json=options.json)
    finally:
        state.close()


def _add(keys: Keys, name: str, rate: str | None) -> int:
    if rate is not None:
        parsed(rate)
    key, text = keys.add(name, rate)
    print(f"已发放 {key.name}（{key.id}）。下面是密钥，只显示这一次：\n{text}")
    return 0


def _list(keys: Keys, *, as_json: bool) -> int:
    every = keys.all()
    if as_json:
        print(json.dumps([_row(key) for key in every], ensure_ascii=False))
        return 0
    if not every:
        print("还没有密钥：接口不需要密钥，但只能在本机访问。")
    for key in every:
        state = f"{_day(key.revoked)} 吊销" if key.revoked else "在用"
        print(f"{key.id}  {_day(key.created)} 发放  {state}  {key.rate or '默认限流'}  {key.name}")
    return 0


def _row(key: Key) -> dict[str, object]:
    return {"id": key.id, "name": key.name, "rate": key.rate, "created": key.created, "revoked": key.revoked}


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
