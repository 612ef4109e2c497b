"""A delimited text -> the bag of its parts.

Only one delimiter splits a text: numbers in front of the parts where there are any, else the first of the
delimiters that occurs, in the order they are given. The later ones then belong to the parts, so that in
``高血压，3级；糖尿病，2型`` the grades stay with their diagnoses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from medvie_reward.comparators.text import folded_text
from medvie_reward.errors import SpecError

# A slash is no default: it stands in units, dates, blood pressures and vertebrae. A line's end comes late,
# since a list that has other delimiters may be wrapped anywhere.
_DEFAULT: Final = ";|、\n,"
_TWINS: Final = {
    twin: pair for pair in (";；", ",，", "、､", "|｜", "/／", ".．", ":：", "\n\r") for twin in pair
}
_BLANKS: Final = " \t\r\n\u3000\xa0"

# Numbers in front of parts: ①, (1), 1. 1、 1) at the start, after whitespace, a delimiter, or what readers
# of images glue them to: a Chinese character or a bracket.
_DIGITS: Final = str.maketrans("０１２３４５６７８９（）．", "0123456789().")
_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MARK: Final = re.compile(
    rf"(?P<circled>[{_CIRCLED}])|\((?P<enclosed>[1-9][0-9]?)\)"
    r"|(?:(?<=[\s;；、,，。|\u4e00-\u9fff)）])|^)(?P<plain>[1-9][0-9]?)(?P<style>[.、)])(?![0-9])"
)


def set_form(delimiters: str = _DEFAULT) -> Callable[[str], str]:
    """Return a function that normalizes delimited strings: folded parts in any order, with repeats.

    Parameters
    ----------
    delimiters
        The characters that part a text, the strongest first; each also stands for its full or half width. A
        comma or full stop between two digits parts nothing.

    Raises
    ------
    SpecError
        If the delimiters are not a text of one character or more.
    """
    if not isinstance(delimiters, str) or not delimiters:
        raise SpecError(f"delimiters: expected a text of one character or more, got {delimiters!r}")
    levels = [_splitter(delimiter) for delimiter in delimiters]
    signs = "".join(_TWINS.get(delimiter, delimiter) for delimiter in delimiters)
    edges = signs + _BLANKS
    special = re.compile(f"[{re.escape(signs)}①(（1１]")

    def form(text: str) -> str:
        if special.search(text) is None:
            folded = folded_text(text)
            return f"\x00l:{folded}" if folded else folded
        inner = text.strip(edges)
        parts = _numbered(inner)
        for level in levels:
            if len(parts) < 2:
                parts = level.split(inner)
        kept = sorted(folded for part in parts if (folded := folded_text(part.strip(edges))))
        return "\x00l:" + "\n".join(kept) if kept else folded_text(text)

    return form


def _splitter(delimiter: str) -> re.Pattern[str]:
    signs = re.escape(_TWINS.get(delimiter, delimiter))
    if delimiter in ",，.．":
        return re.compile(rf"(?<![0-9０-９])[{signs}]|[{signs}](?![0-9０-９])")
    return re.compile(f"[{signs}]")


def _numbered(text: str) -> list[str]:
    """Cut a text in front of the numbers 1, 2, … where it begins with the first; nothing if it has no two."""
    plain = text.translate(_DIGITS)
    cuts: list[tuple[int, int]] = []
    style = None
    for mark in _MARK.finditer(plain):
        circled = mark["circled"]
        number = _CIRCLED.index(circled) + 1 if circled else int(mark["enclosed"] or mark["plain"])
        shape = mark["style"] or mark.lastgroup
        if not cuts and (number != 1 or plain[: mark.start()].strip()):
            return []
        if number == len(cuts) + 1 and style in (None, shape):
            cuts.append(mark.span())
            style = shape
    if len(cuts) < 2:
        return []
    ends = [start for start, _ in cuts[1:]] + [len(text)]
    return [text[start:end] for (_, start), end in zip(cuts, ends, strict=True)]
