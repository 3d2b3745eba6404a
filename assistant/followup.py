"""A follow-up -> the question it stands for, from the turns before it."""

from __future__ import annotations

import re
from collections.abc import Container

from assistant.answer import Question, Status, Turn
from knowledge import words
from knowledge.values import years

_ORDINAL = re.compile(r"第([一二三四五六七八九十]|\d{1,2})(?:[个类项种条点份]|方面)")
_ANAPHOR = re.compile(
    r"它们?|他们?|她们?|其(?!他|它|余|中)|(?:这|那|该|此)(?:些|个|份|项|部|种|类|几[年个项类])?(?:文件|政策|意见|方案|规划|制度|机制|行动|计划|措施|培训|群体|人|方面|时候|期间|年)?|上述|前者|后者|以上"
)
_ELLIPSIS = re.compile(
    r"^(?:那么?|还有|然后|另外|至于|换成)?[,，]?\s*(?P<rest>.{1,24}?)\s*(?:又|的话)?呢\s*[?？。!！]*$"
)
_OPENING = re.compile(r"^(?:那么|然后|还有|另外)[,，]?|^那(?:[,，]|(?=[它他她是怎什为有谁由在哪]))")
_INTERROGATIVE = re.compile(
    r"(?:是|有|为|在|由|属于|包括)?(?:什么时候|什么|哪[一些几年天个类种项]?[年天个类种项]?|谁|多少|多久|多长|多大|几|怎么|如何|为什么).*$"
)
_ISSUER = re.compile(r"(?:年|^|[，,])([^年，,]{2,16}?)(?:联合|都|还)?(?:印发|发布|出台|颁布|制定|下发)")
_SHORT = 14
_NUMBERS = "一二三四五六七八九十"


def stand_alone(question: Question, vocabulary: Container[str]) -> str:
    """Return the question with what it leaves out filled in from the last turn; itself where it stands alone.

    A short question about something else (words outside of ``vocabulary``) is a change of topic.
    """
    text = question.text.strip()
    if not question.history:
        return text
    last = question.history[-1]
    before = last.answer.question or last.question
    if last.answer.status is Status.CLARIFY:
        return _clarified(text, before, last)
    ordinal = _ordinal_item(text, last)
    if ordinal is not None:
        return ordinal
    ellipsis = _ELLIPSIS.match(text)
    if ellipsis:
        return _exchanged(before, ellipsis.group("rest").strip())
    if _needs_topic(text, vocabulary):
        return _with_topic(_OPENING.sub("", text), before, last)
    return text


def _clarified(text: str, before: str, last: Turn) -> str:
    """Return the question that was meant: the option that a reply names or counts, or what it adds to the question."""
    options = last.answer.suggestions
    ordinal = _ORDINAL.search(text) or re.fullmatch(r"([一二三四五六七八九十]|\d)", text)
    if ordinal:
        number = int(ordinal.group(1)) if ordinal.group(1).isdigit() else _NUMBERS.index(ordinal.group(1)) + 1
        if 1 <= number <= len(options):
            return options[number - 1]
    said = text.strip("。.!！?？的吧呢 ")
    named = [option for option in options if said in option]
    if len(named) == 1:
        return named[0]
    if len(said) <= _SHORT and not _INTERROGATIVE.search(said):
        return f"{said}的{before}"
    return text


def _ordinal_item(text: str, last: Turn) -> str | None:
    match = _ORDINAL.search(text)
    items = [line[2:] for line in last.answer.answer.splitlines() if line.startswith("- ")]
    if match is None or len(text) > _SHORT + 6 or not items:
        return None
    number = int(match.group(1)) if match.group(1).isdigit() else _NUMBERS.index(match.group(1)) + 1
    if not 1 <= number <= len(items):
        return None
    item = re.sub(r"\[\d+\]", "", items[number - 1])
    rest = re.sub(r"^那么?", "", _OPENING.sub("", text.replace(match.group(), "", 1)))
    if re.fullmatch(r"\s*(?:是|叫|指)?(?:什么|哪[个些]|啥|呢)?(?:意思|内容)?\s*[?？。呢]*", rest):
        return f"{item}是什么?"
    return f"{item}{rest}"


def _exchanged(before: str, new: str) -> str:
    """Put a new year, or a new subject of the same kind, in the place of the one before."""
    new = re.sub(r"^(?:那么?|至于)", "", new)
    new = re.sub(r"(?<=年)的$", "", new)
    place = _place(new)
    if place and _place(before):
        return before.replace(_place(before), place, 1)
    issuer = _ISSUER.search(before)
    if issuer and re.search(r"(?:部|委|局|厅|署|院|办公厅|政府|中央)$", new):
        return f"{before[: issuer.start(1)]}{new}{before[issuer.end(1) :]}"
    fresh = years(new + "年") if re.fullmatch(r"\d{2,4}", new) else years(new)
    if fresh and re.sub(r"[\d年—–~至到-]", "", new) == "":
        if years(before):
            return re.sub(
                r"(?:(?:19|20)?\d{2})\s*年?\s*(?:[—–~至到-]\s*(?:19|20)?\d{2}\s*)?年",
                f"{new.rstrip('年')}年",
                before,
                count=1,
            )
        return f"{new.rstrip('年')}年{before}"
    tail = _common_tail(new, before)
    if tail is not None:
        return before.replace(tail, new, 1)
    if new.endswith("的"):
        return f"{new}{re.split(r'[，,]', before)[-1]}"
    asked = _INTERROGATIVE.search(before)
    return f"{_year_of(before)}{new}{asked.group() if asked else ''}"


def _place(text: str) -> str:
    """Return the first place a text names, by the dictionary or by its ending; empty where it names none."""
    match = re.match(r"[\u4e00-\u9fff]{2,4}?[省市县区州](?![\u4e00-\u9fff]*[省市县区州]$)", text)
    known = next((word for word in words.words(text) if words.part_of_speech(word) == "ns"), "")
    return known or (match.group() if match else "")


def _common_tail(new: str, before: str) -> str | None:
    """Return the words of the question before that end like the new subject (基本属性, for 社会属性)."""
    own = words.words(new)
    if not own or len(own[-1]) < 2:  # noqa: PLR2004
        return None
    tokens = words.words(before)
    if own[-1] not in tokens:
        return None
    place = tokens.index(own[-1])
    count = min(len(own), place + 1)
    return "".join(tokens[place - count + 1 : place + 1])


def _year_of(text: str) -> str:
    match = re.search(r"(?:19|20)?\d{2}\s*年?\s*(?:[—–~至到-]\s*(?:19|20)?\d{2}\s*)?年", text)
    return match.group() if match else ""


def _needs_topic(text: str, vocabulary: Container[str]) -> bool:
    if _ANAPHOR.search(text) and len(text) <= 2 * _SHORT:
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


_LONG = 4  # characters
_COUNTED = re.compile(r"(?<!第)[两三四五六七八九十][个类种项大条](?=[\u4e00-\u9fff]{2})")
_QUOTED = re.compile(r"[《“「][^》”」]{2,}[》”」]")


def _with_topic(text: str, before: str, last: Turn) -> str:
    """Put the subject of the last turn in the place of the pronoun, or in front."""
    topic = _topic(before, last)
    replaced, count = _ANAPHOR.subn(lambda _: topic, text, count=1)
    return replaced if count else f"{topic}{text}"


def _topic(before: str, last: Turn) -> str:
    titles = re.findall(r"《[^》]+》", before) or re.findall(r"《[^》]+》", last.answer.answer)
    if len(set(titles)) == 1:
        return str(titles[0])
    return subject_of(before) or before


def subject_of(text: str) -> str:
    """Return a question without what asks in it: what it asks about."""
    return _INTERROGATIVE.sub("", text).strip(" ,，?？的")
