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

from medvie_reward.comparators.text import folded_text
from medvie_reward.errors import SpecError

# No spelling of a date with a time and a zone is longer.
_LONGEST: Final = 80
_ORDERS: Final = ("none", "dmy", "mdy", "ymd")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TWO: Final = tuple(f"{number:02}" for number in range(32))
_LENGTHS: Final = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WEEKDAYS: Final = {
    name: day
    for day, names in enumerate(["mon 一", "tue 二", "wed 三", "thu 四", "fri 五", "sat 六", "sun 日 天"])
    for name in names.split()
}
_HAN: Final = {character: digit for digit, character in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
_SIMPLE: Final = str.maketrans("週點時鐘國華", "周点时钟国华")

_NAME: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEK_NAME: Final = r"(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_WEEK: Final = rf"(?:{_WEEK_NAME}\.?|(?:星期|周|礼拜)[一二三四五六日天])"
# The commonest spellings, read before the text is folded.
_PLAIN: Final = re.compile(
    r"([1-9][0-9]{3})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)"
    r"(?:[ T]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?))?"
)
_CLOCK: Final = re.compile(r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")

# The last number may touch a time, as OCR writes it: 2024-03-0508:30.
_LAST: Final = r"(?:[0-9]{4}|[0-9]{2})(?=[0-9]{2}:[0-9]{2})|(?:[0-9]{4}|[0-9]{1,2})(?![0-9])"
_DAY: Final = re.compile(
    rf"(?:(?P<before>{_WEEK}),? ?)?(?:"
    r"(?P<a>[0-9]{4}|[0-9]{1,2}) ?(?P<mark>[-/.]) ?"
    rf"(?P<b>[0-9]{{1,2}}|{_NAME}) ?(?P=mark) ?(?P<c>{_LAST})"
    r"|(?P<year>[0-9]{4}) ?年 ?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?[日号]"
    r"|(?P<digits>[0-9]{8})(?P<compact>t?[0-9]{4}(?:[0-9]{2})?)?(?![0-9])"
    rf"|(?P<day1>[0-9]{{1,2}})(?:st|nd|rd|th)?[ -]?(?:of )?(?P<name1>{_NAME})\.?,?[ -]?(?P<year1>[0-9]{{4}})"
    rf"|(?P<name2>{_NAME})\.?[ -]?(?P<day2>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:, ?|[ -])(?P<year2>[0-9]{{4}})"
    rf"|(?P<year3>[0-9]{{4}}),? (?P<name3>{_NAME})\.? (?P<day3>[0-9]{{1,2}})(?![0-9])"
    rf")(?: ?,? ?[(\[]?(?P<after>{_WEEK})[)\]]?)?"
)
_MONTH: Final = re.compile(
    r"(?P<y1>[0-9]{4}) ?[-/.] ?(?P<m1>[0-9]{1,2})"
    r"|(?P<y2>[0-9]{4}) ?年(?: ?(?P<m2>[0-9]{1,2}) ?月份?)?"
    r"|(?P<m3>[0-9]{1,2}) ?[-/.] ?(?P<y3>[0-9]{4})"
    rf"|(?P<m4>{_NAME})\.?[ ,/-]{{0,2}}(?P<y4>[0-9]{{4}})"
    rf"|(?P<y5>[0-9]{{4}})[ -](?P<m5>{_NAME})\.?"
    r"|(?P<y6>[0-9]{4})"
)
# Four digits, eight digits, and a month's number beside four digits may be a number of something else.
_CENTURIES: Final = ("18", "19", "20")
_HAN_DATE: Final = re.compile(
    r"([〇零○一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})[日号])?)?"
)
_PART: Final = "凌晨|早上|早晨|上午|中午|下午|傍晚|晚上"
_NOON: Final = r"a\.?m\.?|p\.?m\.?"
_TIME: Final = re.compile(
    rf"(?P<part>{_PART})? ?(?:(?P<noon0>{_NOON}) ?)?(?P<hour>[0-9]{{1,2}})"
    r"(?: ?: ?(?P<minute>[0-9]{2})(?: ?: ?(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?[时分秒]?"
    r"| ?(?P<word>[时点])(?: ?(?P<minute2>[0-9]{1,2}) ?分(?: ?(?P<second2>[0-9]{1,2}) ?秒)?"
    r"|(?P<minute3>[0-9]{2})|(?P<half>半)|钟)?"
    r"| ?h ?(?P<minute4>[0-9]{2})(?: ?(?:m|min)(?: ?(?P<second4>[0-9]{2}) ?s)?)?"
    r"|(?<=[0-2][0-9])(?P<minute5>[0-9]{2})(?= ?h))?"
    rf"(?: ?(?P<noon>{_NOON})| ?\(?(?P<part2>{_PART})\)?| ?(?:h|hrs?|hours))? ?"
    r"(?P<zone>z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
# A time in front of its date. It has a colon or an h, or it may be anything.
_TIME_FIRST: Final = re.compile(
    rf"((?:(?:{_PART}|{_NOON}) ?)?[0-9]{{1,2}}[:h][0-9]{{2}}(?::[0-9]{{2}})?(?: ?(?:{_NOON}))?)"
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
_MORNING: Final = ("凌晨", "早上", "早晨", "上午")

_D: Final = "[0-9０-９]"
_GAP: Final = "[ \u3000]{0,2}"
_SEP: Final = rf"{_GAP}[-/.－／．‐‑‒–—―−]{_GAP}"
_ANY: Final = rf"(?i:{_NAME})"
# OCR writes WEDOCTOBER11,2017.
_GLUED: Final = rf"(?i:{_WEEK_NAME},?)"

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
            if _CLOCK.fullmatch(time):
                return f"\x00d:{date}T{_filled(time)}"
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
        if len(folded) > _LONGEST:
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
    if _CLOCK.fullmatch(text):
        return f"\x00t:{_filled(text)}"
    folded = folded_text(text)
    time = None if len(folded) > _LONGEST else _time(folded.translate(_SIMPLE))
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


def _filled(clock: str) -> str:
    return clock if clock[2] == ":" else f"0{clock}"


def _key(folded: str) -> str:
    """Normalize characters and numbers; empty where the text is too long to be a date."""
    if len(folded) > _LONGEST:
        return ""
    if folded.isascii():
        return folded
    key = folded.translate(_SIMPLE)
    han = _HAN_DATE.match(key)
    if han is None:
        return key
    year = "".join(str(_HAN[character]) for character in han[1])
    parts = [f"{year}年"]
    if han[2]:
        parts.append(f"{_han_number(han[2])}月")
    if han[3]:
        parts.append(f"{_han_number(han[3])}日")
    return "".join(parts) + key[han.end() :]


def _han_number(text: str) -> int:
    """Read 一 to 三十一; what is not written so gives 0, which is no day and no month."""
    tens, ten, units = text.rpartition("十")
    if len(tens) > 1 or len(units) > 1 or "十" in tens:
        return 0
    return (_HAN[tens] if tens else 1 if ten else 0) * 10 + (_HAN[units] if units else 0)


def _plain(found: re.Match[str]) -> str | None:
    year, mark, month, day, month2, day2, _ = found.groups()
    return _iso(int(year), int(month), int(day)) if mark else _iso(int(year), int(month2), int(day2))


def _iso(year: int, month: int, day: int) -> str | None:
    """Write a date, if there is one."""
    if year < 1000 or not 1 <= month <= 12 or not 1 <= day <= _LENGTHS[month]:
        return None
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        return None
    return f"{year}-{_TWO[month]}-{_TWO[day]}"


def _month_number(text: str) -> int:
    return int(text) if text[0].isdigit() else _MONTHS.index(text[:3]) + 1


def _day(found: re.Match[str], order: str) -> str | None:
    """Write the date that `_DAY` found."""
    if found["mark"]:
        date = _three(found["a"], found["b"], found["c"], order)
    elif found["year"]:
        date = _iso(int(found["year"]), int(found["month"]), int(found["day"]))
    elif found["digits"]:
        digits = found["digits"]
        likely = digits[:2] in _CENTURIES
        date = _iso(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if likely else None
    else:
        which = "1" if found["name1"] else "2" if found["name2"] else "3"
        name, year, day = found[f"name{which}"], found[f"year{which}"], found[f"day{which}"]
        date = _iso(int(year), _month_number(name), int(day))
    weekday = found["after"] or found["before"]
    if date is None or weekday is None:
        return date
    named = _WEEKDAYS.get(weekday[:3], _WEEKDAYS.get(weekday[-1]))
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
        both = _iso(int(c), a, b) is not None and _iso(int(c), b, a) is not None
        return f"{a:02}/{b:02}/{c}" if both else None
    return f"{a:02}/{b:02}/{c}" if len(c) == 2 and min(a, b) <= 12 else None


def _three(a: str, b: str, c: str, order: str) -> str | None:
    """Read three numbers with one mark between them, the second perhaps a month's name."""
    first, middle, last = int(a), _month_number(b), int(c)
    named = not b[0].isdigit()
    if len(a) == 4:
        return _iso(first, middle, last) if len(c) < 3 else None
    if len(c) == 4:
        day_first = _iso(last, middle, first)
        month_first = None if named else _iso(last, first, middle)
        if day_first is None or month_first is None or day_first == month_first:
            return day_first or month_first
        return day_first if order == "dmy" else month_first if order == "mdy" else None
    if order == "ymd" and len(a) == 2:
        return _iso(_full_year(first), middle, last)
    if order in ("dmy", "mdy") and len(c) == 2:
        day, month = (middle, first) if order == "mdy" and not named else (first, middle)
        return _iso(_full_year(last), month, day)
    return None


def _full_year(year: int) -> int:
    return year + (1900 if year >= 69 else 2000)


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
    number = _month_number(month)
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
    time = _time(rest[join.end() :] if join else rest)
    return None if time is None else f"{date}T{time}"


def _time_first(key: str, order: str) -> str | None:
    """Read a date with its time in front of it."""
    first = _TIME_FIRST.match(key)
    if first is None:
        return None
    found = _DAY.fullmatch(key, first.end())
    date = None if found is None or found["compact"] else _day(found, order) or _in_places(found)
    time = _time(first[1])
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
    date = _iso(int(year) + 1911, int(month or month2), int(day or day2))
    rest = key[found.end() :]
    if date is None or (dated and rest):
        return None
    return _joined(f"{era}{int(year)}{date[4:]}", rest)


def _time(key: str) -> str | None:
    """Read a time of day."""
    found = _TIME.fullmatch(key)
    if found is None:
        return None
    if sum(found[name] is not None for name in ("part", "part2", "noon", "noon0")) > 1:
        return None
    hour = _hour(int(found["hour"]), found["part"] or found["part2"], found["noon"] or found["noon0"])
    if hour is None:
        return None
    minutes = (found[name] for name in ("minute", "minute2", "minute3", "minute4", "minute5"))
    minute = "30" if found["half"] else next(filter(None, minutes), None)
    second = found["second"] or found["second2"] or found["second4"]
    zone = _zone(found["zone"])
    if minute is None:
        # An hour alone, but a number alone is no time.
        noon = found["noon"] or found["noon0"]
        return f"{hour:02}" if (found["word"] or noon) and zone == "" else None
    if int(minute) > 59 or int(second or 0) > 59 or zone is None:
        return None
    seconds = f":{int(second):02}" if second else ""
    fraction = f".{found['fraction']}" if found["fraction"] else ""
    return f"{hour:02}:{int(minute):02}{seconds}{fraction}{zone}"


def _hour(hour: int, part: str | None, noon: str | None) -> int | None:
    """Return the hour of 24; nothing where the parts of the day contradict it or leave a choice."""
    if hour > 23 or (part and noon):
        return None
    if noon:
        if noon[0] == "a":
            return None if hour > 12 else hour % 12
        return None if hour == 0 else hour if hour > 11 else hour + 12
    if part is None:
        return hour
    if part in _MORNING:
        # 上午12:00 is noon to most people and midnight to some.
        return hour if hour < 12 else None
    if part == "中午":
        return hour if 11 <= hour <= 14 else hour + 12 if 1 <= hour <= 2 else None
    if hour == 12:
        return 12 if part == "下午" else None
    return hour if hour > 12 else hour + 12 if hour else None


def _zone(zone: str | None) -> str | None:
    """Write a zone as ``Z`` or ``+08:00``; nothing where there is no such zone."""
    if zone is None:
        return ""
    if zone[0] not in "+-":
        return "Z"
    hours, minutes = zone[1:3], zone[3:].lstrip(":") or "00"
    if int(hours) > 14 or int(minutes) > 59:
        return None
    offset = f"{zone[0]}{hours}:{minutes}"
    return "Z" if offset == "+00:00" else offset
