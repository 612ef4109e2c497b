"""Dates, times, and both together, each with the precision it was written with.

A month is not its first day, a date is not its midnight (unless the option ``midnight`` says so), 08:05 is
not 08:05:00, and no zone is converted. What would have to be guessed is not: where a day and a month could
change places or a year has two digits (unless the option ``order`` says where they stand) the numbers keep
their places, and only zeros in front of them and the marks between them mean nothing: ``03/05/2024`` is
``3-5-2024``, and neither ``5/3/2024`` nor ``2024-05-03``. A day that does not exist stays text. A Minguo year
stays one: 民國113年 is 民国113年 and not 2024, and 113/03/05 is 113/3/5. A weekday beside a date says nothing
new and is dropped, but only where it is that date's weekday.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Final

from medvie_reward.comparators._calendar import (
    HAN_DIGITS,
    MONTH_NAME,
    WEEKDAY_NAME,
    WEEKDAYS,
    full_year,
    han_number,
    iso_date,
    month_number,
)
from medvie_reward.comparators._date_like import DATE_LIKE as DATE_LIKE
from medvie_reward.comparators._times import CLOCK, DAY_PART, HALF_DAY, LONGEST, SIMPLE, filled, read_time
from medvie_reward.comparators.text import folded_text
from medvie_reward.errors import SpecError

_ORDERS: Final = ("none", "dmy", "mdy", "ymd")

_WEEK: Final = rf"(?:{WEEKDAY_NAME}\.?|(?:星期|周|礼拜)[一二三四五六日天])"
# The commonest spellings, read before the text is folded.
_PLAIN: Final = re.compile(
    r"([1-9][0-9]{3})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)"
    r"(?:[ T]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?))?"
)
# The last number may touch a time, as OCR writes it: 2024-03-0508:30.
_LAST: Final = r"(?:[0-9]{4}|[0-9]{2})(?=[0-9]{2}:[0-9]{2})|(?:[0-9]{4}|[0-9]{1,2})(?![0-9])"
_DAY: Final = re.compile(
    rf"(?:(?P<before>{_WEEK}),? ?)?(?:"
    r"(?P<a>[0-9]{4}|[0-9]{1,2}) ?(?P<mark>[-/.]) ?"
    rf"(?P<b>[0-9]{{1,2}}|{MONTH_NAME}) ?(?P=mark) ?(?P<c>{_LAST})"
    r"|(?P<year>[0-9]{4}) ?年 ?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?[日号]"
    r"|(?P<digits>[0-9]{8})(?P<compact>t?[0-9]{4}(?:[0-9]{2})?)?(?![0-9])"
    rf"|(?P<day1>[0-9]{{1,2}})(?:st|nd|rd|th)?[ -]?(?:of )?"
    rf"(?P<name1>{MONTH_NAME})\.?,?[ -]?(?P<year1>[0-9]{{4}})"
    rf"|(?P<name2>{MONTH_NAME})\.?[ -]?(?P<day2>[0-9]{{1,2}})(?:st|nd|rd|th)?"
    rf"(?:, ?|[ -])(?P<year2>[0-9]{{4}})"
    rf"|(?P<year3>[0-9]{{4}}),? (?P<name3>{MONTH_NAME})\.? (?P<day3>[0-9]{{1,2}})(?![0-9])"
    rf")(?: ?,? ?[(\[]?(?P<after>{_WEEK})[)\]]?)?"
)
_MONTH: Final = re.compile(
    r"(?P<y1>[0-9]{4}) ?[-/.] ?(?P<m1>[0-9]{1,2})"
    r"|(?P<y2>[0-9]{4}) ?年(?: ?(?P<m2>[0-9]{1,2}) ?月份?)?"
    r"|(?P<m3>[0-9]{1,2}) ?[-/.] ?(?P<y3>[0-9]{4})"
    rf"|(?P<m4>{MONTH_NAME})\.?[ ,/-]{{0,2}}(?P<y4>[0-9]{{4}})"
    rf"|(?P<y5>[0-9]{{4}})[ -](?P<m5>{MONTH_NAME})\.?"
    r"|(?P<y6>[0-9]{4})"
)
# Four digits, eight digits, and a month's number beside four digits may be a number of something else.
_CENTURIES: Final = ("18", "19", "20")
_HAN_DATE: Final = re.compile(
    r"([〇零○一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})[日号])?)?"
)
# A time in front of its date. It has a colon or an h, or it may be anything.
_TIME_FIRST: Final = re.compile(
    rf"((?:(?:{DAY_PART}|{HALF_DAY}) ?)?[0-9]{{1,2}}[:h][0-9]{{2}}(?::[0-9]{{2}})?(?: ?(?:{HALF_DAY}))?)"
    r"(?:,? (?:on )?|,)"
)
# Years of the Republic of China stay what they are; so do years of three figures, which may be such.
_ERA: Final = re.compile(
    r"(?:(?:中华)?(民国) ?)?([0-9]{1,3}) ?(?:年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?[日号]"
    r"|([/.-]) ?([0-9]{1,2}) ?\5 ?([0-9]{1,2})(?![0-9]))"
)
_JOIN: Final = re.compile(r"t|,? ?(?:at )?")
_MIDNIGHT: Final = re.compile(r"T00:00(?::00(?:\.0+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_PARTED: Final = re.compile(r" ?(?:-{1,2}|~|至|到|/|\bto\b|\buntil\b|\bthrough\b) ?")
_FROM: Final = re.compile(r"^(?:from |自|从)")
_UNTIL: Final = re.compile(r"(?:止|为止)$")


def date_form(order: str = "none", midnight: bool = False) -> Callable[[str], str]:
    """Return a function that normalizes dates, months and years; a text with a time stays text.

    Parameters
    ----------
    order
        How to read what could be read in two ways: ``dmy`` or ``mdy`` (03/04/2024, and 03/04/24),
        ``ymd`` (24/03/04), or ``none`` for not at all. With an order, two-digit years from 69 on are 19yy,
        the others 20yy.
    midnight
        Whether a date at midnight, in any zone, is the date alone, as where programs write dates.

    Raises
    ------
    SpecError
        If there is no such order, or ``midnight`` is not true or false.
    """
    _check(order, midnight)

    def form(text: str) -> str:
        plain = _PLAIN.fullmatch(text)
        if plain is not None and not plain[7] and (date := _plain(plain)) is not None:
            return f"\x00d:{date}"
        folded = folded_text(text)
        moment = _moment(folded, order)
        if moment is not None and midnight:
            moment = _without_midnight(moment)
        return folded if moment is None or "T" in moment else f"\x00d:{moment}"

    return form


def datetime_form(order: str = "none", midnight: bool = False) -> Callable[[str], str]:
    """Return a function that normalizes dates with or without a time, a fraction of a second and a zone.

    Parameters
    ----------
    order, midnight
        As for `date_form`.

    Raises
    ------
    SpecError
        If there is no such order, or ``midnight`` is not true or false.
    """
    _check(order, midnight)

    def form(text: str) -> str:
        plain = _PLAIN.fullmatch(text)
        if plain is not None and not midnight and (date := _plain(plain)) is not None:
            time = plain[7]
            if time is None:
                return f"\x00d:{date}"
            if CLOCK.fullmatch(time):
                return f"\x00d:{date}T{filled(time)}"
        folded = folded_text(text)
        moment = _moment(folded, order)
        if moment is None:
            return folded
        return f"\x00d:{_without_midnight(moment) if midnight else moment}"

    return form


def date_range_form(order: str = "none") -> Callable[[str], str]:
    """Return a function that normalizes two dates with a dash, a tilde, ``to``, ``至`` or ``到`` between.

    A single date is its own form; other texts are folded.

    Parameters
    ----------
    order
        As for `date_form`.

    Raises
    ------
    SpecError
        If there is no such order.
    """
    _check(order)

    def form(text: str) -> str:
        folded = folded_text(text)
        if len(folded) > LONGEST:
            return folded
        moment = _moment(folded, order)
        if moment is not None:
            return f"\x00d:{moment}"
        for parted in _PARTED.finditer(folded):
            first = _moment(_FROM.sub("", folded[: parted.start()]), order)
            last = None if first is None else _moment(_UNTIL.sub("", folded[parted.end() :]), order)
            if last is not None:
                return f"\x00p:{first}~{last}"
        return folded

    return form


def _without_midnight(moment: str) -> str:
    date, mark, _ = moment.partition("T")
    return date if mark and _MIDNIGHT.fullmatch(moment, len(date)) else moment


def time_text(text: str) -> str:
    """Write a time of day with its precision and its zone: 08 (8点, 8 am), 08:05, 08:05:00, 08:05:00.0Z."""
    if CLOCK.fullmatch(text):
        return f"\x00t:{filled(text)}"
    folded = folded_text(text)
    time = None if len(folded) > LONGEST else read_time(folded.translate(SIMPLE))
    return folded if time is None else f"\x00t:{time}"


def read_date(text: str, order: str = "none") -> str | None:
    """Read a date as ``2024-03-05``, a month as ``2024-03``, a year as ``2024``; nothing else.

    Parameters
    ----------
    order
        As for `date_form`.

    Raises
    ------
    SpecError
        If there is no such order.
    """
    _check(order)
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        return None if plain[7] else _plain(plain)
    key = _key(folded_text(text))
    found = _DAY.match(key)
    if found is None:
        return _month(key)
    if found.end() < len(key) or found["compact"]:
        return None
    return _day(found, order)


def _check(order: str, midnight: bool = False) -> None:
    if order not in _ORDERS:
        raise SpecError(f"order: expected one of {', '.join(_ORDERS)}, got {order!r}")
    if type(midnight) is not bool:
        raise SpecError(f"midnight: expected true or false, got {midnight!r}")


def _key(folded: str) -> str:
    """Normalize characters and numbers; empty where the text is too long to be a date."""
    if len(folded) > LONGEST:
        return ""
    if folded.isascii():
        return folded
    key = folded.translate(SIMPLE)
    han = _HAN_DATE.match(key)
    if han is None:
        return key
    year = "".join(str(HAN_DIGITS[character]) for character in han[1])
    parts = [f"{year}年"]
    if han[2]:
        parts.append(f"{han_number(han[2])}月")
    if han[3]:
        parts.append(f"{han_number(han[3])}日")
    return "".join(parts) + key[han.end() :]


def _plain(found: re.Match[str]) -> str | None:
    year, mark, month, day, month2, day2, _ = found.groups()
    return iso_date(int(year), int(month), int(day)) if mark else iso_date(int(year), int(month2), int(day2))


def _day(found: re.Match[str], order: str) -> str | None:
    """Write the date that `_DAY` found."""
    if found["mark"]:
        date = _three(found["a"], found["b"], found["c"], order)
    elif found["year"]:
        date = iso_date(int(found["year"]), int(found["month"]), int(found["day"]))
    elif found["digits"]:
        digits = found["digits"]
        likely = digits[:2] in _CENTURIES
        date = iso_date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if likely else None
    else:
        which = "1" if found["name1"] else "2" if found["name2"] else "3"
        name, year, day = found[f"name{which}"], found[f"year{which}"], found[f"day{which}"]
        date = iso_date(int(year), month_number(name), int(day))
    weekday = found["after"] or found["before"]
    if date is None or weekday is None:
        return date
    named = WEEKDAYS.get(weekday[:3], WEEKDAYS.get(weekday[-1]))
    both = found["after"] and found["before"]
    return date if not both and datetime.date.fromisoformat(date).weekday() == named else None


def _in_places(found: re.Match[str]) -> str | None:
    """Write numbers that may be a date, each in its place, where nobody says which is the day or the year."""
    if found["before"] or found["after"] or not found["mark"] or not found["b"][0].isdigit():
        return None
    a, b, c = int(found["a"]), int(found["b"]), found["c"]
    if len(found["a"]) > 2 or not (1 <= a <= 31 and 1 <= b <= 31):
        return None
    if len(c) == 4:
        both = iso_date(int(c), a, b) is not None and iso_date(int(c), b, a) is not None
        return f"{a:02}/{b:02}/{c}" if both else None
    return f"{a:02}/{b:02}/{c}" if len(c) == 2 and min(a, b) <= 12 else None


def _three(a: str, b: str, c: str, order: str) -> str | None:
    """Read three numbers with one mark between them, the second perhaps a month's name."""
    first, middle, last = int(a), month_number(b), int(c)
    named = not b[0].isdigit()
    if len(a) == 4:
        return iso_date(first, middle, last) if len(c) < 3 else None
    if len(c) == 4:
        day_first = iso_date(last, middle, first)
        month_first = None if named else iso_date(last, first, middle)
        if day_first is None or month_first is None or day_first == month_first:
            return day_first or month_first
        return day_first if order == "dmy" else month_first if order == "mdy" else None
    if order == "ymd" and len(a) == 2:
        return iso_date(full_year(first), middle, last)
    if order in ("dmy", "mdy") and len(c) == 2:
        day, month = (middle, first) if order == "mdy" and not named else (first, middle)
        return iso_date(full_year(last), month, day)
    return None


def _month(key: str) -> str | None:
    """Read a month or a year."""
    found = _MONTH.fullmatch(key)
    if found is None:
        return None
    which = found.lastgroup[-1] if found.lastgroup else ""
    year, month = found[f"y{which}"], found[f"m{which}"] if which != "6" else None
    if year[:2] not in _CENTURIES:
        return None
    if month is None:
        return year
    number = month_number(month)
    return f"{year}-{number:02}" if 1 <= number <= 12 else None


def _moment(folded: str, order: str) -> str | None:
    """Read a date, or a date with a time."""
    key = _key(folded.replace("號", "号"))
    found = _DAY.match(key)
    if found is None:
        return _month(key) or _era(key) or _time_first(key, order)
    date = _day(found, order) or _in_places(found)
    rest = key[found.end() :]
    compact = found["compact"]
    if compact:
        digits = compact.lstrip("t")
        rest = ":".join(digits[i : i + 2] for i in range(0, len(digits), 2)) + rest
    return date if date is None else _joined(date, rest)


def _joined(date: str, rest: str) -> str | None:
    """Write a date with the time that comes behind it, if any does."""
    if not rest:
        return date
    join = _JOIN.match(rest)
    time = read_time(rest[join.end() :] if join else rest)
    return None if time is None else f"{date}T{time}"


def _time_first(key: str, order: str) -> str | None:
    """Read a date with its time in front of it."""
    first = _TIME_FIRST.match(key)
    if first is None:
        return None
    found = _DAY.fullmatch(key, first.end())
    date = None if found is None or found["compact"] else _day(found, order) or _in_places(found)
    time = read_time(first[1])
    return None if date is None or time is None else f"{date}T{time}"


def _era(key: str, dated: bool = False) -> str | None:
    """Read a date with a Minguo year, or one of three figures, and its time unless it is to have none."""
    found = _ERA.match(key)
    if found is None:
        return None
    era, year, month, day, mark, month2, day2 = found.groups("")
    # Without the name of the era only 113/3/5 and 113年3月5日 are dates for sure.
    if not era and (len(year) < 3 or mark in ("-", ".")):
        return None
    # Its years are leap years where ours are, 1911 years later.
    date = iso_date(int(year) + 1911, int(month or month2), int(day or day2))
    rest = key[found.end() :]
    if date is None or (dated and rest):
        return None
    return _joined(f"{era}{int(year)}{date[4:]}", rest)
