"""Times of day, each with the precision and the zone that it was written with."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 80
"""No spelling of a date with a time and a zone is longer."""
SIMPLE: Final = str.maketrans("週點時鐘國華", "周点时钟国华")
"""Traditional characters that stand in dates and times."""

CLOCK: Final = re.compile(r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
"""The commonest spelling, read before the text is folded."""

DAY_PART: Final = "凌晨|早上|早晨|上午|中午|下午|傍晚|晚上"
HALF_DAY: Final = r"a\.?m\.?|p\.?m\.?"
"""Patterns of words beside an hour."""
_TIME: Final = re.compile(
    rf"(?P<part>{DAY_PART})? ?(?:(?P<noon0>{HALF_DAY}) ?)?(?P<hour>[0-9]{{1,2}})"
    r"(?: ?: ?(?P<minute>[0-9]{2})(?: ?: ?(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?[时分秒]?"
    r"| ?(?P<word>[时点])(?: ?(?P<minute2>[0-9]{1,2}) ?分(?: ?(?P<second2>[0-9]{1,2}) ?秒)?"
    r"|(?P<minute3>[0-9]{2})|(?P<half>半)|钟)?"
    r"| ?h ?(?P<minute4>[0-9]{2})(?: ?(?:m|min)(?: ?(?P<second4>[0-9]{2}) ?s)?)?"
    r"|(?<=[0-2][0-9])(?P<minute5>[0-9]{2})(?= ?h))?"
    rf"(?: ?(?P<noon>{HALF_DAY})| ?\(?(?P<part2>{DAY_PART})\)?| ?(?:h|hrs?|hours))? ?"
    r"(?P<zone>z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_MORNING: Final = ("凌晨", "早上", "早晨", "上午")


def filled(clock: str) -> str:
    """Write a time of the kind that `CLOCK` matches with two digits for its hour."""
    return clock if clock[2] == ":" else f"0{clock}"


def read_time(key: str) -> str | None:
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
