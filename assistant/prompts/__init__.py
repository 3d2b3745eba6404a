"""What a language model is told, one text file a prompt.

``answer.txt``: answer from numbered passages, in a form that ``pieces`` reads. ``stand_alone.txt``: make a follow-up a
question of its own. ``{canary}`` is the only place that is filled in: what people and documents say never becomes part
of a template, it goes in as a message of its own (``user_turn``).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def prompt(name: str) -> str:
    """Return the text of a prompt, its place for the canary still open."""
    return files("assistant").joinpath("prompts", f"{name}.txt").read_text(encoding="utf-8")


def system_turn(name: str, canary: str) -> str:
    """Return what the model is told first; the same for every question, so that servers can keep it."""
    return prompt(name).replace("{canary}", canary)
