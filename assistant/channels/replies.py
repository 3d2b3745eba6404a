"""What a bot says to a message: the answer to a question, and everything that needs no looking up."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.answer import Question, Turn
from assistant.channels import chat_text
from assistant.errors import QuestionError
from assistant.state.conversations import new_conversation_id
from assistant.state.inbox import Kind, Message

if TYPE_CHECKING:
    from assistant.channels.chat_text import Screen
    from assistant.channels.desk import Assistant
    from assistant.state.database import Transaction
    from assistant.state.shared import State

QUESTIONS, WINDOW = 20, 60.0
"""Questions that one person may ask in so many seconds."""
_CLEAR = {"清空", "清除", "重新开始", "清空对话", "新对话"}
_HELP = {"帮助", "help", "?", "？", "菜单", "怎么用"}
_GO_ON = {"继续", "更多", "下一页", "继续发"}
_WELCOME = "您好，我按收录的政策文件回答问题，每个回答都附原文依据；文件没有写的，会如实说明。"
_HOW = "直接发文字或语音提问。回复“清空”开始新的对话。"
_CLEARED = "已清空，我们重新开始。请直接提问。"
_NOTHING_MORE = "没有未发完的内容了。请直接提问。"
_UNHEARD = "没有听清这段语音。请再说一次，或者用文字提问。"
_UNREADABLE = "目前只能看懂文字和语音。请用文字写下您的问题。"
_TOO_FAST = "您问得有点快，请过一分钟再问。"
_TOO_MANY = "现在提问的人较多，请过几分钟再问。"
_APOLOGY = "抱歉，这个问题没能答上来，请稍后再问一次。"


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said, the ``tail`` that must not be cut off, and the turn it makes in the conversation."""

    text: str
    tail: str = ""
    turn: Turn | None = None
    forgets: bool = False
    screen: Screen | None = None

    def parts(self, limit: int, *, question: str | None = None) -> list[str]:
        """Return the messages of at most ``limit`` bytes that it makes; ``question`` is the one it answers late."""
        return chat_text.split(self._screened(question), limit, tail=self.tail)

    def whole(self, limit: int) -> str:
        """Return it as one message of at most ``limit`` bytes."""
        return "".join(chat_text.split(self._screened(None), limit, 1, self.tail))

    def _screened(self, question: str | None) -> str:
        text = self.text if not question or not self.text else chat_text.late(question, self.text)
        return self.screen(text) if self.screen else text


class Replies:
    """Replies of one channel. ``secret`` makes conversation ids that nobody can work out from a person's id."""

    def __init__(
        self,
        assistant: Assistant,
        state: State,
        *,
        secret: str,
        samples: Sequence[str] = (),
        screen: Screen | None = None,
        questions: int = QUESTIONS,
    ) -> None:
        self._assistant = assistant
        self._state = state
        self._secret = secret.encode()
        self._samples = tuple(samples[:3])
        self._screen = screen
        self._questions = questions

    def at_once(self, message: Message) -> Reply | None:
        """Return the reply where nothing has to be looked up; None for a question."""
        text = message.text.strip()
        if message.kind is Kind.GOODBYE:
            return Reply("", forgets=True)
        if message.kind is Kind.WELCOME or (message.kind is Kind.TEXT and text.lower() in _HELP):
            return self._plain(self._welcome())
        if message.kind is not Kind.TEXT:
            return Reply(_UNHEARD if message.kind is Kind.UNHEARD else _UNREADABLE)
        if text in _CLEAR:
            return Reply(_CLEARED, forgets=True)
        if text in _GO_ON:
            # What waits is said all the same; this stands in for it where nothing does.
            waits = self._state.outbox(message.channel).has_waiting(message.sender)
            return Reply("" if waits else _NOTHING_MORE)
        try:
            Question.of(text)
        except QuestionError as error:
            return Reply(str(error))
        if not self._state.limits.allows(f"ask:{self._conversation(message)}", self._questions, WINDOW):
            return Reply(_TOO_FAST)
        return None

    def answer(self, message: Message) -> Reply:
        """Answer a question; raises AssistantError or KnowledgeError."""
        own_id = self._conversation(message)
        turns = self._state.bot_conversations.turns(own_id)
        text = self._chosen(message.text.strip(), turns)
        question = Question.of(text, turns, own_id)
        # An id of our own: whoever has it can open the page.
        answer = replace(self._assistant.ask(question), id=new_conversation_id(), conversation_id=own_id)
        link = f"{message.links}/a/{answer.id}" if message.links else None
        reply, tail = chat_text.reply(answer, link)
        return Reply(reply, tail, Turn(question.text, answer), screen=self._screen)

    def apology(self) -> Reply:
        """Return what is said where an answer failed."""
        return Reply(_APOLOGY)

    def too_many(self) -> Reply:
        """Return what is said where more people ask than can be answered."""
        return Reply(_TOO_MANY)

    def keep_within(self, connection: Transaction, message: Message, reply: Reply) -> None:
        """Remember the turn of a reply, and its answer for the page; or forget what was said before."""
        own_id = self._conversation(message)
        if reply.turn is not None:
            self._state.bot_conversations.append_within(connection, own_id, reply.turn)
            kept = replace(reply.turn.answer, conversation_id=None)  # a page that can be passed on names nobody
            self._state.answers.keep_within(connection, replace(reply.turn, answer=kept))
        if reply.forgets:
            self._state.bot_conversations.forget_within(connection, own_id)
        if message.kind is Kind.GOODBYE:
            self._state.outbox(message.channel).drop_within(connection, message.sender)

    def _chosen(self, text: str, turns: Sequence[Turn]) -> str:
        """Return the question that a bare number stands for: of those offered last, or of the samples."""
        offered = turns[-1].answer.suggestions[:3] if turns else self._samples
        number = text.rstrip(".。、")
        return offered[int(number) - 1] if number in {"1", "2", "3"} and int(number) <= len(offered) else text

    def _welcome(self) -> str:
        samples = "\n".join(f"{number}. {question}" for number, question in enumerate(self._samples, 1))
        return "\n\n".join(filter(None, (_WELCOME, f"可以这样问（回复数字）：\n{samples}" if samples else "", _HOW)))

    def _plain(self, text: str) -> Reply:
        return Reply(text, screen=self._screen)

    def _conversation(self, message: Message) -> str:
        """Return the id of a person's conversation: the same for every worker, and no way back to the person."""
        named = f"{message.channel}\n{message.sender}".encode("utf-8", "replace")
        return hmac.new(self._secret, named, hashlib.sha256).hexdigest()
