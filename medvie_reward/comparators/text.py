"""Texts -> normal forms that change no meaning.

``unicode_text`` and ``strip_text`` change next to nothing. ``folded_text`` is what other comparators fall
back to: it takes away how a text is typeset, never what it says. There is no general compatibility mapping in
any of them, because that turns ``10²`` into ``102`` and ``10⁹/L`` into ``109/L``.

What ``folded_text`` makes equal:

- case; full-width and half-width forms, ligatures, unit squares (``㎎``), Roman numeral signs, fractions;
- Chinese punctuation and its ASCII counterpart (``、`` is a comma), all dashes, all quotes, all tildes;
- ``>=`` and ``≥``, ``<=`` and ``≤``; ``10²`` and ``10^2``; ``H₂O`` and ``H2O``;
- characters that print nothing; whitespace beside punctuation or Chinese characters, which readers of
  images put in and leave out at will. Between two words or two figures whitespace stays, and so does
  whitespace that keeps ``1, 234`` from ``1,234`` and ``3 -5`` from ``3-5``;
- a last full stop after a letter, a bracket or a percent sign, where more than two characters or a Chinese
  one come before it. After a figure it stays: ``5.`` may be all that was read of ``5.6``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal

# Chinese characters and kana: scripts that put no whitespace between words.
_CJK: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_CHINESE: Final = re.compile("[\u4e00-\u9fff]+")
# Chinese characters, and punctuation and symbols as far as they are still there once characters are mapped.
_TIGHT: Final = rf"[{_CJK}!-/:-@\[-`{{-~¡-©«-±´¶-¸»¿×÷‐-‧‰-⁞₠-⃀℀-⅏←-⑟─-⯿、-〄〈-〠]"
# Whitespace may go beside these, unless that would join two figures into one or make a sign a dash.
_LOOSE: Final = re.compile(
    rf" (?!(?<=\d[.,] )\d)(?!(?<=\d [.,] )\d)(?!(?<=\d )[.,+-]\d)(?:(?={_TIGHT})|(?<={_TIGHT} ))"
)
_SUPERSCRIPT: Final = re.compile("([⁺⁻]?)([⁰¹²³⁴-⁹]+)")
_SUBSCRIPT: Final = re.compile("[₀-₉]+")
_SCRIPTS: Final = re.compile("[⁰¹²³⁴-⁻₀-₋]")
_FIGURES: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉⁺⁻₊₋", "01234567890123456789+-+-")
# Behind a letter, and at the end of a word: x^2-y is no ion.
_CHARGE: Final = re.compile(r"(?<=[A-Za-z])(?:([²³⁴]?[⁺⁻])|\^([2-4]?[+-]))(?![\w⁰-⁹])")
_STOP: Final = re.compile(r"(?:[^\W\d_]|[)\]%\"])\Z")
_INVISIBLE: Final = "\u200b"


def _table() -> dict[int, str]:
    """Build the table of what one character is written as."""
    table: dict[int, str] = {}
    # Compatibility forms that read as what they decompose to; squares keep their powers (㎡ is m²).
    for first, last in (
        (0x2160, 0x217F),
        (0x2E9F, 0x2E9F),
        (0x2EF3, 0x2EF3),
        (0x2F00, 0x2FD5),
        (0x3371, 0x337A),
        (0x3380, 0x33DF),
        (0xFB00, 0xFB06),
        (0xFE50, 0xFE6B),
        (0xFF01, 0xFF9F),
        (0xFFE0, 0xFFE6),
    ):
        for code in range(first, last + 1):
            kind, *parts = unicodedata.decomposition(chr(code)).split() or [""]
            if kind.startswith("<"):
                table[code] = "".join(chr(int(part, 16)) for part in parts)
    # Fractions stand off from figures on either side: 1½ is 1 1/2, not 11/2.
    for code in (0xBC, 0xBD, 0xBE, *range(0x2150, 0x215F)):
        table[code] = f" {unicodedata.normalize('NFKC', chr(code)).replace(chr(0x2044), '/')} "
    for written, characters in (
        (".", "。｡"),
        (",", "、､"),
        ("-", "‐‑‒–—―−－﹘﹣⁃─"),
        ("~", "～〜∼∽˜"),
        ('"', "“”„‟″「」『』｢｣«»"),
        ("'", "‘’‚‛′ʼ"),
        ("[", "【〔〖"),
        ("]", "】〕〗"),
        ("<", "〈\u2329˂"),
        (">", "〉\u232a˃"),
        ("≤", "≦⩽"),
        ("≥", "≧⩾"),
        (":", "∶"),
        ("/", "⁄∕"),
        ("°", "º˚"),
        ("·", "•・･⋅∙‧"),
        ("...", "…⋯"),
        ("..", "‥"),
        ("°C", "℃"),
        ("°F", "℉"),
        ("No.", "№"),
        ("μ", "µ"),
        ("Δ", "∆"),
        ("'n", "ŉ"),
        ("ι", "\u0345"),
    ):
        table.update(dict.fromkeys(map(ord, characters), written))
    # What prints nothing: controls, soft hyphens, zero-width marks, directions, variation selectors.
    for first, last in (
        (0x00, 0x08),
        (0x0E, 0x1B),
        (0x7F, 0x84),
        (0x86, 0x9F),
        (0xAD, 0xAD),
        (0x180E, 0x180E),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x2060),
        (0x2066, 0x2069),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
    ):
        table.update(dict.fromkeys(range(first, last + 1), ""))
    # What the squares and the widths decompose to may be in the table itself.
    return {code: written.translate(table) for code, written in table.items()}


_TABLE: Final = _table()

# `unicodedata` puts the marks on one letter in order by swapping neighbors, which takes quadratic time. In a
# text of this length that is nothing; in a longer one the marks are put in order first, where many follow
# each other: no letter bears so many. Marks are neither letters nor figures, but for two: half-width kana
# have their voice marks as letters, which become marks with the width.
_SHORT: Final = 250
_CROWD: Final = re.compile(r"(?:[^\w\x00-\u02ff]|[\uff9e\uff9f]){32,}")
_PIECE: Final = 32
# Shorter runs are left to `unicodedata`.
_MARKS: Final = re.compile(rb"[^\0]{%d,}" % _PIECE)

NormalForm = Literal["NFC", "NFD", "NFKC", "NFKD"]
_APART: Final[dict[NormalForm, NormalForm]] = {"NFC": "NFD", "NFD": "NFD", "NFKC": "NFKD", "NFKD": "NFKD"}


def normalized(form: NormalForm, text: str) -> str:
    """Write a text in a Unicode normal form, as `unicodedata.normalize` does, in linear time."""
    if len(text) > _SHORT and not text.isascii():
        text = _CROWD.sub(lambda crowd: _ordered(_APART[form], crowd[0]), text)
    return unicodedata.normalize(form, text)


def _ordered(apart: NormalForm, crowd: str) -> str:
    """Take signs apart and write each long run of marks in its canonical order, as normalization does.

    That order is by class and within a class as it was: a stable sort. So sorting short pieces first, as
    taking them apart does, changes nothing.
    """
    pieces = (crowd[at : at + _PIECE] for at in range(0, len(crowd), _PIECE))
    signs = "".join([unicodedata.normalize(apart, piece) for piece in pieces])
    classes = bytes(map(unicodedata.combining, signs))
    written: list[str] = []
    end = 0
    for run in _MARKS.finditer(classes):
        written.append(signs[end : run.start()])
        end = run.end()
        written += sorted(signs[run.start() : end], key=unicodedata.combining)
    written.append(signs[end:])
    return "".join(written)


def unicode_text(text: str) -> str:
    """Write a text in NFC, without outer whitespace and with single inner spaces."""
    if not text.isascii():
        text = normalized("NFC", text)
    return " ".join(text.split())


def strip_text(text: str) -> str:
    """Write a text without its outer whitespace."""
    return text.strip()


def folded_text(text: str, afresh: bool = False) -> str:
    """Write a text without case and typesetting; see the top of this module.

    The form of a form is itself, and no form starts with a NUL character, so other comparators may tag their
    forms with one. With ``afresh`` a long text is not looked up among the last ones.
    """
    if text.isalnum() and (text.isascii() or _CHINESE.fullmatch(text)):
        return text.lower()
    if len(text) > _SHORT and not afresh:
        return _last_folded(text, True)
    text = folded_marks(text)
    if text.isascii():
        return text.lower()
    # Case may bring letters with it, or join them with a mark.
    return _without_stop(normalized("NFC", normalized("NFD", text).casefold()))


# A comparator asks one kind of value after another whether a text is one, and each of them folds it.
_last_folded: Final = lru_cache(maxsize=2)(folded_text)


def ion_text(text: str) -> str:
    """Write a text as `folded_text` does, with the charge of an ion on its line: ``Ca²⁺`` is ``Ca2+``."""
    if "⁺" in text or "⁻" in text or "^" in text:
        text = _CHARGE.sub(_charge, text)
    return folded_text(text)


def _charge(found: re.Match[str]) -> str:
    return (found[1] or found[2]).translate(_FIGURES)


def folded_marks(text: str, afresh: bool = False) -> str:
    """Write a text as `folded_text` does, with its case kept."""
    if len(text) > _SHORT and not afresh:
        return _last_marks(text, True)
    if not text.isascii():
        shown = normalized("NFC", text.translate(_TABLE))
        if _SCRIPTS.search(shown):
            shown = _SUBSCRIPT.sub(_below, _SUPERSCRIPT.sub(_above, shown)).translate(_FIGURES)
    else:
        shown = text if text.isprintable() else text.translate(_TABLE)
    words = shown.split()
    if not words:
        return _INVISIBLE if text.strip() else ""
    shown = " ".join(words)
    if len(words) > 1:
        shown = _LOOSE.sub("", shown)
    if "=" in shown:
        shown = shown.replace(">=", "≥").replace("<=", "≤")
    return _without_stop(shown)


_last_marks: Final = lru_cache(maxsize=2)(folded_marks)


def _without_stop(text: str) -> str:
    """Take the last full stop off a text, unless it may belong to a figure or a short word."""
    if text[-1] == "." and _STOP.search(text, 0, len(text) - 1) and (len(text) > 3 or text[-2] > "\u2e80"):
        return text[:-1]
    return text


def _above(found: re.Match[str]) -> str:
    """Write a power with ``^``, apart from a figure that comes after it."""
    after = found.string[found.end() : found.end() + 1]
    return f"^{found[0]}{' ' if after.isdecimal() else ''}"


def _below(found: re.Match[str]) -> str:
    """Write an index as plain figures where it can join no other, else with ``_``."""
    before = found.string[max(found.start() - 1, 0) : found.start()]
    after = found.string[found.end() : found.end() + 1]
    if after.isdecimal():
        return f"_{found[0]} "
    return found[0] if before.isalpha() or before == ")" else f"_{found[0]}"
