"""Records with the fields of Ragas or DeepEval, in the form of this project's question sets.

=================== ===================================================== ==========================================
this project        Ragas                                                 DeepEval
=================== ===================================================== ==========================================
turns               user_input, question (a list: its human messages)     input, turns (those of the user)
reference           reference, ground_truth, ground_truths (the first)    expected_output
evidence            reference_contexts                                    context
doc_ids             reference_context_ids
category            synthesizer_name
id                                                                        name
=================== ===================================================== ==========================================

What another system answered or retrieved (response, retrieved_contexts, contexts, actual_output, retrieval_context,
answer) is left out. A record without an id is numbered by its line; without a category it is ``imported``; without
``answerable`` it is answerable, and without ``facts`` its accuracy is not scored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_QUESTION = ("user_input", "input", "question")
_REFERENCE = ("ground_truth", "ground_truths", "expected_output")
_EVIDENCE = ("reference_contexts", "context")
_TAKEN = frozenset((*_QUESTION, *_REFERENCE, *_EVIDENCE, "reference_context_ids", "name", "synthesizer_name"))
_LEFT_OUT = frozenset(
    "response retrieved_contexts contexts actual_output retrieval_context answer multi_responses rubrics rubric"
    " reference_tool_calls tools_called expected_tools additional_metadata comments source_file scenario"
    " expected_outcome user_description retrieved_context_ids persona_name query_style query_length".split()
)
_USER = frozenset(("human", "user"))


def translated(record: Mapping[str, object], line: int) -> dict[str, object]:
    """Return the record in this project's form; one that has it already is returned as it is."""
    own = dict(record)
    turns, question = own.get("turns"), _first(own, _QUESTION)
    spoken = _spoken(turns)
    if spoken == turns and (turns is not None or question is None):
        return own
    own["turns"] = spoken if turns is not None else _spoken(question if isinstance(question, list) else [question])
    reference = _first(own, _REFERENCE)
    own.setdefault("reference", reference[0] if isinstance(reference, list) and reference else reference)
    own.setdefault("evidence", _first(own, _EVIDENCE) or [])
    own.setdefault("doc_ids", own.get("reference_context_ids"))
    own.setdefault("id", own.get("name") or f"line-{line:05d}")
    own.setdefault("category", own.get("synthesizer_name") or "imported")
    own.setdefault("answerable", True)
    own.setdefault("facts", [])
    return {name: value for name, value in own.items() if name not in _TAKEN | _LEFT_OUT}


def _first(record: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((record[name] for name in names if record.get(name) is not None), None)


def _spoken(turns: object) -> object:
    """Return what the user says in a list of messages; other lists are returned as they are."""
    if not isinstance(turns, list) or not any(isinstance(turn, dict) for turn in turns):
        return turns
    return [
        turn.get("content")
        for turn in turns
        if isinstance(turn, dict) and (turn.get("role") or turn.get("type")) in _USER
    ]
