"""What stands in a column of reference ranges: a range, a word, or a text with ranges in it.

- Ranges go by their bounds, as `medvie_reward.comparators.spans` reads them; here ``3.5..5.5``,
  ``(-3)-(+3)`` and ``between 3.5 and 5.5`` are ranges, too.
- Bounds in words are signs: ``> OR = 60`` is ``≥60``, ``不超过40`` is ``≤40``.
- Words go by what they say, as in a column of results: ``Negative`` is ``阴性``, and so is ``-``.
- In a text, ranges, bounds and numbers go by value, units by their spelling, and whatever else only parts
  them means nothing: ``男：4.0～5.5；女：3.5～5.0`` is ``男 4-5.5 女 3.5-5``.
"""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators._bounds import with_bounds
from medvie_reward.comparators.number import NUMERAL, plain_value, read_number
from medvie_reward.comparators.spans import range_text
from medvie_reward.comparators.text import folded_text
from medvie_reward.comparators.unit import read_unit
from medvie_reward.comparators.words import forms_of, ordinal_text

_LONGEST: Final = 400

_FIGURE: Final = re.compile("[0-9０-９]")
_SIGNED: Final = re.compile(r"[(（]\s*([+\-−－＋]\s*[0-9][0-9.]*)\s*[)）]")
_DOTS: Final = re.compile(r"(?<=[0-9])\s*(?:\.{2,3}|…|‥)\s*(?=[0-9])")
_BETWEEN: Final = re.compile(
    r"(?:between|from)\s+([+-]?[0-9.]+)\s+(?:and|to)\s+([+-]?[0-9.]+)(.*)|介于\s*([0-9.]+)\s*[与和至到-]\s*([0-9.]+)\s*之间",
    re.IGNORECASE | re.DOTALL,
)
_ODD: Final = re.compile(r"[(（]\s*[+\-−－＋]|[0-9]\s*(?:\.\.|…|‥)|between|from|介于", re.IGNORECASE)

# The parts of a text with ranges, once it is folded: numbers with their bound, dashes, units, words, signs.
_PART: Final = re.compile(
    rf"(?P<bound>[<>≤≥])? ?(?P<number>(?<![\w.]){NUMERAL}|(?<=[\u4e00-\u9fff]){NUMERAL})(?![\d.]*[:/]\d)"
    r"|(?P<dash> ?(?:[-~]{1,2}|(?<=\d )to(?= ?\d)|至|到) ?(?=[+-]?\.?\d))"
    r"|(?P<latin>[a-z]+(?:[ -][a-z]+)*(?![a-z]*[/^\d]))"
    r"|(?P<unit>(?<=[\d )])[a-zμ%‰°×*/][^\s:;,()\[\]\u4e00-\u9fff]*"
    r"|(?<=\d)/?[\u4e00-\u9fff]{1,8}/[\u4e00-\u9fffa-z]{1,8})"
    r"|(?P<han>[\u4e00-\u9fff]+)"
    r"|(?P<nothing>[ ,;:()\[\]]+)"
    r"|(?P<other>.)",
    re.ASCII | re.DOTALL,
)
_CODE: Final = re.compile(r"(?<![\d.])0\d|\d[-~]\d+(?:\.\d+)?[-~]\d")
_PARTED: Final = re.compile(r"\d ?(?:[-~]{1,2}|to|至|到) ?[+-]?\.?\d|[<>≤≥] ?\.?\d")
_DASHED: Final = re.compile(r"(?<=[^\W_]) ?[~至到-] ?(?=[^\W_])|(?<=\+)[~-](?=\+)")


def reference_text(text: str) -> str:
    """Write a reference range, or the word or text that stands in its place; see the top of this module."""
    plain = plain_value(text)
    if plain is not None:
        return f"\x00n:{plain}"
    known = forms_of("ordinal").get(text)
    if known is not None:
        return known
    if len(text) > _LONGEST:
        return folded_text(text)
    if _FIGURE.search(text) is None:
        written = ordinal_text(text)
        return written if written[:1] == "\x00" else _DASHED.sub("~", written)
    shown = with_bounds(text)
    if _ODD.search(shown) is not None:
        shown = _plain(shown)
    written = range_text(shown)
    if written[:1] == "\x00":
        return written
    written = ordinal_text(text)
    if written[:1] == "\x00":
        return written
    folded = folded_text(shown)
    return _parts(folded) or _DASHED.sub("~", folded)


def _plain(text: str) -> str:
    """Write a range that is spelled in an odd way as a plain one."""
    between = _BETWEEN.fullmatch(text.strip())
    if between is not None:
        low, high, unit, low2, high2 = between.groups("")
        return f"{low or low2}~{high or high2}{unit}"
    return _DOTS.sub("~", _SIGNED.sub(r"\1", text))


def _parts(folded: str) -> str | None:
    """Write a text with ranges in it; ``None`` where there are none, or no words."""
    if _PARTED.search(folded) is None or _CODE.search(folded) is not None:
        return None
    written: list[str] = []
    words = False
    for part in _PART.finditer(folded):
        kind = part.lastgroup
        shown = part[0].strip()
        if kind == "nothing":
            continue
        if kind == "number":
            value = read_number(part["number"])
            written.append((part["bound"] or "") + (value if value is not None else part["number"]))
        elif kind == "dash":
            written.append("~")
        elif kind == "unit":
            unit = read_unit(shown)
            written.append(shown if unit is None else f"10^{unit[0]} {unit[1]}")
        elif kind in ("latin", "han"):
            words = True
            written.append(_word(shown, bool(written) and written[-1][-1:].isdigit()))
        else:
            written.append(shown)
    return f"\x00x:{' '.join(written)}" if words else None


def _word(word: str, behind_number: bool) -> str:
    """Write a word of a text: whom a range is for, what it says, or a unit behind a number."""
    if behind_number:
        unit = read_unit(word)
        if unit is not None and unit[2]:
            return f"10^{unit[0]} {unit[1]}"
    known = forms_of("group").get(word) or forms_of("ordinal").get(word)
    return word if known is None else known[1:]
