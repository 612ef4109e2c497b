"""What stands in the columns of a laboratory table that hold more than one type of value."""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators._blood import blood_text
from medvie_reward.comparators._bounds import with_bounds
from medvie_reward.comparators._numbering import numbers_a_thing
from medvie_reward.comparators.number import plain_value
from medvie_reward.comparators.quantity import quantity_form
from medvie_reward.comparators.text import folded_text
from medvie_reward.comparators.unit import read_unit
from medvie_reward.comparators.words import flag_text, forms_of, ordinal_text, vocabulary_text

_quantity_text: Final = quantity_form()
_LONGEST: Final = 400
_LONGEST_GROUP: Final = 40
# Test strips: +1 is the grade 1+, not the number 1.
_STRIP: Final = re.compile(r"[+＋]([1-4１-４])")
# What marks say as well as grades, in more spellings.
_BOTH: Final = ("\x00o:normal", "\x00o:abnormal")

# Grades beside something else. A plus behind a Latin word may be an ion's, so only several are a grade.
_PLUSES: Final = re.compile(
    r"(?:^|(?<=[\s(:,;/~\u4e00-\u9fff]))(\+{1,4})(?=$|[\s)/,;~\u4e00-\u9fff])|(?<=[a-z]{3})(\+{2,4})(?=$|[\s)/,;])"
)
_TURNED: Final = re.compile(r"(?<=\()\+([1-4])(?=\))|(?<=[\u4e00-\u9fff])\+([1-4])(?![\d.])")
_WEAK: Final = re.compile("[(（][+＋]/?[-−－][)）]")
_GRADE: Final = re.compile(r"(?<![\d.])[1-4]\+(?!\d)")
_PER: Final = re.compile(r"([1-4]\+)(/.+)")
# An abnormal mark behind a grade, as messages print it.
_MARKED: Final = re.compile(r"(.+?) ?(?:\((aa|a|hh|h|ll|l|n)\)|(?<![a-z])(aa|a|hh|h|ll|l|n))")

_NUMERAL: Final = r"\d+(?:\.\d+)?"
_LENGTH: Final = "mm|cm|毫米|厘米"
_SIZE: Final = re.compile(
    rf"(?<![\d.,a-z^/-]){_NUMERAL}(?: ?(?:{_LENGTH}))?(?: ?[x×*] ?{_NUMERAL}(?: ?(?:{_LENGTH}))?)+"
    r"(?![\d.,^*e(])",
    re.ASCII,
)
_FIGURE: Final = re.compile("[0-9０-９]")
_TIMES: Final = re.compile("[x×*]")
_MEASURE: Final = re.compile(rf"(?<![\d.,a-z^/-])({_NUMERAL}) ?({_LENGTH}|ml|kg)(?![a-z\d^/])", re.ASCII)
_SIDE: Final = re.compile(rf" ?({_NUMERAL}) ?({_LENGTH})? ?", re.ASCII)
_SHORT_LENGTHS: Final = {"毫米": "mm", "厘米": "cm"}


def result_text(text: str) -> str:
    """Write a result: a number or a quantity, a grade, a susceptibility, a blood group, else a text.

    Sizes and grades inside a text go by what they say: ``2.50*1.8 cm`` is ``2.5×1.8cm``, ``上皮细胞++`` is
    ``上皮细胞2+``.
    """
    plain = plain_value(text)
    if plain is not None:
        return f"\x00q:{plain}"
    known = forms_of("ordinal").get(text)
    if known is not None:
        return known
    strip = _STRIP.fullmatch(text.strip())
    if strip is not None:
        return ordinal_text(f"{strip[1]}+")
    if len(text) > _LONGEST or numbers_a_thing(text):
        return folded_text(text)
    if "+" not in text and "＋" not in text:
        if _FIGURE.search(text) is None:
            written = ordinal_text(text)
            return written if written[:1] == "\x00" else _word(written) or _measured(written)
        written = _quantity_text(with_bounds(_WEAK.sub("(±)", text)))
        if written[:1] == "\x00":
            return written
        folded = folded_text(text)
        return _word(folded) or _measured(folded)
    written = ordinal_text(text)
    if written[:1] == "\x00":
        return written
    folded = folded_text(text)
    graded = _graded(folded)
    if graded is not None:
        return blood_text(folded) or graded
    written = _quantity_text(with_bounds(_WEAK.sub("(±)", text)))
    if written[:1] == "\x00":
        return written
    return _word(folded) or _measured(folded)


def _word(folded: str) -> str | None:
    """Read a susceptibility, a blood group, or a grade with an abnormal mark."""
    if len(folded) > _LONGEST_GROUP:
        return None
    written = vocabulary_text(folded, "susceptibility")
    if written[:1] == "\x00":
        return written
    group = blood_text(folded)
    if group is not None:
        return group
    marked = _MARKED.fullmatch(folded)
    if marked is not None:
        grade = ordinal_text(marked[1])
        if grade[:1] == "\x00":
            return f"{grade} {marked[2] or marked[3]}"
    return None


def _graded(folded: str) -> str | None:
    """Write the grades inside a text as 1+ to 4+; ``None`` where there are none."""
    shown = _PLUSES.sub(_counted, folded)
    shown = _TURNED.sub(lambda found: f"{found[1] or found[2]}+", shown)
    if _GRADE.search(shown) is None:
        return None
    per = _PER.fullmatch(shown)
    unit = None if per is None else read_unit(per[2])
    if per is not None and unit is not None and unit[2]:
        return f"{per[1]}{unit[1]}"
    marked = _word(shown)
    return marked or _measured(shown)


def _counted(found: re.Match[str]) -> str:
    return f"{len(found[1])}+" if found[1] else f" {len(found[2])}+"


def _measured(folded: str) -> str:
    """Write the sizes and measures inside a text by value."""
    shown = _WEAK.sub("(±)", folded)
    if any(sign in shown for sign in "x×*"):
        shown = _SIZE.sub(_sides, shown)
    return _MEASURE.sub(lambda found: _valued(found[1]) + _SHORT_LENGTHS.get(found[2], found[2]), shown)


def _sides(found: re.Match[str]) -> str:
    """Write a size; a unit behind its last side is that of all."""
    sides = [_SIDE.fullmatch(side) for side in _TIMES.split(found[0])]
    pairs = [(_valued(side[1]), _SHORT_LENGTHS.get(side[2] or "", side[2] or "")) for side in sides if side]
    units = {unit for _, unit in pairs}
    last = pairs[-1][1]
    if units - {"", last}:
        return "×".join(value + unit for value, unit in pairs)
    return "×".join(value for value, _ in pairs) + last


def _valued(numeral: str) -> str:
    return numeral.rstrip("0").rstrip(".") if "." in numeral else numeral


def status_text(text: str) -> str:
    """Write a text about a result as its grade (阳性), its mark (偏高) or its status (final)."""
    if len(text) > _LONGEST:
        return folded_text(text)
    written = ordinal_text(text)
    if written == "\x00o:1+" and "1" not in folded_text(text):
        # A mere plus is no grade here.
        return "\x00o:positive"
    if written[:1] == "\x00" and written not in _BOTH:
        return written
    written = flag_text(text)
    if written[:1] == "\x00":
        return written
    return vocabulary_text(text, "status")
