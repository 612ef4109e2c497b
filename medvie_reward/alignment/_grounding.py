"""Check whether a value occurs in the page text.

Grounding checks whether a value may have been read from the page, not whether it is the right one: if a
string can be read in two ways, either counts. The following are found:

- words one after the other, without regard to case, whitespace and punctuation; not parts of words, but for
  scripts that put no spaces between words. A few words may stand in turned order (``SMITH, JOHN``);
- a number by its value and with its minus, a date by its day, in any spelling, and a number whose unit stands
  elsewhere, as in a table;
- a long text of which OCR has spoilt some letters or turned the order of lines. No number in it may differ.

Signs without a word (``++``) are looked for as they are, and a ``<`` beside a number is not looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from medvie_reward.alignment._page_numbers import read_number, read_quantity
from medvie_reward.comparators.dates import DATE_LIKE, read_date
from medvie_reward.comparators.number import value_text
from medvie_reward.comparators.text import folded_text

_ORDERS: Final = ("dmy", "mdy", "ymd")

# Scripts that put no whitespace between words: Thai to Myanmar, Khmer, kana and Chinese characters; and
# letters that are signs, beside which folding takes whitespace away.
_UNBROKEN: Final = (
    "\u2100-\u214f\u2776-\u2793"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD: Final = re.compile(rf"\d+(?:\.\d+)?|[{_UNBROKEN}]|[^\W\d_{_UNBROKEN}]+")
_is_unbroken: Final = re.compile(f"[{_UNBROKEN}]").match
# Whitespace between two numbers stays; without it they would be another number.
_GAP: Final = re.compile(r" (?!(?<=\d )\d)")
_THOUSANDS: Final = re.compile(r"(?<=\d)(?<!\b0),(?=\d{3}(?!\d))")
# OCR writes 25/12/20188:13:39.
_GLUED_TIME: Final = re.compile(r"(?<!\d)(\d{1,4}([-/.])\d{1,2}\2(?:\d{4}|\d\d))(?=\d{1,2}:\d\d)")
_TIME: Final = re.compile(r"(?<!\d)\d{1,2}:\d\d")
# 二〇二四年三月五日 has no other figures.
_has_figures: Final = re.compile(r"[\d年]").search

_POWER: Final = r"(?:e[+-]?\d{1,6}|\^[+-]?\d{1,3}|\s?[x×*]\s?10\s?\^?\s?[+-]?\d{1,3})"
_NUMBER: Final = re.compile(rf"((?<![\w.])\.\d+|\d(?:[\d.,']*\d)?)({_POWER}(?!\d))?")
_PLAIN: Final = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PIECE: Final = re.compile(r"\d+(?:\.\d+)?")
_SPACED: Final = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?:[.,]\d{1,2})?(?![\d.,])")
_MINUS: Final = re.compile(r"(?:^|\D)-\s?(?:[a-z]{0,3}\.?[$¥€£₹₩]?)\s?$")
_BEFORE: Final = 12
_DIGITS: Final = "0123456789"
_DAY: Final = len("2024-03-05")

# No number, date or quantity is longer.
_SHORT: Final = 64
# Telephone numbers and the like: so many digits in a row are no accident, however they are grouped.
_TELLING_DIGITS: Final = 7
_MOST_TRIES: Final = 32
_MOST_TURNED: Final = 4

# A text is long from so many words and letters on; a Chinese character counts as two letters. Of a long text
# 80 % of the letters have to be found in words that stand together: nine in ten receipts with one letter in
# twenty misread still hold their own address so, and no receipt that of another (benchmarks/grounding.py).
_LONG_WORDS: Final = 4
_LONG_LETTERS: Final = 20
_ENOUGH: Final = 0.8
_HALF: Final = 0.5
# Twice its length, since OCR may read two columns as one, and room for a line that does not belong to it.
_STRETCH: Final = 2
_SLACK: Final = 8
_PART_WORDS: Final = 256
_MOST_PARTS: Final = 8
# Numbers, and the letters that number things: hepatitis B, stage III.
_is_exact: Final = re.compile(r"\d.*|[^\W_]|[ivx]+").fullmatch
_JOINED_WORDS: Final = 4
_MISREAD_LENGTH: Final = 5
_MISREAD_TWICE: Final = 9
_MOST_MISREAD: Final = 8


@dataclass(frozen=True)
class Source:
    """The text that a document was read from, as OCR gives it.

    Parameters
    ----------
    text
        The text of the page, or its lines.

    Raises
    ------
    TypeError
        If ``text`` is neither a text nor lines.
    """

    text: str | Sequence[str] = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            object.__setattr__(self, "text", "\n".join(self.text))

    def holds(self, value: str) -> bool:
        """Check whether a value is in the source, in any spelling; an empty value always is.

        Parameters
        ----------
        value
            A leaf as text, as `medvie_reward._core.json_values.scalar_text` writes it.
        """
        text = folded_text(value)
        words = _words(text)
        if not words:
            return _signs(text) in self._signs
        if len(text) > _SHORT:
            return self._has_words(words) or self._has_long(words)
        if _has_figures(text) is None:
            return self._has_words(words) or self._has_turned(words)
        number = read_number(value)
        if number is not None and number in self._numbers:
            return True
        if text[0] == "-" and (negative := _negative(value)) is not None:
            # What stands before -.5 or -$5 may be a number with which folding has joined it.
            return negative in self._numbers or (text[1] not in _DIGITS and negative[1:] in self._numbers)
        days = {date for date in _readings(text) if len(date) == _DAY}
        if days:
            # Day, month and year are not three numbers that happen to follow each other.
            return not self._dates.isdisjoint(days) or self._has_as_it_is(text)
        if self._has_words(words) or self._has_date(text):
            return True
        return number is None and (self._has_quantity(value, words) or self._has_turned(words))

    # -- words -------------------------------------------------------------------------------------------

    @cached_property
    def _folded(self) -> str:
        return folded_text("".join(self.text))

    @cached_property
    def _signs(self) -> str:
        # A last full stop may have been folded away.
        return f"{_signs(self._folded)}."

    @cached_property
    def _words(self) -> list[str]:
        return _words(self._folded)

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(self._words)

    @cached_property
    def _spaced(self) -> str:
        return f" {' '.join(self._words)} "

    @cached_property
    def _run(self) -> _Run:
        return _run(self._words, apart=True)

    @cached_property
    def _digits(self) -> _Run:
        return _run(self._words, apart=False)

    def _has_words(self, words: list[str]) -> bool:
        if len(words) == 1 and words[0] in self._vocabulary:
            return True
        if f" {' '.join(words)} " in self._spaced or self._run.holds(_joined(words)):
            return True
        digits = "".join(words)
        return len(digits) >= _TELLING_DIGITS and digits.isdecimal() and self._digits.holds(digits)

    def _has_turned(self, words: list[str]) -> bool:
        """Find a name whose parts stand in turned order."""
        turns = range(1, len(words)) if len(words) <= _MOST_TURNED and all(map(_is_letters, words)) else ()
        return any(self._has_words(words[at:] + words[:at]) for at in turns) or self._has_long(words)

    # -- numbers and dates -------------------------------------------------------------------------------

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(n for text in _numerals(self._folded) if (n := read_number(text)) is not None)

    @cached_property
    def _dates(self) -> frozenset[str]:
        found = {date for like in DATE_LIKE.finditer(self._folded) for date in _readings(like.group())}
        found.update(d for like in _GLUED_TIME.finditer(self._folded) for d in _readings(like.group()))
        # A date says its month and its year, too.
        return frozenset(date[:length] for date in found for length in (4, 7, 10))

    def _has_as_it_is(self, text: str) -> bool:
        """Find a text letter by letter, not inside a longer number."""
        at = -1
        for _ in range(_MOST_TRIES):
            at = self._folded.find(text, at + 1)
            if at < 0:
                return False
            end = at + len(text)
            if not (self._folded[at - 1 : at].isdecimal() or self._folded[end : end + 1].isdecimal()):
                return True
        return False

    def _has_date(self, text: str) -> bool:
        """Find a date with a time beside it, or a month or year that is written otherwise."""
        time = _TIME.search(text)
        if time is None:
            return not self._dates.isdisjoint(_readings(text))
        date = text[: time.start()].rstrip(" ,t")
        return not self._dates.isdisjoint(_readings(date)) and self._has_words(_words(text[time.start() :]))

    def _has_quantity(self, value: str, words: list[str]) -> bool:
        """Find a number, and what stands beside it wherever it may be."""
        quantity = read_quantity(value)
        if quantity is None:
            return False
        bare = quantity._replace(power=None)
        if self._numbers.isdisjoint((value_text(bare, kept=False), value_text(quantity, kept=False))):
            return False
        at = next((at for at, word in enumerate(words) if word[0].isdecimal()), 0)
        return all(not part or self._has_words(part) for part in (words[:at], words[at + 1 :]))

    # -- long texts --------------------------------------------------------------------------------------

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where each unit of a long text stands, and each two words that a value may write as one."""
        places: dict[str, list[int]] = {}
        for at, unit in _units(self._words):
            places.setdefault(unit, []).append(at)
        for at, (first, second) in enumerate(pairwise(self._words)):
            if _is_letters(first) and _is_letters(second):
                places.setdefault(first + second, []).append(at)
        return places

    def _has_long(self, words: list[str]) -> bool:
        """Find a long text part by part, so that the work is bounded by the length of the source."""
        parts = max(1, min(-(-len(words) // _PART_WORDS), _MOST_PARTS))
        size = -(-len(words) // parts)
        return all(self._has_part(words[at : at + size]) for at in range(0, len(words), size))

    def _has_part(self, words: list[str]) -> bool:
        letters = sum(2 if _is_unbroken(word) else len(word) for word in words if not word[0].isdecimal())
        figures = sum(len(word) for word in words if word[0].isdecimal())
        if len(words) < _LONG_WORDS or letters + figures < _LONG_LETTERS or letters < figures:
            return False
        for word in words:
            if (
                word[0].isdecimal()
                and word not in self._vocabulary
                and read_number(word) not in self._numbers
            ):
                return False
        need = Counter(self._as_written([unit for _, unit in _units(words)]))
        total = sum(len(unit) * count for unit, count in need.items())
        size = _STRETCH * len(words) + _SLACK
        found, end = self._densest(need, size, total)
        if found < _ENOUGH * total and found >= _HALF * total:
            stretch = self._words[max(0, end - size + 1) : end + size]
            found += _misread(need, stretch)
        return found >= _ENOUGH * total

    def _as_written(self, units: Sequence[str]) -> Iterator[str]:
        """Return units, several words as one where the source runs them together."""
        at = 0
        while at < len(units):
            for size in range(min(_JOINED_WORDS, len(units) - at), 1, -1):
                joined = "".join(units[at : at + size])
                if joined in self._places and all(map(_is_letters, units[at : at + size])):
                    break
            else:
                size, joined = 1, units[at]
            yield joined
            at += size

    def _densest(self, need: Counter[str], size: int, total: int) -> tuple[int, int]:
        """Return the letters of the units in the stretch of words that has most of them, and where it ends.

        Only stretches with all numbers count; where there is none the letters are -1.
        """
        held = [unit for unit in need if unit in self._places]
        exact = {unit for unit in need if _is_exact(unit)}
        if not exact.issubset(held) or sum(len(unit) * need[unit] for unit in held) < _HALF * total:
            return -1, 0
        spots = sorted((at, unit) for unit in held for at in self._places[unit])
        have: Counter[str] = Counter()
        letters, lacking, first = 0, sum(need[unit] for unit in exact), 0
        best = (-1, 0)
        for at, unit in spots:
            have[unit] += 1
            if have[unit] <= need[unit]:
                letters += len(unit)
                lacking -= unit in exact
            while spots[first][0] <= at - size:
                gone = spots[first][1]
                if have[gone] <= need[gone]:
                    letters -= len(gone)
                    lacking += gone in exact
                have[gone] -= 1
                first += 1
            if not lacking and letters > best[0]:
                best = (letters, at)
                if letters >= _ENOUGH * total:
                    break
        return best


class _Run(NamedTuple):
    """Words written without whitespace, and at which places words start and end."""

    text: str
    starts: bytes
    ends: bytes

    def holds(self, text: str) -> bool:
        """Find a text that starts where a word starts and ends where a word ends."""
        at = -1
        for _ in range(_MOST_TRIES):
            at = self.text.find(text, at + 1)
            if at < 0:
                return False
            if self.starts[at] and self.ends[at + len(text)]:
                return True
        return False


def _run(words: Sequence[str], *, apart: bool) -> _Run:
    """Write words without whitespace, with or without that between two numbers."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    length = 0
    previous = ""
    for word in words:
        if apart and previous.isdecimal() and word[0].isdecimal():
            parts.append(" ")
            length += 1
        previous = word[-1]
        parts.append(word)
        starts.append(length)
        length += len(word)
        ends.append(length)
    return _Run("".join(parts), _marked(starts, length), _marked(ends, length))


def _marked(places: Sequence[int], length: int) -> bytes:
    marks = bytearray(length + 1)
    for place in places:
        marks[place] = 1
    return bytes(marks)


def _joined(words: Sequence[str]) -> str:
    """Write words as `_run` does."""
    return _GAP.sub("", " ".join(words))


def _words(folded: str) -> list[str]:
    """Return the words, numbers and unbroken characters; a lone ``x`` is a times sign, and so no word."""
    if "," in folded:
        folded = _THOUSANDS.sub("", folded)
    if ":" in folded:
        folded = _GLUED_TIME.sub(r"\1 ", folded)
    return [word for word in _WORD.findall(folded) if word != "x"]


def _signs(folded: str) -> str:
    """Write a text without what prints nothing, and its signs as they may have been put together."""
    return "".join(folded.split()).replace("\u200b", "").replace("≥", ">=").replace("≤", "<=")


def _is_letters(word: str) -> bool:
    return not word[0].isdecimal() and _is_unbroken(word) is None


def _units(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Return the units of a long text and where they stand: words, numbers by value, pairs of characters."""
    paired = False
    for at, word in enumerate(words):
        if _is_letters(word):
            yield at, word
        elif word[0].isdecimal():
            yield at, read_number(word) or word
        elif at + 1 < len(words) and _is_unbroken(words[at + 1]):
            yield at, word + words[at + 1]
            paired = True
            continue
        elif not paired:
            yield at, word
        paired = False


def _misread(need: Counter[str], stretch: Sequence[str]) -> int:
    """Count the letters of the words that stand there with a letter or two misread."""
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import extractOne

    have = Counter(stretch)
    lost = [u for u in need if need[u] > have[u] and len(u) >= _MISREAD_LENGTH and _is_letters(u)]
    letters = 0
    for word in lost[:_MOST_MISREAD]:
        most = 1 if len(word) < _MISREAD_TWICE else 2
        if extractOne(word, stretch, scorer=Levenshtein.distance, score_cutoff=most) is not None:
            letters += len(word)
    return letters


def _readings(text: str) -> set[str]:
    """Read a date in every order of its parts."""
    return {date for order in _ORDERS if (date := read_date(text, order)) is not None}


def _negative(value: str) -> str | None:
    """Read a number below zero, with or without a unit, that is written with its minus right before it."""
    if not any(map(str.isdecimal, value.split(maxsplit=1)[0])):
        return None
    quantity = read_quantity(value)
    if quantity is None or not quantity.negative:
        return None
    return value_text(quantity._replace(power=None), kept=False)


def _numerals(folded: str) -> Iterator[str]:
    """Return every spelling of a number in a text."""
    for found in _NUMBER.finditer(folded):
        number, power = found.groups()
        yield number
        if power:
            yield found.group()
        if _PLAIN.fullmatch(number) is None:
            yield from _PIECE.findall(number)
            yield from re.findall(r"\d+", number)
        if _has_minus(folded, found.start()):
            yield f"-{number}"
            yield f"-{found.group()}"
    for found in _SPACED.finditer(folded):
        number = found.group().replace(" ", "")
        yield number
        if _has_minus(folded, found.start()):
            yield f"-{number}"


def _has_minus(folded: str, at: int) -> bool:
    before = folded[max(0, at - _BEFORE) : at]
    return "-" in before and _MINUS.search(before) is not None
