"""The Assistant that ships, with some of its settings and parameters changed: one point of a sweep.

Three kinds of names can be changed. ``POLICY_…`` is a setting. ``retriever.…`` is a number that the retriever is
constructed with. ``knowledge.….NAME`` or ``assistant.….NAME`` is a constant of a module, as it stands there (a
threshold of the gate, the number of passages). Everything is put in place around the composition and around each
question, in this process only; nothing of it is written anywhere. Points that read the same index share one.
"""

from __future__ import annotations

import importlib
import inspect
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any

from assistant.answer import Question
from eval.errors import SweepError
from eval.shipped import WARM_UP, Shipped, by_variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import ModuleType

    from assistant.answer import Answer
    from assistant.service import Assistant
    from assistant.settings import Settings

_PACKAGES = ("knowledge.", "assistant.")


@dataclass(frozen=True)
class Variant(Shipped):
    """One point of a sweep; ``changes`` maps names to values."""

    index: Path | None
    changes: Mapping[str, Any] = field(default_factory=dict)

    def __reduce__(self) -> tuple[type[Variant], tuple[Any, ...]]:
        return Variant, (self.index, dict(self.changes))

    @cached_property
    def _assistant(self) -> Assistant:
        from assistant.compose import build_assistant  # noqa: PLC0415  heavy

        with self.composing():
            assistant = build_assistant(self.index)
        with self._constants():
            assistant.ask(Question.of(WARM_UP).plain())
        return assistant

    def asker(self) -> Variant:
        """Return the asker; raises AssistantError, KnowledgeError or SweepError."""
        _ = self._assistant
        return self

    def ask(self, question: Question) -> Answer:
        """Ask with the constants of this point."""
        with self._constants():
            return self._assistant.ask(question)

    def settings(self) -> dict[str, Any]:
        """Return every setting, those of this point included."""
        return by_variable(self._settings())

    def parameters(self) -> dict[str, Any]:
        """Return what this point changes beyond the settings."""
        return {name: value for name, value in self.changes.items() if not name.startswith("POLICY_")}

    def check(self) -> None:
        """Make sure that every name exists and every value fits; raises SweepError or SettingsError."""
        self._settings()
        self._retriever_parameters()
        with self._constants():
            pass

    def _settings(self) -> Settings:
        from pydantic import ValidationError  # noqa: PLC0415  heavy

        from assistant.settings import Settings  # noqa: PLC0415

        known = {by.upper(): by for by in (f"policy_{name}" for name in Settings.model_fields)}
        wanted = {name: value for name, value in self.changes.items() if name.startswith("POLICY_")}
        unknown = sorted(wanted.keys() - known.keys())
        if unknown:
            raise SweepError(f"没有 {unknown[0]} 这项设置，可用：{'、'.join(sorted(known))}")
        try:
            return Settings(**{known[name].removeprefix("policy_"): value for name, value in wanted.items()})
        except ValidationError as error:
            name = f"POLICY_{str(error.errors()[0]['loc'][0]).upper()}"
            raise SweepError(f"设置 {name} 的值不能用：{wanted.get(name)!r}") from None

    def _retriever_parameters(self) -> dict[str, Any]:
        known = retriever_parameters()
        groups = _grouped_defaults()
        wanted: dict[str, Any] = {}
        for name, value in self.changes.items():
            if not name.startswith("retriever."):
                continue
            if name not in known:
                raise SweepError(f"检索器没有参数 {name}，可用：{'、'.join(sorted(known))}")
            group, _, inner = name.removeprefix("retriever.").partition(".")
            try:
                wanted[group] = replace(wanted.get(group, groups[group]), **{inner: value}) if inner else value
            except (ValueError, TypeError) as error:
                raise SweepError(f"检索器的参数 {name} 不能是 {value!r}（{error}）") from None
        return wanted

    @contextmanager
    def composing(self) -> Iterator[None]:
        """Put the settings and parameters of this point in place of what composition reads."""
        compose = importlib.import_module("assistant.compose")
        retriever = partial(compose.Retriever, **self._retriever_parameters())
        settings = self._settings()
        places = {
            (compose, "Retriever"): retriever,
            (compose, "load_settings"): lambda: settings,
            (compose, "open_index"): partial(_opened, compose.open_index),
        }
        with self._constants(), _put(places):
            yield

    @contextmanager
    def _constants(self) -> Iterator[None]:
        places = {_constant(name, value): value for name, value in self.changes.items() if name.startswith(_PACKAGES)}
        with _put(places):
            yield


def retriever_parameters() -> dict[str, float]:
    """Return the numbers that the retriever is constructed with, and what they are now.

    A parameter that is a frozen group of numbers gives one name for each: ``retriever.shares.lexical``.
    """
    from knowledge.retrieve import Retriever  # noqa: PLC0415  heavy

    found: dict[str, float] = {}
    for name, parameter in inspect.signature(Retriever).parameters.items():
        if isinstance(parameter.default, int | float):
            found[f"retriever.{name}"] = parameter.default
    for group, default in _grouped_defaults().items():
        values = ((inner.name, getattr(default, inner.name)) for inner in fields(default))
        found |= {f"retriever.{group}.{name}": value for name, value in values if isinstance(value, int | float)}
    return found


def _grouped_defaults() -> dict[str, Any]:
    from knowledge.retrieve import Retriever  # noqa: PLC0415  heavy

    defaults = {name: parameter.default for name, parameter in inspect.signature(Retriever).parameters.items()}
    return {
        name: default for name, default in defaults.items() if is_dataclass(default) and not isinstance(default, type)
    }


def named(name: str) -> bool:
    """Tell whether a name is of a kind that can be changed."""
    return name.startswith(("POLICY_", "retriever.", *_PACKAGES))


def _constant(name: str, value: object) -> tuple[ModuleType, str]:
    module_name, _, constant = name.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ImportError:
        raise SweepError(f"没有模块 {module_name}（{name}）") from None
    now = getattr(module, constant, None)
    if not constant.isupper() or not isinstance(now, int | float):
        raise SweepError(f"{module_name} 里没有数值常量 {constant}")
    if not isinstance(value, int | float) or isinstance(value, bool) != isinstance(now, bool):
        raise SweepError(f"{name} 现在是 {now!r}，不能改成 {value!r}")
    return module, constant


@contextmanager
def _put(places: Mapping[tuple[Any, str], object]) -> Iterator[None]:
    before = {(owner, name): getattr(owner, name) for owner, name in places}
    for (owner, name), value in places.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for (owner, name), value in before.items():
            setattr(owner, name, value)


@lru_cache(maxsize=64)
def _shelf(_opening: Any, _path: str, _encoder: str) -> list[Any]:
    """Return an empty shelf for one index under one encoder."""
    return []


def _opened(opening: Any, path: Path, embedder: Any, *more: Any, **named_more: Any) -> Any:
    """Open an index once for all points that read it with the same encoder."""
    shelf = _shelf(opening, str(path), str(embedder.name))
    if not shelf:
        shelf.append(opening(path, embedder, *more, **named_more))
    return shelf[0]
