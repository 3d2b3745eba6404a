"""A follow-up -> the questions it may stand for, from the turns before it; the likeliest first.

What the conversation is about (a place, a measure, a document) is carried into a question that names none, and replaced
by the part that the new question changes. The documents that the last answer rests on are asked first: a question like
「要带什么材料」 is told of in many, and means the one that is talked about. Which reading holds, the evidence decides.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

from assistant.answer import Question, Status, Turn
from assistant.exchange import NO_PLACES, exchanged, place_of
from assistant.lists import listings
from assistant.subject import asking, names_in, names_none, subject, titles_of, without_asking
from knowledge import words

_ORDINAL = re.compile(r"(?:第([一二三四五六七八九十]|\d{1,2})|最后一)(?:[个类项种条点份步]|方面)(?!月|季度|工作日)")
_ANAPHOR = re.compile(
    r"它们?|他们?|她们?|其(?!他|它|余|中|实)|(?:这|那|该|此)(?![么里边样天次]|个?(?:季度|月|年度|星期|周|阶段|学期))(?:几[年个项类]|(?:些|个|份|项|部|种|类|笔)?(?:文件|政策|意见|方案|规划|制度|机制|行动|计划|措施|培训|群体|补贴|钱|岗位|贷款|人|方面|时候|期间|年)?)|上述|前者|后者|以上(?!的)"
)
_ELLIPSIS = re.compile(
    r"^(?:那么?|还有|然后|另外|至于|换成|换作|如果是|要是|假如是|对于?)?[,，]?\s*(?P<rest>.{1,24}?)\s*(?:又|的话)?呢\s*[?？。!！]*$"
)
_ALSO = re.compile(
    r"^(?:那么?)?[,，]?(?P<rest>[^，,]{2,12}?)(?:也|是不是也|是否也|也都)(?:有|能|可以|是|一样|行|算|享受|能领|可以领|能申请)?(?:这个|这样|同样)?(?:有|吗|么|嘛|的吗)+[?？。]*$"
)
_OPENING = re.compile(r"^(?:那么|然后|还有|另外)[,，]?|^那(?:[,，]|(?=[它他她是怎什为有谁由在哪要能可多去到]))")
_NUMBERS = "一二三四五六七八九十"
_NAMES = 4  # of a question that stay in mind
_SHORT = 14
_LONG = 4  # characters
_COUNTED = re.compile(r"(?<!第)[两三四五六七八九十][个类种项大条](?=[\u4e00-\u9fff]{2})")
_QUOTED = re.compile(r"[《“「][^》”」]{2,}[》”」]")
_ASKED_OF = (
    (r"(?:时间|日期|截止)$", "是什么时候"),
    (r"(?:地址|地点|位置|窗口)$", "在哪里"),
    (
        r"(?:电话|热线|联系方式|网址|网站|邮箱|标准|额度|金额|数额|比例|上限|下限|最高|最低|封顶|期限|有效期|时限)$",
        "是多少",
    ),
    (r"(?:申请|申领|申报|报名|办理|流程|程序)$", "怎么办理"),
)
_NO_SUBJECT = {Status.SMALL_TALK, Status.REFUSED, Status.FAILED}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a question after others.

    ``about`` is what the conversation is about, in words that count little beside the question's own; ``doc_ids`` are
    the documents it is asked of, all where there are none. ``is_guess``: it holds only where these documents tell of
    what is asked as well as any other does.
    """

    text: str
    about: str = ""
    doc_ids: frozenset[str] = frozenset()
    is_guess: bool = False

    @property
    def stand_alone(self) -> str:
        """The question as one would ask it without the turns before."""
        return f"{self.about}，{self.text}" if self.about else self.text


@dataclass(frozen=True, slots=True)
class _Talk:
    """What a conversation has come to: the question before as it stands alone, its answer, the documents cited."""

    before: str
    last: Turn
    doc_ids: frozenset[str]
    places: Mapping[str, str]

    @property
    def about(self) -> str:
        """What the question before is about."""
        return subject(self.before, self.places)

    @property
    def beside(self) -> str:
        """All that the question before names, as words that are looked for beside a question's own."""
        return " ".join(names_in(without_asking(self.before), self.places)[:_NAMES]) or self.about

    @property
    def topic(self) -> str:
        """What a pronoun stands for."""
        titles = titles_of(self.before) or titles_of(self.last.answer.answer)
        return titles[0] if len(titles) == 1 else self.about or without_asking(self.before) or self.before

    @property
    def named(self) -> str:
        """The question before, and the full names of the places in it."""
        return self.before + "".join(full for short, full in self.places.items() if short in self.before)


def readings(
    question: Question, vocabulary: Container[str], places: Mapping[str, str] = NO_PLACES
) -> tuple[Reading, ...]:
    """Return the ways to read a question after the turns before it, the likeliest first; itself where it stands alone.

    A short question about something else (words outside of ``vocabulary``) is a change of topic. ``places`` are the names
    of the places that documents are of.
    """
    text = question.text.strip()
    turns = [turn for turn in question.history if turn.answer.status not in _NO_SUBJECT]
    while len(turns) > 1 and turns[-1].answer.status is Status.OUT_OF_SCOPE:
        turns.pop()
    if not turns:
        return (Reading(text),)
    last = turns[-1]
    before = last.answer.question or last.question
    if last.answer.status is Status.CLARIFY:
        return (Reading(_clarified(text, before, last)),)
    talk = _Talk(before, last, _documents(turns), places)
    item = _ordinal_item(text, last)
    if item is not None:
        return _both(Reading(item, doc_ids=talk.doc_ids))
    told = _ELLIPSIS.match(text) or _ALSO.match(text)
    if told:
        return _elliptic(told["rest"].strip(), talk)
    if _needs_topic(text, vocabulary):
        return _topical(_OPENING.sub("", text), talk)
    return _going_on(text, talk, vocabulary)


def stand_alone(question: Question, vocabulary: Container[str]) -> str:
    """Return the question with what it leaves out filled in; itself where it stands alone or may do so."""
    return next(reading for reading in readings(question, vocabulary) if not reading.is_guess).stand_alone


def _documents(turns: list[Turn]) -> frozenset[str]:
    """Return the documents that the last answer which cites any rests on."""
    cited = (turn.answer.citations for turn in reversed(turns) if turn.answer.citations)
    return frozenset(citation.doc_id for citation in next(cited, ()))


def _both(reading: Reading) -> tuple[Reading, ...]:
    """Return a reading of the documents talked about, and after it the same of all."""
    return (reading, Reading(reading.text)) if reading.doc_ids else (reading,)


def _elliptic(new: str, talk: _Talk) -> tuple[Reading, ...]:
    """Return the question before with the part that is new in it, or else what it asks asked of that part."""
    new = re.sub(r"(?<=年)的$", "", re.sub(r"^(?:那么?|至于)", "", new))
    before, doc_ids, about, beside = talk.before, talk.doc_ids, talk.about, talk.beside
    changed = exchanged(before, new, talk.places)
    if changed is not None:
        is_other = bool(place_of(new, talk.places)) or bool(titles_of(new))
        return (Reading(changed),) if is_other else _both(Reading(changed, doc_ids=doc_ids))
    if names_none(new):
        return _topical(_as_question(new), talk)
    asked = f"{_year_of(before)}{new}{asking(before)}"
    place = place_of(before, talk.places)
    elsewhere = Reading(asked if not place or place_of(new, talk.places) else f"{place}{asked}")
    if not doc_ids or not about or about in new:
        return (elsewhere,)
    whole = Reading(f"{about}{new}{asking(before)}")
    if any(term in new for term in words.policy_terms()):  # a subject of its own, in the place of the one before
        return (Reading(asked, doc_ids=doc_ids), Reading(asked, beside, doc_ids), whole, elsewhere)
    return (Reading(asked, beside, doc_ids), Reading(new, beside, doc_ids), whole, elsewhere)


def _as_question(aspect: str) -> str:
    """Return what is asked by 「电话呢」: what it is, when, where, or how much."""
    ask = next((ask for ending, ask in _ASKED_OF if re.search(ending, aspect)), "有哪些")
    return f"{aspect}{ask}"


def _topical(text: str, talk: _Talk) -> tuple[Reading, ...]:
    """Return a question with the topic in the place of its pronoun or in front, and with it beside."""
    whole = _put(text, talk.topic)
    if not talk.doc_ids:
        return (Reading(whole),)
    beside = (Reading(text, talk.beside, talk.doc_ids),) if talk.about and not _ANAPHOR.search(text) else ()
    fuller = _put(text, without_asking(talk.before))
    longer = (Reading(fuller, doc_ids=talk.doc_ids),) if fuller != whole else ()
    return (Reading(whole, doc_ids=talk.doc_ids), *beside, *longer, Reading(whole))


def _going_on(text: str, talk: _Talk, vocabulary: Container[str]) -> tuple[Reading, ...]:
    """Return a question that may stand alone, and first as one about what was talked about."""
    place = place_of(text, talk.places)
    if not talk.doc_ids or titles_of(text) or (place and talk.places.get(place, place) not in talk.named):
        return (Reading(text),)
    bare = _OPENING.sub("", text)
    guess = Reading(bare, talk.beside, talk.doc_ids, is_guess=True)
    # What has no word that the documents lack may be said of what is talked about, though too little of it to tell.
    said = [word for word in words.words(text) if len(word) > 1 and word not in words.stop_words()]
    is_known = all(
        word in vocabulary or word in words.generic_words() or re.search(r"[\d一二三四五六七八九十]", word)
        for word in said
    )
    last = (Reading(bare, talk.beside, talk.doc_ids),) if is_known and not _names_subject(text) else ()
    return (guess, Reading(text), *last)


def _clarified(text: str, before: str, last: Turn) -> str:
    """Return the question that was meant: the option that a reply names or counts, or what it adds to the question."""
    options = last.answer.suggestions
    ordinal = _ORDINAL.search(text) or re.fullmatch(r"([一二三四五六七八九十]|\d)", text)
    if ordinal:
        number = _counted(ordinal[1], len(options))
        if 1 <= number <= len(options):
            return options[number - 1]
    said = text.strip("。.!！?？的吧呢 ")
    named = [option for option in options if said in option]
    if len(named) == 1:
        return named[0]
    if len(said) <= _SHORT and not asking(said):
        return f"{said}的{before}"
    return text


def _ordinal_item(text: str, last: Turn) -> str | None:
    match = _ORDINAL.search(text)
    items = _listed(last.answer.answer)
    if match is None or len(text) > _SHORT + 6 or not items:
        return None
    number = _counted(match[1], len(items))
    if not 1 <= number <= len(items):
        return None
    item = items[number - 1]
    rest = re.sub(r"^那么?", "", _OPENING.sub("", text.replace(match.group(), "", 1)))
    if re.fullmatch(r"\s*(?:是|叫|指)?(?:什么|哪[个些]|啥|呢)?(?:意思|内容)?\s*[?？。呢]*", rest):
        return f"{item}是什么?"
    return f"{item}{rest}"


def _counted(number: str | None, last: int) -> int:
    """Return the number an ordinal counts to; the last one for 最后一个."""
    if number is None:
        return last
    return int(number) if number.isdigit() else _NUMBERS.index(number) + 1


def _listed(answer: str) -> list[str]:
    """Return the items of the list that an answer gives: its lines, or else what a sentence of it lists."""
    plain = re.sub(r"\[\d+\]", "", answer)
    items = [line[2:] for line in plain.splitlines() if line.startswith("- ")]
    if items:
        return items
    return max((list(found.items) for found in listings(plain.rstrip("。"))), key=len, default=[])


def _year_of(text: str) -> str:
    match = re.search(r"(?:19|20)?\d{2}\s*年?\s*(?:[—–~至到-]\s*(?:19|20)?\d{2}\s*)?年", text)
    return match.group() if match else ""


def _needs_topic(text: str, vocabulary: Container[str]) -> bool:
    if (_ANAPHOR.search(text) or names_none(text)) and len(text) <= 2 * _SHORT:
        return True
    if _names_subject(text):
        return False
    content = [word for word in words.words(text) if word not in words.stop_words() and len(word) > 1]
    known = all(word in vocabulary or word in words.generic_words() for word in content)
    return known and len(text) <= _SHORT and len(content) <= 2 and "《" not in text  # noqa: PLR2004


def _names_subject(text: str) -> bool:
    """Tell whether a question says itself what it is about: by a long word, a term of policy or a name in quotes."""
    if _QUOTED.search(text) or _COUNTED.search(text) or any(len(word) >= _LONG for word in words.words(text)):
        return True
    return any(term in text for term in words.policy_terms() if len(term) >= _LONG)


def _put(text: str, topic: str) -> str:
    replaced, count = _ANAPHOR.subn(lambda _: topic, text, count=1)
    return replaced if count else f"{topic}{text}"
