"""What could be a date in a running text: a pattern alone, apart from those that read one."""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators._calendar import MONTH_NAME, WEEKDAY_NAME

_D: Final = "[0-9０-９]"
_GAP: Final = "[ \u3000]{0,2}"
_SEP: Final = rf"{_GAP}[-/.－／．‐‑‒–—―−]{_GAP}"
_ANY: Final = rf"(?i:{MONTH_NAME})"
# OCR writes WEDOCTOBER11,2017.
_GLUED: Final = rf"(?i:{WEEKDAY_NAME},?)"

DATE_LIKE: Final = re.compile(
    rf"(?<!{_D})(?:"
    rf"{_D}{{4}}{_SEP}(?:{_D}{{1,2}}|{_ANY}){_SEP}(?:{_D}{{2}}(?={_D}{{2}}[:：])|{_D}{{1,2}}(?!{_D}))"
    rf"|{_D}{{4}}{_GAP}年(?:{_GAP}{_D}{{1,2}}{_GAP}月(?:份|{_GAP}{_D}{{1,2}}{_GAP}[日号])?)?"
    rf"|{_D}{{1,2}}{_SEP}(?:{_D}{{1,2}}|{_ANY}){_SEP}(?:{_D}{{4}}|{_D}{{2}})(?!{_D})"
    rf"|{_D}{{1,2}}(?i:st|nd|rd|th)?[ -]?(?i:of )?{_ANY}[.,]{{0,2}}[ -]?{_D}{{4}}(?!{_D})"
    rf"|{_D}{{4}},?[ -]{_ANY}(?:\.? {_D}{{1,2}}(?!{_D}))?"
    rf"|{_D}{{8}}(?=(?:{_D}{{4}}|{_D}{{6}})?(?!{_D}))"
    rf"|{_D}{{4}}{_SEP}{_D}{{1,2}}(?!{_D})"
    rf"|{_D}{{1,2}}{_SEP}{_D}{{4}}(?!{_SEP}?{_D})"
    rf"|{_D}{{4}}(?!{_D})"
    r")"
    rf"|(?<![A-Za-z]){_GLUED}?{_ANY}\.?[ -]?{_D}{{1,2}}(?i:st|nd|rd|th)?(?:[,，] ?|[ -]){_D}{{4}}(?!{_D})"
    rf"|(?<![A-Za-z]){_GLUED}?{_ANY}\.?[ ,/-]{{0,2}}{_D}{{4}}(?!{_D})"
    r"|[〇零○一二三四五六七八九]{4}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}[日号])?)?"
)
"""Finds what could be a date in a running text, without weekday; `read_date` says whether it is one.

Every repetition is bounded, so the time is linear in the text.
"""
