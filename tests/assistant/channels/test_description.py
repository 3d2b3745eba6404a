"""The description of the API is kept: requests made from it by the thousand get what it says, and never a 5xx."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assistant.channels.description import RESPONSES

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES, MANY = 8, 400


@pytest.fixture(scope="module")
def described(shipped: str) -> dict[str, Any]:
    told: dict[str, Any] = httpx.get(f"{shipped}/api/openapi.json").json()
    return told


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_route_is_described_with_an_example_and_its_faults(described: dict[str, Any]) -> None:
    assert {(path, method) for path, method, _ in operations(described)} == set(RESPONSES)
    for path, method, operation in operations(described):
        responses = operation["responses"]
        assert "422" not in responses
        assert operation["summary"], path
        for status, response in responses.items():
            for content in response["content"].values():
                assert "example" in content, (path, method, status)
        if not path.endswith("z"):
            assert {"400", "401", "408", "413", "429", "500", "503", "504"} <= set(responses)
            assert {"bearer": []} in operation["security"]


def test_every_example_has_the_form_that_it_is_an_example_of(described: dict[str, Any]) -> None:
    from jsonschema_rs import validator_for

    for path, _, operation in operations(described):
        for response in operation["responses"].values():
            for content in response["content"].values():
                schema = {**content["schema"], "components": described["components"]}
                assert validator_for(schema).is_valid(content["example"]), (path, content["example"])
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = described["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
            for example in schema["examples"]:
                assert validator_for({**schema, "components": described["components"]}).is_valid(example)


def try_out(shipped: str, examples: int) -> None:
    """Make requests of every operation from its description, right ones and wrong ones, and check what comes back."""
    schema = schemathesis.openapi.from_url(f"{shipped}/api/openapi.json")
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in schemathesis.GenerationMode:

            @settings(
                max_examples=examples,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def one(case: Any) -> None:
                nonlocal tried
                tried += 1
                case.call_and_validate(checks=CHECKS, timeout=60)

            try:
                one()
            except schemathesis.errors.InvalidSchema:
                raise
            except Exception as error:
                if "Unsatisfiable" not in type(error).__name__:  # nothing about it can be wrong
                    raise
    assert tried > len(RESPONSES) * 2


def test_what_is_made_from_the_description_gets_what_it_says(shipped: str) -> None:
    try_out(shipped, EXAMPLES)


@pytest.mark.soak
@pytest.mark.timeout(3000)
def test_what_is_made_from_the_description_gets_what_it_says_in_the_long_run(shipped: str) -> None:
    try_out(shipped, MANY)


def test_the_naughty_strings_break_nothing_in_any_field(address: str, naughty: list[str]) -> None:
    """Each string as a question, a conversation, an issuer and a document, over one connection."""
    with httpx.Client(base_url=address, timeout=60) as client:
        for text in naughty:
            body = json.dumps({"question": text, "conversation_id": text}).encode()
            assert client.post("/api/ask", content=body, headers={"Content-Type": "application/json"}).status_code < 500
            assert client.get("/api/timeline", params={"issuer": text, "year": text}).status_code < 500
