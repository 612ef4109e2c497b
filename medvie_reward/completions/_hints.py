"""Where a completion has no answer, or a whole run is not well formed: the setting that may help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from medvie_reward._core.names import counted
from medvie_reward.completions._forms import opened, tags_of, well_formed
from medvie_reward.spec import THINK_TAGS, Spec, resolve, think_pair

LEAST_FOR_HINT: Final = 20
"""For fewer completions there is no hint: they may be badly written by chance."""

# Tags that models put around their thoughts. Only those are looked for that a spec does not have.
_OTHERS: Final = (
    "<think>",
    "<thinking>",
    "<thought>",
    "<reasoning>",
    "<seed:think>",
    "\u25c1think\u25b7",
    "[THINK]",
    "<|begin_of_thought|>",
    "<|START_THINKING|>",
    "<|channel|>analysis",
)
_OTHER_PAIRS: Final = [(tag, *pair) for tag in _OTHERS if (pair := think_pair(tag)) is not None]
# What tokenizers write where a text ends, in any family: marks in angle or square brackets.
_END_TOKENS: Final = re.compile(
    r"(?:\s*(?:<[|\uff5c][^<>|\uff5c\s]{1,60}[|\uff5c]>|</s>|<eos>|<pad>|<end_of_turn>|<\|?/?[a-z_]*end[a-z_]*\|?>"
    r"|\[/?[A-Z_]{2,20}\]))+\s*$"
)
_LONGEST_END: Final = 256
_CALL: Final = re.compile(r'<tool_call>|"tool_calls"\s*:|\[TOOL_CALLS\]|<\|python_tag\|>')

_READABLE: Final = "an answer that can be read"

# What to try for a text that is not well formed, in this order.
_CHANGES: Final[list[dict[str, Any]]] = [
    {"prefilled": True},
    {"prefilled": False},
    {"format": "answer"},
    {"format": "think"},
    {"format": "think_json"},
    {"format": "json"},
    {"format": "think", "prefilled": True},
    {"format": "think_json", "prefilled": True},
]


def hint(text: str, status: str, spec: Spec) -> str:
    """Return which setting may find the answer of a completion that has none; empty if none is known."""
    if status == "no_answer":
        if spec.answer in ("lenient", "tagged") and _more_parts(text):
            return "the first answer part has no JSON and more follow: does the text still hold the prompt?"
        if spec.answer != "tool_call" and _CALL.search(text) is not None:
            return "there is a tool call (answer='tool_call' reads its arguments)"
        if any(opening in text and closing not in text for opening, closing in spec.think_pairs):
            return "the think part never ends"
    other = _other_tag(text, spec)
    return f"there is a think part in other tags (think_tags={(other,)!r})" if other else ""


def _more_parts(text: str) -> bool:
    """Check whether another answer part follows the first one."""
    first = text.find("<answer>")
    end = text.find("</answer>", first)
    return 0 <= first < end < text.find("<answer>", end)


def _other_tag(text: str, spec: Spec) -> str:
    """Return a think tag in a text that a spec does not have; empty where there is none."""
    for tag, opening, closing in _OTHER_PAIRS:
        if (opening in text or closing in text) and all(tag not in pair[0] for pair in spec.think_pairs):
            return tag
    return ""


def likely_form(text: str, spec: Spec) -> str:
    """Name the setting under which a text would be well formed; empty where none is.

    It looks at tags and at the first and last characters alone, so that it takes little time.

    Parameters
    ----------
    text
        A completion that is not well formed under the spec.
    spec
        The spec.

    Returns
    -------
    str
        Such as ``format='think_json'`` or ``prefilled=True``; for end tokens, that they are to be cut off;
        for the right form around an answer that cannot be read, that this is what it lacks.
    """
    token = _END_TOKENS.search(text, max(0, len(text) - _LONGEST_END))
    cut = ""
    if token is not None:
        text = text[: token.start()]
        cut = f"{token[0].strip()!r} cut off their ends (skip_special_tokens=True)"
        if _fits(text, spec):
            return cut
    elif spec.format_needs_answer and _fits(text, spec):
        return _READABLE
    other = _other_tag(text, spec)
    if other and not any(closing in text for _, closing in spec.think_pairs):
        candidates = [{"think_tags": (other,), **change} for change in ({}, *_CHANGES)]
    elif tags_of(spec.think_pairs, spec.answer == "tool_call").pattern.search(text) is None:
        candidates = [{"format": "json"}]  # the only form without tags
    else:
        candidates = _CHANGES
    for change in candidates:
        changed = resolve(spec, **change)
        if changed != spec and _fits(text, changed):
            named = ", ".join(f"{name}={getattr(changed, name)!r}" for name in change)
            return f"{named} and {cut}" if cut else named
    return ""


def _fits(text: str, spec: Spec) -> bool:
    """Check whether a text has a form, as far as its tags and its first and last characters tell."""
    known = tags_of(spec.think_pairs, spec.answer == "tool_call")
    if spec.prefilled or known.channels:
        text = opened(text, spec, known)
    pieces = known.pattern.split(text, 8)
    texts, tags = pieces[::2], pieces[1::2]
    if spec.format == "json":
        return not tags and text.strip()[:1] in ("{", "[") and text.strip()[-1:] in ("}", "]")
    if not well_formed(texts, tags, spec.format, known):
        return False
    if spec.format != "think_json":
        return True
    rest = texts[2].strip()
    return rest[:1] + rest[-1:] in ("{}", "[]", "``")


def form_hint(forms: Mapping[str, int], n: int, spec: Spec) -> str:
    """Return what to change if none of ``n`` completions is well formed; empty for few of them.

    Parameters
    ----------
    forms
        For how many completions `likely_form` named which setting.
    n
        How many completions there were, all of them not well formed.
    spec
        What they were read with.

    Returns
    -------
    str
        One sentence, for a warning or a report.
    """
    if n < LEAST_FOR_HINT or not spec.format_weight:
        return ""
    asked = f"format={spec.format!r}" + (", prefilled=True" if spec.prefilled else "")
    if spec.think_tags != THINK_TAGS:
        asked += f", think_tags={spec.think_tags!r}"
    said = f"none of {counted(n, 'completion')} is well formed under {asked}: r_format is 0 for all of them"
    named = {form: count for form, count in forms.items() if form}
    if not named:
        return said
    best = max(named, key=lambda form: (named[form], form))
    return f"{said}; {named[best]} would be with {best}"
