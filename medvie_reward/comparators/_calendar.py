"""The calendar: the days that exist, and the names and digits of years, months, days and weekdays."""

from __future__ import annotations

from typing import Final

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TWO: Final = tuple(f"{number:02}" for number in range(32))
_LENGTHS: Final = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

WEEKDAYS: Final = {
    name: day
    for day, names in enumerate(["mon 一", "tue 二", "wed 三", "thu 四", "fri 五", "sat 六", "sun 日 天"])
    for name in names.split()
}
"""The first letters of a weekday, or its last character in Chinese, and its number from Monday."""
HAN_DIGITS: Final = {character: digit for digit, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "○": 0,
}

MONTH_NAME: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
WEEKDAY_NAME: Final = r"(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
"""Patterns of names in lower case, in full or cut short."""


def iso_date(year: int, month: int, day: int) -> str | None:
    """Write a date, if there is one."""
    if year < 1000 or not 1 <= month <= 12 or not 1 <= day <= _LENGTHS[month]:
        return None
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        return None
    return f"{year}-{_TWO[month]}-{_TWO[day]}"


def month_number(text: str) -> int:
    """Read a month written as a number or by its name."""
    return int(text) if text[0].isdigit() else _MONTHS.index(text[:3]) + 1


def han_number(text: str) -> int:
    """Read 一 to 三十一; what is not written so gives 0, which is no day and no month."""
    tens, ten, units = text.rpartition("十")
    if len(tens) > 1 or len(units) > 1 or "十" in tens:
        return 0
    return (HAN_DIGITS[tens] if tens else 1 if ten else 0) * 10 + (HAN_DIGITS[units] if units else 0)


def full_year(year: int) -> int:
    """Write out a year of two digits."""
    return year + (1900 if year >= 69 else 2000)
