"""Take the address that the application is offered at; what is wrong with it is told in a sentence."""

from __future__ import annotations

import errno
import ipaddress
import socket

from assistant.errors import SettingsError

_LAST_PORT = 65_535


def bind(host: str, port: int, *, public: bool = False) -> socket.socket:
    """Take the address to listen on.

    Raises SettingsError when it is taken, cannot be had, or lies beyond this machine without ``public``.
    """
    if not public and not is_loopback(host):
        raise SettingsError(
            f"不能监听 {host}：它在本机之外也能访问，而目前没有密钥。请用 HOST=127.0.0.1，或用 python -m assistant keys add 发放密钥；确实要公开时设置 POLICY_PUBLIC=1。"
        )
    if not 0 <= port <= _LAST_PORT:
        raise SettingsError(f"端口 {port} 不能用：PORT 或 --port 应为 0 到 {_LAST_PORT} 的整数。")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"地址 {host} 不能用：HOST 或 --host 应为本机的地址或名称。") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        # From here on the port is taken for everyone else, although answers come only once the index is open.
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(_bind_fault(error, host, port)) from error
    return listener


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bind_fault(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被其他程序占用。请先停掉它，或换一个端口，例如 PORT={port + 1 if port < _LAST_PORT else 7861}。"
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {port}。请换一个大于 1024 的端口，例如 PORT=7860。"
    return f"不能监听 {host}:{port}：HOST 或 --host 应为本机的地址或名称。"
