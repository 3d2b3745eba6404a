"""Answers by a language model, from the passages that were found, of which only what they bear out is said.

Two chains of LangChain: a follow-up becomes a question of its own, and the question with its numbered passages becomes
sentences with marks. Each sentence is aligned with what it cites and verified as it comes; it is shown when it has
passed. Where the model fails before anything is shown the extractive answer is given, with a note; after that the answer
is partial. What people and documents say is data: it stands between marks it cannot write, and is no template.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assistant import explain, tracing, wording
from assistant.align import Shown, align
from assistant.answer import Question, Status
from assistant.budget import Counter, fitting, room
from assistant.claims import claims
from assistant.draft import Draft, Statement
from assistant.errors import Fault, ModelError
from assistant.faults import model_error
from assistant.material import Material
from assistant.pieces import Missing, Outcome, Piece, Reader, Said
from assistant.prompts import system_turn
from assistant.steps import Step, pulse, reached, said
from assistant.telemetry import observed
from assistant.upstream import Upstream, Usage
from assistant.verify import judged

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

_LOG = logging.getLogger(__name__)
_TURNS = 4  # earlier turns that a follow-up is read with
_TURN_CHARACTERS = 400
_QUESTION_CHARACTERS = 300  # of a question made from a follow-up
_REWRITE_SECONDS = 10.0
_MOST_STATEMENTS = 24
_ECHO = 16
"""Characters of its instructions in a row that a model must not say."""
_MISSING_SHARE = 0.7
_KEPT_SHARE = 0.5  # of a follow-up's words, that its rewriting must have

UNAVAILABLE = "（大模型暂时没有回答，以上是直接从文件中摘出的内容。）"
UNSUPPORTED = "（大模型的回答没有得到文件原文的支持，以上是直接从文件中摘出的内容。）"
INTERRUPTED = "（回答没有完成，以上内容均已核对；其余部分没有得到，请再问一次。）"
REMOVED = "（另有内容在引用的原文中没有依据，已删去。）"
_NOT_TOLD = "（文件中没有说明：{part}。）"
_NOT_TOLD_PART = "（您所问的另一部分，文件中没有说明。）"


@dataclass(slots=True)
class _Writing:
    """An answer on its way."""

    material: Material
    kept: list[Statement] = field(default_factory=list)
    removed: int = 0
    first_is_removed: bool = False
    outcome: Outcome | None = None
    missing: str = ""


class ModelWriter:
    """Writes with a chat model. May be used by several threads; ``model`` is made when first needed."""

    def __init__(
        self,
        model: Callable[[], BaseChatModel],
        upstream: Upstream,
        counter: Counter,
        *,
        window: int = 8192,
        most_output: int = 1024,
        canary: str | None = None,
    ) -> None:
        self._model, self._upstream, self._counter = model, upstream, counter
        self._window, self._most_output = window, most_output
        self._canary = canary or secrets.token_hex(8)
        self._chains: dict[str, Runnable[Any, Any]] = {}

    def close(self) -> None:
        """End what runs, and close the connections."""
        self._upstream.close(getattr(self._model(), "http_async_client", None))

    def stand_alone(self, question: Question) -> str | None:
        """Return a follow-up as a question of its own; None where the model does not tell, or tells what nobody said."""
        usage = Usage()
        turns = question.history[-_TURNS:]
        talk = "\n".join(
            f"问：{_inert(turn.question[:_TURN_CHARACTERS])}\n答：{_inert(turn.answer.answer[:_TURN_CHARACTERS])}"
            for turn in turns
        )
        given = f"<conversation>\n{talk}\n</conversation>\n<last_question>\n{_inert(question.text)}\n</last_question>"
        seconds = min(_REWRITE_SECONDS, self._upstream.limits.whole)
        try:
            with tracing.span("model", purpose="stand_alone") as span:
                chain = self._chain("stand_alone")
                told = "".join(self._upstream.words(chain, {"given": given}, usage, pulse, seconds))
                self._account(usage, given, told, span, "stand_alone")
        except ModelError:
            return None
        lines = [line.strip(' "“”「」') for line in told.rpartition("</think>")[2].splitlines() if line.strip()]
        text = lines[0] if len(lines) == 1 else ""
        known = talk + question.text
        heard = {(claim.type, claim.key) for claim in claims(known)}
        if not 0 < len(text) <= _QUESTION_CHARACTERS or self._leaks(text, "stand_alone"):
            return None
        if wording.coverage(question.text, text) < _KEPT_SHARE and wording.content_words(question.text):
            return None
        if any((claim.type, claim.key) not in heard and claim.text not in known for claim in claims(text)):
            return None
        return text

    def write(self, material: Material, plain: Callable[[], Draft]) -> Draft:
        """Return what the model writes of the material as far as it is borne out, or the plain draft with a note."""
        writing = _Writing(material)
        try:
            self._take_down(writing)
        except ModelError as error:
            explain.remarked(str(error))
            if writing.kept:
                return _interrupted(writing)
            return _instead(plain, error.fault.value, UNAVAILABLE)
        return self._finished(writing, plain)

    def _finished(self, writing: _Writing, plain: Callable[[], Draft]) -> Draft:
        if writing.kept:
            return _whole(writing)
        if writing.outcome is Outcome.NOT_FOUND:
            return Draft(status=Status.NOT_FOUND)
        return _instead(plain, "unsupported", UNSUPPORTED)

    def _take_down(self, writing: _Writing) -> None:
        """Read what the model says, sentence by sentence; raises ModelError."""
        given, passages = self._given(writing.material)
        explain.prompted([("system", system_turn("answer", self._canary)), ("user", given)])
        reached(Step.CHECKING)
        usage, reader, heard = Usage(), Reader(), ""
        with tracing.span("model", purpose="answer", passages=len(passages)) as span:
            words = self._upstream.words(self._chain("answer"), {"given": given}, usage, pulse)
            try:
                for text in words:
                    heard += text
                    if self._canary in re.sub(r"[^0-9a-z]", "", heard[-200:].lower()):
                        raise model_error(Fault.LEAK)
                    if not self._all_taken(writing, reader.feed(text), passages):
                        return
                self._all_taken(writing, reader.finish(), passages)
            finally:
                words.close()  # type: ignore[attr-defined]  # a generator: the request ends with it
                self._account(usage, given, heard, span, "answer")

    def _all_taken(self, writing: _Writing, pieces: Sequence[Piece], passages: Sequence[Shown]) -> bool:
        """Take pieces; tell whether more are wanted."""
        for piece in pieces:
            if isinstance(piece, Outcome):
                writing.outcome = writing.outcome or piece
            elif isinstance(piece, Missing):
                writing.missing = piece.text
                writing.outcome = Outcome.PARTIAL
            elif not piece.leads:  # what leads in a list says nothing by itself
                with writing.material.turn:
                    self._take(writing, piece, passages)
        return writing.outcome is not Outcome.NOT_FOUND and len(writing.kept) + writing.removed < _MOST_STATEMENTS

    def _take(self, writing: _Writing, piece: Said, passages: Sequence[Shown]) -> None:
        """Say a sentence that its passages bear out; count one that they do not."""
        by_number = {passage.number: passage for passage in passages}
        cited = [by_number[mark] for mark in piece.marks if mark in by_number] if piece.marks else list(passages)
        asked = f"{writing.material.asked}\n{writing.material.query.text}"
        statement = align(piece.text, cited, asked, is_item=piece.is_item, stop=piece.stop)
        lacking = judged(statement).lacking
        if self._leaks(piece.text, "answer"):
            lacking = (*lacking, piece.text)
        explain.checked(statement, lacking)
        observed("sentences", verdict="removed" if lacking else "kept")
        if lacking:
            writing.first_is_removed = writing.first_is_removed or not (writing.kept or writing.removed)
            writing.removed += 1
            _LOG.info("sentence removed, lacking %s: %s", "、".join(lacking)[:200], piece.text[:200])
            return
        if any(_same(statement, other) for other in writing.kept):
            return
        writing.kept.append(statement)
        said(writing.material.told.add(statement))

    def _given(self, material: Material) -> tuple[str, tuple[Shown, ...]]:
        """Return what the model is given: the passages that fit, then the question."""
        question = f"<question>\n{_inert(material.asked)}\n</question>"
        if material.query.text != material.asked:
            question += f"\n<meant>\n{_inert(material.query.text)}\n</meant>"
        blocks = [
            f'<passage n="{passage.number}" from="{_inert(passage.title)}">\n{_inert(passage.text)}\n</passage>'
            for passage in material.passages
        ]
        fixed = self._counter.count(system_turn("answer", self._canary) + question)
        count = fitting(blocks, room(self._window, self._most_output, fixed), self._counter.count)
        passages = "\n".join(blocks[:count])
        return f"<passages>\n{passages}\n</passages>\n{question}", material.passages[:count]

    def _chain(self, name: str) -> Runnable[Any, Any]:
        """Return the chain of a prompt: its instructions, then what it is given, to the model."""
        if name not in self._chains:
            from langchain_core.messages import SystemMessage  # noqa: PLC0415  heavy
            from langchain_core.prompts import ChatPromptTemplate  # noqa: PLC0415

            # The instructions are a message, no template: braces in them mean nothing either.
            instructions = SystemMessage(system_turn(name, self._canary))
            self._chains[name] = ChatPromptTemplate.from_messages([instructions, ("human", "{given}")]) | self._model()
        return self._chains[name]

    def _leaks(self, text: str, name: str) -> bool:
        """Tell whether a text has the canary, or a stretch of the instructions."""
        form, instructions = re.sub(r"\s", "", text), re.sub(r"\s", "", system_turn(name, ""))
        stretches = (form[start : start + _ECHO] for start in range(max(len(form) - _ECHO + 1, 0)))
        return self._canary in form.lower() or any(stretch in instructions for stretch in stretches)

    def _account(self, usage: Usage, given: str, told: str, span: Any, purpose: str) -> None:
        """Log and count what a request cost."""
        prompt = system_turn(purpose, self._canary) + given
        if usage.tokens_in:
            self._counter.learn(prompt, usage.tokens_in)
        tokens_in = usage.tokens_in or self._counter.count(prompt)
        tokens_out = usage.tokens_out or self._counter.count(told)
        estimated = str(not (usage.tokens_in and usage.tokens_out)).lower()
        observed("model_tokens", tokens_in, direction="in", estimated=estimated)
        observed("model_tokens", tokens_out, direction="out", estimated=estimated)
        observed("model_seconds", usage.first_token, stage="first_token")
        observed("model_seconds", usage.whole, stage="whole")
        if span is not None:
            span.set_attributes({"tokens_in": tokens_in, "tokens_out": tokens_out, "estimated": estimated})
        _LOG.info(
            "%s: %d tokens in, %d out%s, first after %.2f s, %.2f s",
            purpose, tokens_in, tokens_out, " (estimated)" if estimated == "true" else "", usage.first_token, usage.whole,
        )  # fmt: skip


def _whole(writing: _Writing) -> Draft:
    """Return the draft of an answer that has come to its end."""
    notes = []
    status = Status.ANSWERED
    if writing.outcome in {Outcome.PARTIAL, Outcome.NOT_FOUND}:
        status = Status.PARTIAL
        notes.append(_part_not_told(writing))
    if writing.removed:
        notes.append(REMOVED)
        status = Status.PARTIAL if writing.first_is_removed else status
    return Draft(tuple(writing.kept), status, note="\n".join(notes))


def _interrupted(writing: _Writing) -> Draft:
    return Draft(tuple(writing.kept), Status.PARTIAL, note=INTERRUPTED, is_passing=True)


def _instead(plain: Callable[[], Draft], cause: str, note: str) -> Draft:
    """Return the extractive draft, which says that it is that."""
    observed("fallbacks", cause=cause)
    _LOG.warning("extractive answer in place of the model's: %s", cause)
    draft = plain()
    told = note if draft.statements else note.replace("，以上是直接从文件中摘出的内容", "")
    return replace(draft, note=told, is_passing=cause != "unsupported")


def _part_not_told(writing: _Writing) -> str:
    """Return what the documents do not tell: in the model's words as far as they are those of the question."""
    part, asked = writing.missing, f"{writing.material.asked} {writing.material.query.text}"
    told = {(claim.type, claim.key) for claim in claims(asked)}
    is_asked = bool(part) and wording.coverage(part, asked) >= _MISSING_SHARE
    if is_asked and len(part) <= len(asked) and all((claim.type, claim.key) in told for claim in claims(part)):
        return _NOT_TOLD.format(part=part)
    return _NOT_TOLD_PART


def _same(one: Statement, other: Statement) -> bool:
    return one.text == other.text and one.evidence == other.evidence


def _inert(text: str) -> str:
    """Return a text that cannot end the place it stands in."""
    return text.replace("<", "＜").replace(">", "＞")
