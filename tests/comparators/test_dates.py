"""Dates, times and both together: what is one day, and what only looks so."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.comparators.dates import (
    DATE_LIKE,
    date_form,
    date_range_form,
    datetime_form,
    read_date,
    time_text,
)
from medvie_reward.comparators.text import folded_text
from medvie_reward.errors import SpecError

FORMS = {
    "date": date_form(),
    "dmy": date_form("dmy"),
    "mdy": date_form(order="mdy"),
    "ymd": date_form("ymd"),
    "time": time_text,
    "datetime": datetime_form(),
    "datetime dmy": datetime_form("dmy"),
    "date midnight": date_form(midnight=True),
    "datetime midnight": datetime_form(midnight=True),
    "range": date_range_form(),
    "range dmy": date_range_form("dmy"),
}

SAME = [
    ("date", "2024-03-05", "2024/3/5"),
    ("date", "2024-03-05", "2024年3月5日"),
    ("date", "2024-03-05", "2024年03月05日"),
    ("date", "2024-03-05", "2024.03.05"),
    ("date", "2024-03-05", "2024.3.5"),
    ("date", "2024-03-05", "20240305"),
    ("date", "2024-03-05", "2024-3-5"),
    ("date", "2024-03-05", "５ March 2024"),
    ("date", "2024-03-05", "5 March 2024"),
    ("date", "2024-03-05", "05 Mar 2024"),
    ("date", "2024-03-05", "Mar 5, 2024"),
    ("date", "2024-03-05", "Mar. 5, 2024"),
    ("date", "2024-03-05", "March 5th, 2024"),
    ("date", "2024-03-05", "5th of March 2024"),
    ("date", "2024-03-05", "05-Mar-2024"),
    ("date", "2024-03-05", "05-MAR-2024"),
    ("date", "2024-03-05", "05MAR2024"),
    ("date", "2024-03-05", "5/Mar/2024"),
    ("date", "2024-03-05", "2024-Mar-05"),
    ("date", "2024-03-05", "２０２４年３月５日"),
    ("date", "2024-03-05", "２０２４－０３－０５"),
    ("date", "2024-03-05", "2024 年 3 月 5 日"),
    ("date", "2024-03-05", "2024年3月5号"),
    ("date", "2024-03-05", "2024 - 03 - 05"),
    ("date", "2024-03-05", "2024–03–05"),
    ("date", "2024-03-05", "二〇二四年三月五日"),
    ("date", "2024-12-31", "二零二四年十二月三十一日"),
    ("date", "2024-11-20", "二○二四年十一月二十日"),
    ("date", "2024-03-05", "2024-03-05 星期二"),
    ("date", "2024-03-05", "2024年3月5日（星期二）"),
    ("date", "2024-03-05", "2024-03-05 周二"),
    ("date", "2024-03-05", "Tue, 5 Mar 2024"),
    ("date", "2024-03-05", "Tuesday, March 5, 2024"),
    ("date", "2024-03-05", "2024-03-05 (Tue)"),
    ("date", "2024-12-25", "25/12/2024"),
    ("date", "2024-12-25", "12/25/2024"),
    ("date", "2024-12-25", "25.12.2024"),
    ("date", "2024-12-25", "25-12-2024"),
    ("date", "2024-03-03", "03/03/2024"),
    ("date", "2024-09-01", "Sept 1, 2024"),
    ("date", "2024-05-21", "21st May 2024"),
    ("date", "2024年3月", "2024-03"),
    ("date", "2024年3月", "2024/3"),
    ("date", "2024年3月", "March 2024"),
    ("date", "2024年3月", "Mar-2024"),
    ("date", "2024年3月", "03/2024"),
    ("date", "2024年3月份", "2024.03"),
    ("date", "2024", "2024年"),
    ("date", "2024-02-29", "29 Feb 2024"),
    ("date", "03/05/2024", "3/5/2024"),
    ("date", "03/05/2024", "3-5-2024"),
    ("date", "03/05/2024", "3.5.2024"),
    ("date", "03/05/2024", "03 . 05 . 2024"),
    ("date", "03/04/24", "3/4/24"),
    ("date", "24/03/05", "24-3-05"),
    ("datetime", "03/05/2024 8:34 AM", "3-5-2024 08:34"),
    ("datetime", "08:34 03/05/2024", "3/5/2024 08:34"),
    ("date midnight", "2024-03-05T00:00:00Z", "2024-03-05"),
    ("date midnight", "2024-03-05 00:00", "5 March 2024"),
    ("date midnight", "2024-03-05T00:00:00.000+08:00", "2024-03-05"),
    ("datetime midnight", "2024-03-05T00:00:00", "2024/3/5"),
    ("datetime midnight", "2024-03-05 08:30", "2024-03-05T08:30"),
    ("range", "2024-03-05 to 2024-03-08", "2024-03-05至2024-03-08"),
    ("range", "04/01/2026 - 04/01/2027", "4/1/2026–4/1/2027"),
    ("range", "2024-03-05-2024-03-08", "2024年3月5日～2024年3月8日"),
    ("range", "from March 5, 2024 to March 8, 2024", "2024-03-05/2024-03-08"),
    ("range", "2024-03-05", "5 Mar 2024"),
    ("range", "自2024年3月5日起", "自2024年3月5日起。"),
    ("range dmy", "03/04/2024 - 05/04/2024", "2024-04-03 to 2024-04-05"),
    ("date", "03/04/2024", "０３／０４／２０２４"),
    ("date", "2024-02-30", " 2024-02-30"),
    ("date", "不详", "不详 "),
    ("dmy", "03/04/2024", "2024-04-03"),
    ("dmy", "3.4.2024", "3 April 2024"),
    ("dmy", "05/03/24", "2024-03-05"),
    ("dmy", "05-Mar-24", "5 March 2024"),
    ("dmy", "12/25/2024", "2024-12-25"),
    ("mdy", "03/04/2024", "2024-03-04"),
    ("mdy", "3/4/24", "March 4, 2024"),
    ("mdy", "25/12/2024", "2024-12-25"),
    ("ymd", "24/3/5", "2024-03-05"),
    ("ymd", "98.12.01", "1998-12-01"),
    ("time", "08:05", "8:05"),
    ("time", "8:05 AM", "08:05"),
    ("time", "8:05am", "08:05"),
    ("time", "8:05 a.m.", "08:05"),
    ("time", "8时5分", "08:05"),
    ("time", "8点05分", "08:05"),
    ("time", "08：05", "08:05"),
    ("time", "下午3:20", "15:20"),
    ("time", "下午 3点20分", "15:20"),
    ("time", "3:20pm", "15:20"),
    ("time", "3:20 P.M.", "15:20"),
    ("time", "12:10 AM", "00:10"),
    ("time", "12:30 PM", "12:30"),
    ("time", "上午8:05", "08:05"),
    ("time", "晚上8:05", "20:05"),
    ("time", "中午12:30", "12:30"),
    ("time", "下午15:20", "15:20"),
    ("time", "8点半", "8:30"),
    ("time", "08:05:09", "8时5分9秒"),
    ("time", "3:20:05 PM", "15:20:05"),
    ("time", "08:05Z", "08:05 UTC"),
    ("time", "08:05+08:00", "08:05+0800"),
    ("time", "25:00", "25：00"),
    ("datetime", "2024-03-05 08:30", "2024/3/5 8:30"),
    ("datetime", "2024-03-05 08:30", "2024年3月5日8时30分"),
    ("datetime", "2024-03-05 08:30", "08:30 5/Mar/2024"),
    ("datetime", "2024-03-05 08:30", "8:30 AM, March 5, 2024"),
    ("datetime", "2024-03-05 20:30", "8:30 pm on 2024-03-05"),
    ("datetime", "2024-03-05 20:30", "20:30 2024年3月5日"),
    ("datetime", "2024-03-05 08:30", "2024/3/5 AM 8:30"),
    ("datetime", "2024-03-05 20:30", "2024-03-05 PM 08:30"),
    ("datetime", "2024-03-05 20:30", "2024-03-05 8:30 下午"),
    ("datetime", "2024-03-05 08:30", "2024-03-05 08h30"),
    ("datetime", "2024-03-05 08:30", "2024-03-05 8 h 30 min"),
    ("datetime", "2024-03-05 08:30", "2024-03-05 8:30时"),
    ("datetime", "2024-03-05 08:30", "2024-03-05 0830 hrs"),
    ("datetime", "2024-03-05 08:30", "2024年3月5號 8:30"),
    ("datetime", "民國113年03月05日", "民国113年3月5日"),
    ("datetime", "民國113年3月5日 下午8:30", "中華民國113年3月5日 20:30"),
    ("datetime", "民国113/03/05", "民國113.3.5"),
    ("datetime", "113/03/05", "113/3/5"),
    ("datetime", "113年03月05日 8:30", "113/3/5 08:30"),
    ("date", "民國113年03月05日", "民国113年3月5日"),
    ("time", "08h30", "8:30"),
    ("time", "AM 8:30", "8:30 a.m."),
    ("time", "8:30时", "8时30分"),
    ("datetime", "2024-03-05 08:30", "2024年03月05日 08:30"),
    ("datetime", "2024-03-05 08:30", "2024-03-05T08:30"),
    ("datetime", "2024-03-05 08:30", "2024.03.05 08：30"),
    ("datetime", "2024-03-05 08:30", "Mar 5, 2024 8:30 AM"),
    ("datetime", "2024-03-05 08:30", "5 March 2024, 08:30"),
    ("datetime", "2024-03-05 08:30", "March 5, 2024 at 8:30 am"),
    ("datetime", "2024-03-05 08:30", "2024年3月5日上午8点30分"),
    ("datetime", "2024-03-05 08:30", "2024-03-05 星期二 08:30"),
    ("datetime", "2024-03-05 08:30", "2024-03-0508:30"),
    ("datetime", "2024-03-05 08:30:25", "20240305083025"),
    ("datetime", "2024-03-05 08:30:25", "2024-03-05T08:30:25"),
    ("datetime", "2024-03-05 08:30:25", "2024年3月5日8时30分25秒"),
    ("datetime", "2024-03-05 20:30", "2024-03-05 下午8:30"),
    ("datetime", "2024-03-05T08:30:25Z", "2024-03-05 08:30:25 Z"),
    ("datetime", "2024-03-05T08:30:25.123Z", "2024-03-05T08:30:25,123Z"),
    ("datetime", "2024-03-05T08:30+08:00", "2024-03-05 08:30+0800"),
    ("datetime", "2024-12-25 08:30", "25/12/2024 08:30"),
    ("datetime", "2024-03-05", "2024年3月5日"),
    ("datetime", "2024-03", "2024年3月"),
    ("datetime dmy", "03/04/2024 08:30", "2024-04-03 8:30"),
]

DIFFERENT = [
    ("date", "2024-03-05", "2024-03-06"),
    ("date", "2024-03-05", "2024-05-03"),
    ("date", "2024-03-05", "2023-03-05"),
    ("date", "2024-03-05", "2024-03-15"),
    ("date", "2024-03-01", "2024-03"),
    ("date", "2024-03-01", "2024年3月"),
    ("date", "2024-01", "2024"),
    ("date", "2024-01-01", "2024"),
    ("date", "2024-03-05", "03-05"),
    ("date", "2024-03-05", "3月5日"),
    ("date", "2024-03-05", "24-03-05"),
    ("date", "2024-03-05", "05-Mar-24"),
    ("date", "03/04/2024", "2024-04-03"),
    ("date", "03/04/2024", "2024-03-04"),
    ("date", "03/04/2024", "04/03/2024"),
    ("date", "2024-02-30", "2024/2/30"),
    ("date", "03/05/2024", "5/3/2024"),
    ("date", "03/05/2024", "03/05/24"),
    ("date", "03/05/2024", "13/05/2024"),
    ("date", "03/04/24", "04/03/24"),
    ("date", "03/04/24", "2003-04-24"),
    ("date", "3/5/2024", "3/50/2024"),
    ("date midnight", "2024-03-05T00:00:01", "2024-03-05"),
    ("date midnight", "2024-03-05T12:00", "2024-03-05"),
    ("datetime midnight", "2024-03-05T00:00", "2024-03-06"),
    ("range", "2024-03-05 to 2024-03-08", "2024-03-08 to 2024-03-05"),
    ("range", "2024-03-05 to 2024-03-08", "2024-03-05"),
    ("range", "04/01/2026 - 04/01/2027", "01/04/2026 - 01/04/2027"),
    ("date", "2024-02-30", "2024-03-01"),
    ("date", "2023-02-29", "2023年2月29日"),
    ("date", "2024-13-05", "2024-05-13"),
    ("date", "2024-00-05", "2024-05"),
    ("date", "31/04/2024", "2024-04-31"),
    ("date", "20241305", "2024-13-05"),
    ("date", "20240230", "2024-02-30"),
    ("date", "202403", "2024-03"),
    ("date", "民国113年3月5日", "2024-03-05"),
    ("date", "113年3月5日", "2024年3月5日"),
    ("date", "113/03/05", "2024/03/05"),
    ("date", "113/03/05", "113/05/03"),
    ("date", "113-03-05", "113-3-5"),
    ("date", "民国113年3月5日", "113年3月5日"),
    ("date", "民国113年3月5日", "民国112年3月5日"),
    ("date", "113/03/05", "013/03/05"),
    ("date", "113/13/05", "113/13/5"),
    ("date", "民国113年2月30日", "民国113年02月30日"),
    ("date", "民国113年3月5日 8:30", "民国113年3月5日"),
    ("datetime", "08:30 2024-03-05", "2024-03-05 20:30"),
    ("datetime", "08:30 2024-03-05", "08:30:00 2024-03-05"),
    ("datetime", "08 2024-03-05", "2024-03-05 08"),
    ("datetime", "2024/3/5 AM 8:30", "2024/3/5 PM 8:30"),
    ("datetime", "2024/3/5 AM 8:30 PM", "2024-03-05 20:30"),
    ("time", "上午8:30 AM", "08:30"),
    ("time", "08h30", "08h03"),
    ("time", "8h", "8:00"),
    ("time", "830h", "8:30"),
    ("time", "0830", "08:30"),
    ("date", "105/02/24", "2016-02-24"),
    ("date", "2024-03-05 星期三", "2024-03-05"),
    ("date", "Mon, 5 Mar 2024", "5 Mar 2024"),
    ("date", "2024-03-05 08:30", "2024-03-05"),
    ("date", "2024-03-05T00:00:00", "2024-03-05"),
    ("date", "2024-03-05 00:00", "2024-03-05"),
    ("date", "20240305083025", "20240305"),
    ("date", "2024-03/05", "2024-03-05"),
    ("date", "2024年3月5", "2024年3月50日"),
    ("date", "March 5", "March 5, 2024"),
    ("date", "March 2024", "May 2024"),
    ("date", "Jun 5, 2024", "Jul 5, 2024"),
    ("date", "Mars 5, 2024", "Mar 5, 2024"),
    ("date", "2024-03-05至2024-03-08", "2024-03-05"),
    ("date", "检查日期:2024-03-05", "2024-03-05"),
    ("date", "2024", "2025"),
    ("date", "2024", "24"),
    ("date", "2024-03-05", "2024-03-0S"),
    ("date", "0024-03-05", "2024-03-05"),
    ("date", "农历二月初五", "2024-03-05"),
    ("date", "2024030", "2024-03"),
    ("date", "②〇②④年三月五日", "2024-03-05"),
    ("date", "2024²-03-05", "2024-03-05"),
    ("dmy", "03/04/2024", "2024-03-04"),
    ("dmy", "05/03/24", "1924-03-05"),
    ("dmy", "31/02/24", "2024-02-31"),
    ("mdy", "03/04/2024", "2024-04-03"),
    ("mdy", "25/12/24", "2024-12-25"),
    ("ymd", "03/04/2024", "2024-03-04"),
    ("ymd", "24/3/5", "2005-03-24"),
    ("time", "08:05", "08:05:00"),
    ("time", "08:05", "20:05"),
    ("time", "8:05 AM", "8:05 PM"),
    ("time", "8:05", "8:50"),
    ("time", "08:05", "8点"),
    ("time", "8 AM", "8:00 AM"),
    ("time", "12:10 AM", "12:10"),
    ("time", "12:10 AM", "12:10 PM"),
    ("time", "24:00", "00:00"),
    ("time", "08:60", "09:00"),
    ("time", "25:00", "1:00"),
    ("time", "08:05Z", "08:05"),
    ("time", "08:05+08:00", "08:05Z"),
    ("time", "08.05", "08:05"),
    ("time", "805", "8:05"),
    ("time", "上午3:20", "下午3:20"),
    ("time", "上午12:00", "下午12:00"),
    ("time", "15:20 AM", "15:20"),
    ("time", "晚上12:00", "12:00"),
    ("time", "8:5", "8:50"),
    ("time", "08:05:09", "08:05:09.5"),
    ("time", "08:05:09.5", "08:05:09.50"),
    ("datetime", "2024-03-05", "2024-03-05 00:00"),
    ("datetime", "2024-03-05 08:30", "2024-03-05 08:30:00"),
    ("datetime", "2024-03-05 08:30", "2024-03-05 20:30"),
    ("datetime", "2024-03-05 08:30", "2024-03-06 08:30"),
    ("datetime", "2024-03-05 08:30", "2024-03-05 08:03"),
    ("datetime", "2024-03-05 08:30", "08:30"),
    ("datetime", "2024-03-05T08:30Z", "2024-03-05T08:30"),
    ("datetime", "2024-03-05T08:30Z", "2024-03-05T08:30+08:00"),
    ("datetime", "2024-03-05T08:30+08:00", "2024-03-05T00:30Z"),
    ("datetime", "2024-03-05T08:30:25.123", "2024-03-05T08:30:25"),
    ("datetime", "2024-03-05 24:00", "2024-03-06 00:00"),
    ("datetime", "2024-02-30 08:30", "2024年2月30日 8:30"),
    ("datetime", "03/04/2024 08:30", "2024-04-03 08:30"),
    ("datetime", "2024-03-05 8", "2024-03-05 8:00"),
    ("datetime", "2024-03-05 8时", "2024-03-05 8:00"),
    ("datetime", "2024-03 08:30", "2024-03-01 08:30"),
    ("datetime", "2024年3月", "2024年3月1日"),
]


@pytest.mark.parametrize(("name", "a", "b"), SAME)
def test_same(name: str, a: str, b: str) -> None:
    """Two spellings of one day or time have one form."""
    assert FORMS[name](a) == FORMS[name](b)


@pytest.mark.parametrize(("name", "a", "b"), DIFFERENT)
def test_different(name: str, a: str, b: str) -> None:
    """Another day, another precision or a guess stays apart."""
    assert FORMS[name](a) != FORMS[name](b)


MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September"]
MONTHS += ["October", "November", "December"]
NUMERALS = "零一二三四五六七八九十"


def spellings(day: datetime.date) -> list[str]:
    y, m, d, name = day.year, day.month, day.day, MONTHS[day.month - 1]
    return [
        day.isoformat(),
        f"{y}/{m}/{d}",
        f"{y}.{m:02}.{d:02}",
        f"{y}{m:02}{d:02}",
        f"{y}年{m}月{d}日",
        f"{y} 年 {m:02} 月 {d:02} 日",
        f"{d} {name} {y}",
        f"{d:02}-{name[:3].upper()}-{y}",
        f"{name} {d}, {y}",
        f"{name[:3]}. {d}, {y}",
        f"{''.join(NUMERALS[int(x)] for x in str(y))}年{numeral(m)}月{numeral(d)}日",
    ]


def numeral(number: int) -> str:
    tens, units = divmod(number, 10)
    return (NUMERALS[tens] if tens > 1 else "") + ("十" if tens else "") + (NUMERALS[units] if units else "")


DAYS = st.dates(datetime.date(1800, 1, 1), datetime.date(2099, 12, 31))
ODD = st.text() | st.lists(
    st.sampled_from(
        [*"0123456789-/.: TZ年月日时分秒点+,星期二(", "2024", "Mar", "2024-03-05", "下午", "am", "二〇二四"]
    ),
    max_size=12,
).map("".join)


@given(day=DAYS)
def test_every_spelling(day: datetime.date) -> None:
    """All spellings of a day are one, found in a running text, and read the same by every order."""
    for text in spellings(day):
        assert f"\x00d:{day}" == FORMS["date"](text) == FORMS["mdy"](text) == FORMS["datetime"](text)
        found = [read_date(x[0]) for x in DATE_LIKE.finditer(f"报告日期：{text}，页1/2")]
        assert [day.isoformat()] == found


@given(a=DAYS, b=DAYS, i=st.integers(0, 10), j=st.integers(0, 10))
def test_other_day(a: datetime.date, b: datetime.date, i: int, j: int) -> None:
    """Two days are one only where they are."""
    assert (FORMS["date"](spellings(a)[i]) == FORMS["date"](spellings(b)[j])) == (a == b)


@given(moment=st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2099, 1, 1)))
def test_every_time(moment: datetime.datetime) -> None:
    """Clocks of 12 and 24 hours and Chinese hours are one time, alone and after a date."""
    h, m = moment.hour, moment.minute
    noon = f"{h % 12 or 12}:{m:02} {'PM' if h > 11 else 'AM'}"
    day = moment.date()
    for text in (
        f"{h:02}:{m:02}",
        f"{h}:{m:02}",
        f"{h}时{m}分",
        f"{h}點{m:02}分",
        noon,
        noon.lower().replace(" ", ""),
    ):
        assert f"\x00t:{h:02}:{m:02}" == time_text(text)
        for date in (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day:%Y/%m/%d}"):
            assert f"\x00d:{day}T{h:02}:{m:02}" == FORMS["datetime"](f"{date} {text}")


@pytest.mark.parametrize("name", FORMS)
@given(text=ODD)
def test_laws(name: str, text: str) -> None:
    """No text raises, only a blank one is empty, and texts that fold alike are one."""
    form = FORMS[name]
    assert (form(text) == "") == (text.strip() == "")
    for other in (text.upper(), f" {text}\n", folded_text(text)):
        if folded_text(other) == folded_text(text):
            assert form(other) == form(text)


@given(text=ODD)
def test_one_reading(text: str) -> None:
    """`date_form` is `read_date`, and what it reads `datetime_form` reads the same."""
    date = read_date(text)
    expected = folded_text(text) if date is None else f"\x00d:{date}"
    assert expected == FORMS["date"](text)
    if date is not None:
        assert expected == FORMS["datetime"](text)
        assert date == read_date(date)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    "text",
    [
        "2" * 100_000,
        "2024-" * 50_000,
        "1:" * 50_000,
        "二" * 90_000,
        "\ud800",
        "\x00",
        "٢٠٢٤-٠٣-٠٥",
        "2024-03-0⁵",
    ],
)
def test_hostile(name: str, text: str) -> None:
    """What is no date has the form of its text."""
    assert folded_text(text) == FORMS[name](text)


@pytest.mark.parametrize("make", [date_form, datetime_form])
@pytest.mark.parametrize("order", ["", "DMY", "ydm", None])
def test_bad_order(make: Callable[[Any], Any], order: Any) -> None:
    """An order that is none says what was expected."""
    with pytest.raises(SpecError, match="order: expected one of none, dmy, mdy, ymd, got"):
        make(order)
    with pytest.raises(SpecError, match="order: expected one of none, dmy, mdy, ymd, got"):
        read_date("2024-03-05", order)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年3月5日", "2024-03-05"),
        ("Mar 2024", "2024-03"),
        ("2024年", "2024"),
        ("2024-03-05 08:30", None),
        ("2024年3月5日8时", None),
        ("03/04/2024", None),
        ("8:30", None),
        ("", None),
    ],
)
def test_read_date(text: str, expected: str | None) -> None:
    """Dates, months and years are read, and nothing else."""
    assert expected == read_date(text)


def test_date_like() -> None:
    """Every spelling is found within a running text."""
    for text in (pair[1] for pair in SAME if pair[0] == "date" and read_date(pair[1])):
        found = [read_date(x[0]) for x in DATE_LIKE.finditer(f"No 17 of {text}, page 3")]
        assert read_date(text) in found, text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("采样时间:2024-03-05 08:30 报告时间:2024-03-06 10:00", ["2024-03-05", "2024-03-06"]),
        ("采样2024-03-0508:30:25", ["2024-03-05"]),
        ("20240305083025", ["2024-03-05"]),
        ("2024年3月5日至2024年3月8日", ["2024-03-05", "2024-03-08"]),
        ("1.2024-03-05 2.2024-03-06", ["2024-03-05", "2024-03-06"]),
        ("2024.03.05-2024.03.08", ["2024-03-05", "2024-03-08"]),
        ("WEDMARCH6,2024", ["2024-03-06"]),
        ("民国113/03/05", []),
        ("电话 13800138000 条码 202403050001234567", []),
        ("WBC 3.5-9.5 10^9/L PLT 125-350", []),
        ("120/80 mmHg", []),
    ],
)
def test_dates_in_text(text: str, expected: list[str]) -> None:
    """The dates of a running text are found, and numbers that are none are not read as dates."""
    assert expected == [date for x in DATE_LIKE.finditer(text) if (date := read_date(x[0]))]


@pytest.mark.parametrize("unit", ["2", "２", "2024-", "1 / ", "mar", "二", "1st of ", "2024年 3 "])
def test_date_like_hostile(unit: str) -> None:
    """Long runs of what dates are made of are scanned to the end."""
    text = unit * 20_000 + "; 2024-03-05"
    assert [x[0] for x in DATE_LIKE.finditer(text)][-1] == "2024-03-05"
