"""Find the JSON in an answer part.

1. A part that is one JSON value is the answer.
2. Else, if it has a code fence, the content of its first fence tagged ``json`` (any case), or else of its
   first fence, stands for the part. If that is no JSON value either, the first ``{`` or ``[`` that begins an
   object or a list of containers begins the answer, which ends with its closing bracket.
3. Anything may stand before and behind it, with or without a space between: prose, end tokens, tags, quotes,
   marks of emphasis, a LaTeX command around it. Brackets, commas, colons and quotes that nothing opened mean
   that it is a piece of something broken.
4. A first fence without JSON in it, or in another language, does not end the search: then the other fences
   and the text outside of them are looked at. Neither does an example in prose, ``{}`` or a literal in which
   dots stand for what is left out: the first JSON behind it that has values is the answer.

No fragment is taken out of a broken or truncated answer. Every search goes through its text once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from medvie_reward.completions._decoder import ABSENT, ESCAPED, Decoded, closing, decode

BROKEN: Final = ("bad_json", "truncated")
"""The statuses of JSON that repair may help."""

_FENCE: Final = re.compile(r"```[ \t]*([A-Za-z0-9_+.-]*)[^\S\n]*\n?")
# An object begins with a member or is empty; a list worth finding in prose holds containers. A bare
# "[1]" in prose is a citation far more often than an answer.
_OPENING: Final = re.compile(r'\{\s*["}]|\[\s*[\[{]')
# What was meant as JSON and is none: names escaped, bare, or in quotes that are not straight and double.
_MEANT: Final = re.compile(
    r"""\{\s*(?:\\+(?:["']|[nrt](?![A-Za-z]))|'[^'\n]*'\s*:|[“”„‟«‘’「『＂]|[A-Za-z_]\w*\s*:\s*["'\[{\d])"""
)
# Behind an answer these mean that it is a piece of something.
_PIECE: Final = frozenset('{}[],:"')
_MARKER: Final = re.compile(r"\[(?!(?:true|false|null)\b)/?[^\W\d][^\[\]{}\",:\n]{0,40}\]")
_COMMAND: Final = re.compile(r"\\[A-Za-z]+\*?\s*\Z")
_LONGEST_COMMAND: Final = 64
_MOST_NESTED: Final = 4
# A string, or one that never closes: then no quote behind it opens another, and none need be tried.
_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:(")|\\?\Z)', re.DOTALL)
_DOTS: Final = re.compile(r"\.\.\.|…")
# Where the search goes on behind a broken literal: no line of a printed literal is blank.
_BREAK: Final = re.compile(r"\n[^\S\n]*\n|```")
_MORE: Final = "more JSON follows, and the first counts (answer='last' takes the last)"
_IN_STRING: Final = "the answer is one JSON string, and JSON stands inside it"
# Fences with these tags, and with none, may hold the answer; all others hold code.
_DATA: Final = re.compile(r"yaml|yml|txt|text|plaintext|plain|output|")


Found = tuple[Decoded, str, str]
"""What was found in an answer part, as a plain tuple, which costs the least to make.

1. The value, or why there is none.
2. ``text`` where the part is this JSON and nothing else, ``fence`` where it is one fence with this JSON and
   nothing else, else empty.
3. The text outside of the fences, where the JSON was looked for there, else empty.
"""


def find(part: str, max_depth: int, delimited: bool) -> Found:
    """Find and decode the JSON of an answer part.

    Parameters
    ----------
    part
        The answer part.
    max_depth
        Deepest nesting allowed, in containers.
    delimited
        Whether tags delimit the part; then an empty answer is one.
    """
    text = _stripped(part)
    if text.startswith(("```json\n", "```json{")) and text.endswith("```"):
        # One fence and nothing else, as most models write it: what the general way below gives too. One
        # character is looked for much faster than three.
        body = text[7:-3]
        if "`" not in body or text.find("```", 7) == len(text) - 3:
            found = decode(body, max_depth)
            if found.status not in BROKEN:
                return found, "fence", ""
    elif not text.startswith("```"):
        found = decode(text, max_depth)
        if found.status not in BROKEN:
            if found.value.__class__ is str and found.value.lstrip()[:1] in ("{", "["):
                found = found._replace(detail=_IN_STRING)
            return found, "text", ""
    opening = _OPENING.search(text)
    fence_at = text.find("```")
    # A fence behind the first opening stands inside a broken answer, in one of its strings.
    if fence_at >= 0 and (opening is None or fence_at < opening.start()):
        return _find_fenced(text, max_depth, delimited)
    return _first(text, 0, max_depth, delimited)


def find_last(part: str, max_depth: int) -> Found:
    """Find and decode the last JSON of an answer part that has a value in it."""
    text = _stripped(part)
    if not text.startswith("```"):
        found = decode(text, max_depth)
        if found.status not in BROKEN:
            return found, "text", ""
    last: Decoded | None = None
    for literal in _literals(text, 0, max_depth):
        if last is None or not _hollow(literal.decoded.value):
            last = literal.decoded
    if last is None:
        return find(part, max_depth, delimited=True)
    return last, "fence" if _one_fence(text, max_depth) == last else "", ""


def _stripped(part: str) -> str:
    text = part.strip()
    return text.lstrip("\ufeff").lstrip() if text.startswith("\ufeff") else text


# -- fences --------------------------------------------------------------------------------------------


class _Fence(NamedTuple):
    tag: str
    content: str
    start: int
    end: int


def _fences(text: str) -> Iterator[_Fence]:
    at = 0
    while (opening := _FENCE.search(text, at)) is not None:
        close = text.find("```", opening.end())
        end = len(text) if close < 0 else close
        at = end if close < 0 else close + 3
        yield _Fence(opening[1].lower(), text[opening.end() : end].strip(), opening.start(), at)
        if close < 0:
            return


def fence_of(text: str) -> str:
    """Return the content of the first fence tagged json, else of the first fence, else the text itself."""
    fence = _chosen(text)
    return text if fence is None else fence.content


def _chosen(text: str) -> _Fence | None:
    first: _Fence | None = None
    for fence in _fences(text):
        if fence.tag == "json":
            return fence
        first = first or fence
    return first


def _find_fenced(text: str, max_depth: int, delimited: bool) -> Found:
    chosen = _chosen(text)
    if chosen is None:
        return _first(text, 0, max_depth, delimited)
    found = _in_fence(chosen, max_depth)
    if found.status not in BROKEN and found.value is not ABSENT:
        if not delimited and _hollow(found.value):
            later = _with_values(text, chosen.end, max_depth)
            if later is not None:
                return later, "", ""
        alone = chosen.start == 0 and chosen.end == len(text) and chosen.tag in ("", "json")
        return found, "fence" if alone and _whole(chosen, max_depth) else "", ""
    if _may_hold_answer(chosen, found):
        return found, "", ""
    return _elsewhere(text, chosen, found, max_depth, delimited)


def _may_hold_answer(fence: _Fence, found: Decoded) -> bool:
    """Check whether what is broken in a fence is the answer itself, and no code or prose."""
    if found.status not in BROKEN:
        return found.status != "no_answer"
    if fence.tag.startswith("json"):
        return True
    return _DATA.fullmatch(fence.tag) is not None and _OPENING.search(fence.content) is not None


def _in_fence(fence: _Fence, max_depth: int) -> Decoded:
    found = decode(fence.content, max_depth)
    if found.status not in BROKEN:
        return found
    return _first(fence.content, 0, max_depth, delimited=True)[0]


def _whole(fence: _Fence, max_depth: int) -> bool:
    return decode(fence.content, max_depth).status not in BROKEN


def _one_fence(text: str, max_depth: int) -> Decoded | None:
    """Decode a text that is one fence; ``None`` where it is none."""
    if not text.startswith("```") or not text.endswith("```"):
        return None
    fence = _chosen(text)
    if fence is None or fence.end != len(text) or fence.start or fence.tag not in ("", "json"):
        return None
    return decode(fence.content, max_depth)


def _elsewhere(text: str, chosen: _Fence, found: Decoded, max_depth: int, delimited: bool) -> Found:
    """Look at the other fences, and at the text outside of all; else what the chosen fence gave stands."""
    outside: list[str] = []
    at = 0
    for fence in _fences(text):
        outside.append(text[at : fence.start])
        at = fence.end
        if fence != chosen:
            other = _in_fence(fence, max_depth)
            if other.value is not ABSENT:
                return other, "", ""
    outside.append(text[at:])
    rest = "\n".join(outside).strip()
    whole = decode(rest, max_depth) if rest else found
    if type(whole.value) in (dict, list):
        return whole, "", ""
    bare, _, _ = _first(rest, 0, max_depth, delimited)
    meant = found.status == "no_answer" and (_OPENING.search(rest) or _MEANT.search(rest))
    if bare.value is not ABSENT or meant:
        return bare, "", rest
    return found, "", ""


# -- literals in prose ---------------------------------------------------------------------------------


class _Literal(NamedTuple):
    decoded: Decoded
    start: int
    end: int


def _first(text: str, at: int, max_depth: int, delimited: bool) -> Found:
    """Find the first literal of a text; of some without values, the first that has any."""
    literal = next(_literals(text, at, max_depth), None)
    if literal is None:
        if text[:1] in tuple('{["') or _MEANT.search(text) is not None:
            return Decoded(ABSENT, "bad_json", _why_none(text)), "", ""
        return Decoded(ABSENT, "no_answer"), "", ""
    found = literal.decoded
    if delimited:
        return found, "", ""
    if found.value is ABSENT:
        if found.status == "bad_json" and _is_example(text, literal):
            found = _with_values(text, literal.end, max_depth) or found
    elif _hollow(found.value):
        found = _with_values(text, literal.end, max_depth) or found
    elif _OPENING.search(text, literal.end) is not None:
        found = found._replace(detail=_MORE)
    return found, "", ""


def _with_values(text: str, at: int, max_depth: int) -> Decoded | None:
    """Return the first literal behind a position that decodes and has a value in it."""
    for literal in _literals(text, at, max_depth):
        if literal.decoded.value is not ABSENT and not _hollow(literal.decoded.value):
            return literal.decoded
    return None


def _is_example(text: str, literal: _Literal) -> bool:
    """Check whether a literal that is no answer shows how one looks: empty, or with dots for the rest."""
    written = text[literal.start : literal.end]
    if not written.strip("{}[] \t\r\n"):
        goes_on = text[literal.end :].lstrip()[:1] in (",", ":")
        return goes_on and _MEANT.search(text, 0, literal.start) is None
    outside = _STRING.sub(lambda found: "" if found[1] else found[0], written)
    return _DOTS.search(outside) is not None


def _hollow(value: Any) -> bool:
    """Check whether a value holds no scalar at all, not even an empty one, such as ``{}`` or ``[{}]``."""
    if type(value) is list:
        return all(map(_hollow, value))
    return type(value) is dict and not value


def _literals(text: str, at: int, max_depth: int) -> Iterator[_Literal]:
    """Decode the literals of a text one after another; one that is broken has its status."""
    markup_end = nested = 0
    while (opening := _OPENING.search(text, at)) is not None:
        start = opening.start()
        status, end = closing(text, start, max_depth)
        if not status and text[start] == "[" and _of_markup(text, start, end):
            # What stands inside is read once more for each markup around it, so only so many are opened.
            nested = nested + 1 if start < markup_end else 0
            markup_end = max(markup_end, end)
            at = start + 1 if nested < _MOST_NESTED else end
            continue
        if status:
            yield _Literal(_broken(text, start, end, status, max_depth), start, end)
            behind = _BREAK.search(text, end)
            if behind is None:
                return
            at = behind.end()
            continue
        mark = _torn_at(text, start, end)
        glued = text[end : end + 1].strip()
        if not mark and glued and (glued in "/#" or _MEANT.search(text, at, start + 1) is not None):
            # A comment, or what was meant as an object stands around it; behind a space this is not asked.
            mark = glued
        if mark:
            reason = f"{mark!r} stands right behind the JSON: it is a piece of something, or not the only one"
            yield _Literal(Decoded(ABSENT, "bad_json", reason), start, end)
        else:
            yield _Literal(decode(text[start:end], max_depth), start, end)
        at = end


def _of_markup(text: str, start: int, end: int) -> bool:
    r"""Check whether brackets are those of a LaTeX formula, ``\[ \]``, or of a section of XML."""
    if text[start - 1 : start] == "\\":
        return text[end - 2] == "\\"
    return text.endswith("[CDATA", 0, start)


def _broken(text: str, start: int, end: int, status: str, max_depth: int) -> Decoded:
    """Return the status of a literal that does not close, and what is wrong with it."""
    if status == "truncated" and '\\"' in text[start:]:
        # Escaped quotes hide brackets, so that a text that is whole looks as if it never closed.
        found = decode(text[start:], max_depth)
        if found.detail.endswith(ESCAPED):
            return Decoded(ABSENT, "bad_json", found.detail)
    detail = decode(text[start:end], max_depth).detail if status == "bad_json" else ""
    return Decoded(ABSENT, status, detail)


def _torn_at(text: str, start: int, end: int) -> str:
    """Return the character behind a literal that shows it to be a piece of something; empty if none does."""
    while True:
        while text[end : end + 1].isspace():
            end += 1
        mark = text[end : end + 1]
        if mark not in _PIECE:
            return ""
        if mark == "[":
            return "" if _MARKER.match(text, end) is not None else mark
        while start and text[start - 1].isspace():
            start -= 1
        if mark == '"' and text[start - 1 : start] == '"':
            start -= 1
        elif mark == "}" and (command := _command_at(text, start)) >= 0:
            start = command
        elif mark == "]" and text.startswith("]]>", end):  # a section of XML
            return ""
        else:
            return mark
        end += 1


def _command_at(text: str, end: int) -> int:
    """Return where a LaTeX command begins whose brace opens before a position and is still open; else -1."""
    first = max(0, end - _LONGEST_COMMAND)
    if "\\" not in text[first:end]:
        return -1
    depth = 0
    for at in range(end - 1, first - 1, -1):
        if text[at] == "}":
            depth += 1
        elif text[at] == "{":
            if not depth:
                command = _COMMAND.search(text, first, at)
                return -1 if command is None else command.start()
            depth -= 1
    return -1


def _why_none(text: str) -> str:
    if '\\"' in text:
        return ESCAPED
    return "names and texts need straight double quotes"
