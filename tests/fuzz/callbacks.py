"""Coverage-guided fuzzing of what reads a callback: ``pip install atheris``, then ``python tests/fuzz/callbacks.py``.

Options are libFuzzer's, e.g. ``-max_total_time=60``. Whatever comes, the readers return or raise their own errors.
"""

from __future__ import annotations

import contextlib
import json
import sys

import atheris

with atheris.instrument_imports(include=["assistant.channels"]):
    from assistant.channels import envelope, robot, wechat
    from assistant.channels.crypto import ForgedError, MessageCrypt, Sealed
    from assistant.channels.envelope import EnvelopeError

CRYPT = MessageCrypt("spamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")


def one(data: bytes) -> None:
    """Read one input in each of the ways that a callback is read."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(EnvelopeError):
        wechat.read(envelope.parse(data))
    with contextlib.suppress(ForgedError):
        CRYPT.decrypt(text, ["wx1"])
    with contextlib.suppress(ForgedError):
        CRYPT.open(Sealed(text, text[:40], text[40:50], text[50:]), ["wx1"])
    try:
        callback = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(callback, dict):
        robot.read(callback)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
