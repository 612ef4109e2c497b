"""The tags of a completion: what they cut it into, and whether it has exactly the form that was asked for.

Tags are what think parts and the answer part stand in. Texts and tags come in turn: ``texts[0] tags[0]
texts[1] tags[1] … texts[n]``. A think part reaches from its opening tag to the next closing tag of its kind,
or to the end where there is none; where a closing tag comes before any opening one, the prompt opened the
part, and all before it is thought.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from medvie_reward.spec import THINK_TAGS, Spec, think_pair

# Nobody means more tags than this; cutting up a text of nothing but tags would take its time.
MOST_TAGS: Final = 256
_ANSWER: Final = ("<answer>", "</answer>")
_CALL: Final = ("<tool_call>", "</tool_call>")
# The message for the user ends with one of these, where thoughts and answer are channels of one text.
_CHANNEL_END: Final = re.compile(r"\s*<\|(?:return|end)\|>\s*$")
_LONGEST_END: Final = 256


class Tags(NamedTuple):
    """The tags that cut a completion.

    Attributes
    ----------
    pattern
        Finds any of them.
    closing
        The closing think tag of each opening one.
    answer
        The tags around the answer part.
    forms
        The sequences of tags that are well formed, by the name of the form.
    think
        The sequence that is well formed with think tags of the first kind.
    channels
        Whether thoughts and answer are channels of one text.
    """

    pattern: re.Pattern[str]
    closing: dict[str, str]
    answer: tuple[str, str]
    forms: dict[str, list[list[str]]]
    think: list[str]
    channels: bool


@lru_cache(64)
def tags_of(think_pairs: tuple[tuple[str, str], ...], tool_call: bool = False) -> Tags:
    """Prepare the tags of a spec."""
    answer = _CALL if tool_call else _ANSWER
    # The longest first: one tag may begin with another.
    words = sorted({tag for pair in (*think_pairs, answer) for tag in pair}, key=lambda tag: (-len(tag), tag))
    thinking = [list(pair) for pair in think_pairs]
    return Tags(
        re.compile(f"({'|'.join(map(re.escape, words))})"),
        dict(think_pairs),
        answer,
        {
            "think": [[*pair, *answer] for pair in thinking],
            "answer": [list(answer)],
            "think_json": thinking,
        },
        [*think_pairs[0], *answer],
        any("<|channel|>" in opening for opening, _ in think_pairs),
    )


def opened(text: str, spec: Spec, tags: Tags) -> str:
    """Write the tag that the prompt ended with before a text, where the spec says so."""
    if tags.channels and (end := _CHANNEL_END.search(text, max(0, len(text) - _LONGEST_END))) is not None:
        text = text[: end.start()]
    if not spec.prefilled:
        return text
    # Of several kinds, the one that closes first was open.
    pairs = spec.think_pairs
    closings = [(at, n) for n, (_, closing) in enumerate(pairs) if (at := text.find(closing)) >= 0]
    return pairs[min(closings)[1] if closings else 0][0] + text


def well_formed(texts: Sequence[str], tags: list[str], form: str, known: Tags) -> bool:
    """Check the strict form: every tag once, in order, and only whitespace outside the parts."""
    if form == "json" or tags not in known.forms[form]:
        return False
    outside = texts[0] if form == "think_json" else "".join(texts[::2])
    return not outside or outside.isspace()


def answer_part(texts: list[str], tags: list[str], known: Tags, last: bool) -> tuple[str, bool]:
    """Return the text of the answer part, think parts cut out, and whether tags delimit it.

    Parameters
    ----------
    texts, tags
        The completion, cut at its tags.
    known
        The tags it was cut at.
    last
        Whether the last answer part counts that is not blank, instead of the first.
    """
    opening, closing = known.answer
    until = _closes_first(tags, known)
    visible = [] if until else [texts[0]]
    found: str | None = None
    n = 0
    while n < len(tags):
        tag = tags[n]
        n += 1
        if until:
            if tag == until:
                until = ""
                visible.append(texts[n])
        elif tag in known.closing:
            until = known.closing[tag]
        elif tag == opening:
            end = n
            while end < len(tags) and tags[end] != closing and not (last and tags[end] == opening):
                end += 1
            part = _joined(texts, tags, n, end)
            if not last:
                return part, True
            if part and not part.isspace():
                found = part
            elif found is None:
                found = ""
            n = end + (end < len(tags) and tags[end] == closing)
        else:
            visible += tag, texts[n]
    return ("".join(visible), False) if found is None else (found, True)


def _joined(texts: list[str], tags: list[str], start: int, end: int) -> str:
    """Return the text from ``texts[start]`` up to ``tags[end]``."""
    part = [texts[start]]
    for n in range(start, end):
        part += tags[n], texts[n + 1]
    return "".join(part)


def _closes_first(tags: list[str], known: Tags) -> str:
    """Return the closing think tag that comes before any opening one; empty where there is none."""
    for tag in tags:
        if tag in known.closing:
            return ""
        if tag in known.closing.values():
            return tag
    return ""


def prompt_prefills(prompt: Any, think_tags: str | Sequence[str] = THINK_TAGS) -> bool:
    r"""Check whether a prompt ends with an open think tag, so that completions begin inside the think part.

    Parameters
    ----------
    prompt
        The prompt as a text, chat template and all, or as a list of messages: then the last one counts, if
        it is the assistant's. For anything else the answer is no.
    think_tags
        The opening tags to look for, as `Spec.think_tags` has them.

    Returns
    -------
    bool
        If so, ``prefilled=True`` is the spec field to change.

    Examples
    --------
    >>> prompt_prefills("<|im_start|>assistant\n<think>\n")
    True
    >>> prompt_prefills("Think inside <think></think>, then answer.<|im_start|>assistant\n")
    False
    """
    from medvie_reward.completions._messages import content_text

    if not isinstance(prompt, str):
        last = prompt[-1] if isinstance(prompt, Sequence) and len(prompt) else None
        if not isinstance(last, dict) or last.get("role") != "assistant":
            return False
        prompt = content_text(last.get("content")) or ""
    end = prompt[-_LONGEST_END:].rstrip()
    names = (think_tags,) if isinstance(think_tags, str) else think_tags
    return any(end.endswith(pair[0]) for name in names if (pair := think_pair(name)) is not None)
