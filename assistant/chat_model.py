"""Settings -> the chat model of LangChain that answers, or that judges answers. Nothing of LangChain is imported before.

Deadlines, address and key are always set: a client without a timeout waits for ever. The client itself does not try
again, since only ``upstream`` knows whether something has been shown already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.errors import SettingsError
from assistant.settings import secret

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from assistant.settings import Settings

CONNECT_SECONDS = 5.0
MOST_BYTES = 8 * 1024 * 1024
"""Bytes of one response, after which a server is thought to be sending something else than an answer."""
_NO_KEY = "not-needed"  # servers at home want none, the client wants one
_OPENAI = "openai"


def chat_model(settings: Settings, *, retries: int = 0) -> BaseChatModel:
    """Return the chat model that is configured.

    Raises SettingsError where none is configured, its package is not installed, or it cannot be made.
    """
    name = settings.llm_model
    if not name:
        raise SettingsError("没有配置大模型，请设置 POLICY_LLM_MODEL（以及 POLICY_LLM_BASE_URL、POLICY_LLM_API_KEY）")
    provider, model = named(name, has_address=settings.llm_base_url is not None)
    try:
        from langchain.chat_models import init_chat_model  # noqa: PLC0415  heavy

        parts = _openai(settings) if provider == _OPENAI else _other(settings)
        made: BaseChatModel = init_chat_model(
            model, model_provider=provider, temperature=0, max_retries=retries, **parts
        )
    except ImportError as error:
        package = f"langchain-{provider or 'openai'}"
        raise SettingsError(f"大模型 {name} 需要另外安装：pip install {package}（{error.name or package}）") from None
    except (ValueError, TypeError) as error:
        key = secret(settings.llm_api_key)
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SettingsError(f"无法使用大模型 {name}：{told.replace(key, '…') if key else told}") from None
    return made


def named(name: str, *, has_address: bool) -> tuple[str | None, str]:
    """Take 「provider:model」 apart. At an address of one's own a name without a provider is one of an OpenAI-compatible server."""
    from langchain.chat_models.base import _BUILTIN_PROVIDERS  # noqa: PLC0415  heavy

    provider, colon, model = name.partition(":")
    if colon and provider.replace("-", "_") in _BUILTIN_PROVIDERS:
        return provider.replace("-", "_"), model
    return (_OPENAI, name) if has_address else (None, name)


def _openai(settings: Settings) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "timeout": settings.llm_timeout,
        "stream_usage": True,
        "stream_chunk_timeout": 0,  # upstream keeps the time
        "use_responses_api": False,
        "http_async_client": _async_client(settings.llm_timeout),
    }
    body = dict(settings.llm_extra_body or {})
    if settings.llm_base_url:
        parts["base_url"] = settings.llm_base_url
        parts["api_key"] = secret(settings.llm_api_key) or _NO_KEY
        # LangChain sends max_completion_tokens, which servers other than OpenAI's overlook.
        body.setdefault("max_tokens", settings.llm_max_output)
    else:
        parts["max_tokens"] = settings.llm_max_output
        parts |= _key(settings)
    return parts | ({"extra_body": body} if body else {})


def _other(settings: Settings) -> dict[str, Any]:
    parts: dict[str, Any] = {"timeout": settings.llm_timeout, "max_tokens": settings.llm_max_output} | _key(settings)
    return parts | ({"base_url": settings.llm_base_url} if settings.llm_base_url else {})


def _key(settings: Settings) -> dict[str, Any]:
    return {"api_key": secret(settings.llm_api_key)} if settings.llm_api_key else {}


def _async_client(seconds: float) -> Any:
    """Return an HTTP client that refuses what is no chat completion, and what does not end.

    It has to be of the module that the installed openai package is built on.
    """
    import importlib  # noqa: PLC0415

    import openai  # noqa: PLC0415  heavy

    base = next(kind for kind in openai.DefaultAsyncHttpxClient.__mro__ if kind.__name__ == "AsyncClient")
    http = importlib.import_module(base.__module__.partition(".")[0])

    class Capped(http.AsyncByteStream):  # type: ignore[misc, name-defined]
        """The bytes of a response, up to the limit."""

        def __init__(self, stream: Any) -> None:
            self._stream = stream

        async def __aiter__(self) -> Any:
            count = 0
            async for chunk in self._stream:
                count += len(chunk)
                if count > MOST_BYTES:
                    raise http.DecodingError("response too long")
                yield chunk

        async def aclose(self) -> None:
            await self._stream.aclose()

    async def watch(response: Any) -> None:
        kind = response.headers.get("content-type", "")
        if response.is_success and not any(known in kind for known in ("json", "event-stream")):
            raise http.DecodingError(f"content-type {kind[:80]!r}")
        response.stream = Capped(response.stream)

    return openai.DefaultAsyncHttpxClient(
        timeout=http.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
        limits=http.Limits(max_connections=None, max_keepalive_connections=20),
        event_hooks={"response": [watch]},
    )
