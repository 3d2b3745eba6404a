"""The description of the HTTP API (OpenAPI): what each route returns, with an example, and every way it can fail."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from assistant.channels import lines, openai_errors, schemas

if TYPE_CHECKING:
    from fastapi import FastAPI
    from pydantic import BaseModel

_JSON, _PROBLEM, _EVENTS = "application/json", "application/problem+json", "text/event-stream"
_REF = "#/components/schemas/{model}"
_TITLE = "湖北:推动职业技能培训高质量发展 为技能型社会建设培养劳动者大军"
_DOCUMENT = "hubei_vocational_training_2022-07-14.txt"
_CITATION = {
    "doc_id": _DOCUMENT,
    "title": _TITLE,
    "start": 355,
    "end": 369,
    "quote": "2018年,国务院印发《关于推行终身职业技能培训制度的意见》",
}
_ANSWER = {
    "id": "G3d_ngJt2DYJ",
    "status": "answered",
    "answer": "《关于推行终身职业技能培训制度的意见》[1]。",
    "citations": [_CITATION],
    "related": [],
    "retrieved": [{"doc_id": _DOCUMENT, "start": 340, "end": 560, "text": "…", "score": 0.83}],
    "suggestions": ["哪些人属于重点群体？"],
    "conversation_id": "n0s4Jr2mVqS4cQxV3k1m2A",
    "latency_ms": 12.3,
    "error": None,
}
_SUMMARY = {
    "id": _DOCUMENT,
    "title": _TITLE,
    "issuer": None,
    "number": None,
    "published": "2022-07-14",
    "source": None,
    "passages": 12,
    "written": None,
    "effective": None,
    "expires": None,
    "addressee": None,
    "validity": None,
    "hash": "0" * 64,
    "version": 1,
    "state": "current",
    "same_as": None,
}
_MODEL = {"id": "policy-assistant", "object": "model", "created": 1790000000, "owned_by": "policy-assistant"}
_COMPLETION = {
    "id": "chatcmpl-G3d_ngJt2DYJ",
    "object": "chat.completion",
    "created": 1790000000,
    "model": "policy-assistant",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "《关于推行终身职业技能培训制度的意见》[1]。",
                "refusal": None,
                "status": "answered",
                "citations": [_CITATION],
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
}
_SENTENCE = {"event": "sentence", "data": '{"text": "《关于推行终身职业技能培训制度的意见》[1]。"}'}
_CHUNK = {"data": '{"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "…"}}]}'}
_EVENTS_SCHEMA = {
    "type": "object",
    "description": "one event of the stream; data is JSON",
    "properties": {
        "event": {"type": "string", "enum": ["status", "sentence", "answer", "error"]},
        "data": {"type": "string"},
    },
    "required": ["data"],
}
_EVENT = {
    "date": "2018",
    "precision": "year",
    "title": "关于推行终身职业技能培训制度的意见",
    "issuers": ["国务院"],
    "citation": _CITATION,
}

Told = tuple[type["BaseModel"] | None, Any, str]
RESPONSES: dict[tuple[str, str], Told] = {
    ("/api/ask", "post"): (schemas.AnswerShape, _ANSWER, "an answer, or why there is none: see status"),
    ("/api/ask/stream", "post"): (None, _SENTENCE, "events: status, sentence, and at last answer or error"),
    ("/api/documents", "get"): (schemas.DocumentShape, [_SUMMARY], "every document"),
    ("/api/documents/{doc_id}", "get"): (
        schemas.WholeDocumentShape,
        {**_SUMMARY, "text": "…", "outline": [{"title": "一、总体要求", "level": 1, "start": 0, "end": 1}]},
        "the document",
    ),
    ("/api/timeline", "get"): (schemas.EventShape, [_EVENT], "in order of time"),
    ("/api/feedback", "post"): (schemas.RatedShape, {"answer_id": "G3d_ngJt2DYJ", "rating": "up"}, "it was kept"),
    ("/healthz", "get"): (schemas.StateShape, {"status": "ok"}, "the process is alive"),
    ("/readyz", "get"): (schemas.StateShape, {"status": "ready"}, "it answers"),
    ("/v1/chat/completions", "post"): (schemas.CompletionShape, _COMPLETION, "a completion, or its events"),
    ("/v1/models", "get"): (schemas.ModelListShape, {"object": "list", "data": [_MODEL]}, "the one model"),
    ("/v1/models/{name}", "get"): (schemas.ModelShape, _MODEL, "the model"),
    ("/metrics", "get"): (None, 'policy_answers_total{channel="api",status="answered"} 7.0\n', "Prometheus's text"),
}
"""By path and method: the model of what is returned (of a list: of its items), an example, and what it is."""
_LISTS = {"/api/documents", "/api/timeline"}
_ALWAYS = (400, 401, 408, 413, 429, 500, 503, 504)
_NOT_FOUND = {"/api/documents/{doc_id}", "/api/feedback", "/v1/chat/completions", "/v1/models/{name}"}
_OF_HEALTH = {"/healthz": (408, 413, 500, 504), "/readyz": (408, 413, 500, 503, 504)}
_REQUEST_ID = {"description": "id of the request, as sent or a new one", "schema": {"type": "string"}}
_RETRY_AFTER = {"description": "seconds after which to try again", "schema": {"type": "integer"}}
_KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "a key from python -m assistant keys add"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "the same in a header of its own"},
}


def describe(app: FastAPI) -> None:
    """Let the application describe itself in full."""

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(get_openapi(title=app.title, version=app.version, routes=app.routes))
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]


def _described(told: dict[str, Any]) -> dict[str, Any]:
    models = {model for model, _, _ in RESPONSES.values() if model} | {schemas.ProblemShape, schemas.ErrorShape}
    ordered = sorted(models, key=lambda model: model.__name__)
    wanted: list[tuple[Any, Any]] = [(model, "serialization") for model in ordered]
    _, definitions = models_json_schema(wanted, ref_template=_REF)
    parts = told.setdefault("components", {})
    kept = {name: part for name, part in parts.get("schemas", {}).items() if "ValidationError" not in name}
    parts["schemas"] = {**kept, **definitions["$defs"]}
    parts["securitySchemes"] = _KEYS
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            operation["responses"] = _responses(path, method)
            if path not in _OF_HEALTH:
                operation["security"] = [{}, *({name: []} for name in _KEYS)]
    return told


def _responses(path: str, method: str) -> Mapping[str, Any]:
    model, example, meaning = RESPONSES[path, method]
    statuses = sorted({*_OF_HEALTH.get(path, _ALWAYS), *((404,) if path in _NOT_FOUND else ())})
    good = {"description": meaning, "headers": {"X-Request-ID": _REQUEST_ID}, "content": _content(path, model, example)}
    return {"200": good, **{str(status): _fault(path, status) for status in statuses}}


def _content(path: str, model: type[BaseModel] | None, example: Any) -> Mapping[str, Any]:
    if model is None:
        if path.endswith("/stream"):
            return {_EVENTS: {"schema": _EVENTS_SCHEMA, "example": example}}
        return {"text/plain": {"schema": {"type": "string"}, "example": example}}
    schema: dict[str, Any] = {"$ref": _REF.format(model=model.__name__)}
    if path in _LISTS:
        schema = {"type": "array", "items": schema}
    content = {_JSON: {"schema": schema, "example": example}}
    if path == "/v1/chat/completions":
        content[_EVENTS] = {"schema": _EVENTS_SCHEMA, "example": _CHUNK}
    return content


def _fault(path: str, status: int) -> Mapping[str, Any]:
    line = lines.DETAILS[HTTPStatus(status)]
    headers = {"X-Request-ID": _REQUEST_ID, **({"Retry-After": _RETRY_AFTER} if status in {429, 503} else {})}
    if openai_errors.speaks(path):
        example: dict[str, Any] = {"error": {"message": line.zh, "type": "…", "param": None, "code": None}}
        content = {_JSON: {"schema": {"$ref": _REF.format(model="ErrorShape")}, "example": example}}
    else:
        example = {
            "type": "about:blank",
            "title": lines.TITLES[HTTPStatus(status)].zh,
            "status": status,
            "detail": line.zh,
            "request_id": "4f8f392b47bf888cb49b629f92b4a7dd",
        }
        content = {_PROBLEM: {"schema": {"$ref": _REF.format(model="ProblemShape")}, "example": example}}
    return {"description": line.en, "headers": headers, "content": content}
