"""May a host of the web be connected to? Only public addresses, whatever form they are written or wrapped in.

What a name stands for is looked up once and the connection goes to the very address that was looked at, so that a name
that changes its address in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port -> the addresses it stands for; raises OSError where it stands for none."""

_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d*)){0,4}", re.IGNORECASE)
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_RELAYS = IPv4Network("192.88.99.0/24")  # of 6to4


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses a name stands for, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def looked_up(resolve: Resolver, host: str, port: int, seconds: float) -> list[str]:
    """Look a name up within a time; raises OSError, TimeoutError beyond it."""
    pool = ThreadPoolExecutor(1)
    try:
        return list(pool.submit(resolve, host, port).result(seconds))
    except UnicodeError as error:
        raise OSError("主机名无效") from error
    finally:
        pool.shutdown(wait=False)


def is_odd(host: str) -> bool:
    """Tell a number that only looks like a name: 2130706433, 0x7f.1, 0177.0.0.1, and addresses with a zone."""
    if "%" in host:
        return True
    bare = host.rstrip(".")
    if not _NUMERIC.fullmatch(bare):
        return False
    try:
        return str(IPv4Address(bare)) != host
    except ValueError:
        return True


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public internet; one that wraps an IPv4 address is as that is."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return found.is_global and not (found.is_multicast or found.is_reserved or found in _RELAYS)
    if found.scope_id is not None:
        return False
    wrapped = _wrapped(found)
    if wrapped is not None:
        return is_public(str(wrapped))
    return found in _UNICAST and found.is_global and not found.is_multicast


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address inside of an IPv6 one: mapped, 6to4, Teredo, NAT64."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
