"""Where a text is a list of items: numbers and bullets in front of them, and what stands in brackets."""

from __future__ import annotations

import re
from typing import Final

_OPENING: Final = "([{（［【〔「『《“"
_CLOSING: Final = ")]}）］】〕」』》”"
_BRACKET: Final = re.compile(f"[{re.escape(_OPENING + _CLOSING)}]")
_INSIDE: Final = "\x00"

_HAN: Final = "一二三四五六七八九十"
# Rows of signs that number: ① ⑴ ⒈ ❶.
_ROWS: Final = (("①", 20), ("⑴", 20), ("⒈", 20), ("❶", 10))
_SIGNS: Final = {chr(ord(first) + n): (n + 1, first) for first, length in _ROWS for n in range(length)}
_WIDE: Final = str.maketrans("０１２３４５６７８９（）．［］＃", "0123456789().[]#")

# What comes behind 1. and 1、 is no figure, or 1.5 would be an item; but these figures are part of a name.
_NAMED: Final = (
    r"(?![0-9]|\Z)|(?=[0-9]{1,2}(?:-?[型级期度类支枚处]|st\b|nd\b|rd\b|th\b)|[0-9]\.[0-9]+ ?[cm]m)"
)
# In front of a number is nothing, whitespace, a delimiter, or what readers of images glue it to.
_MARK: Final = re.compile(
    rf"(?P<sign>[{''.join(_SIGNS)}])"
    rf"|\((?P<round>[1-9][0-9]?|[{_HAN}]{{1,3}})\)|\[(?P<square>[1-9][0-9]?)\]"
    rf"|(?:(?<=[\s;；、,，。|:：\u4e00-\u9fff)）])|^)(?P<plain>[1-9][0-9]?)(?P<style>[.、)])(?:{_NAMED})"
    rf"|(?:(?<=[^第其周期{_HAN}])|^)(?P<han>[{_HAN}]{{1,3}})(?P<han_style>[、.)])(?![{_HAN}])"
    r"|(?:(?<=[\s;；,，。|])|^)#(?P<hash>[1-9][0-9]?)[:.]?(?= )"
)
_NUMBERING: Final = re.compile(rf"[{''.join(_SIGNS)}(（[［1１#＃{_HAN}]")
_BULLET: Final = re.compile(r"(?:[•●◆▪‣◦►∙]|\*(?!\*)|[·–—-](?=[ \u3000]|[^\W\d]))[ \t\u3000]*")
_INLINE: Final = "•●◆▪‣◦►*"
_HEAD: Final = re.compile(r"[^\d\W][^\n]{0,20}[:：]")


def outside(text: str) -> str:
    """Return a text of the same length with everything in brackets blotted out; brackets stay."""
    if _BRACKET.search(text) is None:
        return text
    shown: list[str] = []
    depth = at = 0
    for bracket in _BRACKET.finditer(text):
        start = bracket.start()
        piece = text[at:start]
        shown.append(_INSIDE * len(piece) if depth else piece)
        at = start + 1
        if bracket[0] in _OPENING:
            shown.append(_INSIDE if depth else bracket[0])
            depth += 1
        else:
            # A bracket that closes nothing may stand behind a number: 1)
            depth = max(depth - 1, 0)
            shown.append(_INSIDE if depth else bracket[0])
    shown.append(_INSIDE * (len(text) - at) if depth else text[at:])
    return "".join(shown)


def numbered(text: str, shown: str) -> tuple[str, list[str]]:
    """Cut a text in front of the numbers 1, 2, … and return what heads them, and the items.

    No items where there are not two, or more than a heading with a colon comes before them.
    """
    if _NUMBERING.search(text) is None:
        return "", []
    plain = text.translate(_WIDE)
    cuts: list[tuple[int, int]] = []
    style = None
    for mark in _MARK.finditer(plain):
        start = mark.start()
        if shown[start] == _INSIDE:
            continue
        number, shape = _read(mark)
        before = "" if cuts else plain[:start].strip()
        if not cuts and (number != 1 or (before and not _HEAD.fullmatch(before))):
            return "", []
        if number == len(cuts) + 1 and style in (None, shape):
            cuts.append(mark.span())
            style = shape
    if len(cuts) < 2:
        return "", []
    ends = [start for start, _ in cuts[1:]] + [len(text)]
    return text[: cuts[0][0]], [text[start:end] for (_, start), end in zip(cuts, ends, strict=True)]


def _read(mark: re.Match[str]) -> tuple[int, str]:
    """Return the number of a mark, and what all marks of one list share."""
    sign, han = mark["sign"], mark["han"]
    if sign:
        return _SIGNS[sign]
    if han:
        return _han(han), f"han{mark['han_style']}"
    if mark["round"] and mark["round"][0] in _HAN:
        return _han(mark["round"]), "(han)"
    digits = mark["plain"] or mark["round"] or mark["square"] or mark["hash"]
    return int(digits), mark["style"] or str(mark.lastgroup)


def _han(numeral: str) -> int:
    """Read 一 to 九十九; what is not written so gives 0."""
    tens, ten, units = numeral.rpartition("十")
    if len(tens) > 1 or len(units) > 1 or "十" in tens:
        return 0
    return (_HAN.index(tens) + 1 if tens else len(ten)) * 10 + (_HAN.index(units) + 1 if units else 0)


def bulleted(text: str, shown: str) -> list[str] | None:
    """Return the items behind bullets, nothing where there are none, ``None`` where only some have one."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        bullets = [_BULLET.match(line.strip()) for line in lines]
        if not any(bullets):
            return []
        if not all(bullets) or len({bullet[0][0] for bullet in bullets if bullet}) > 1:
            return None
        return [line.strip()[bullet.end() :] for line, bullet in zip(lines, bullets, strict=True) if bullet]
    bullet = text[:1]
    if bullet not in _INLINE or not bullet or shown.count(bullet) < 2:
        return []
    return split(text, shown, re.compile(re.escape(bullet)))[1:]


def split(text: str, shown: str, delimiter: re.Pattern[str]) -> list[str]:
    """Split a text where a delimiter stands outside brackets."""
    parts: list[str] = []
    at = 0
    for found in delimiter.finditer(shown):
        parts.append(text[at : found.start()])
        at = found.end()
    parts.append(text[at:])
    return parts
