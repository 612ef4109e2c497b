"""Units of measurement -> one spelling for each unit; nothing is ever converted.

A unit is read as factors over ``/ · * . ( )`` and exponents, each factor by a table of symbols, which go by
case, and of words, which do not. ``a/b·c`` is not read, since it means two things. What this takes for the
same, beyond the names of one unit:

- a power of ten in any notation (``×10⁹/L``, ``10*9/L``, ``x10E9/L``), ``K/uL`` and ``M/uL`` for ``10^3/uL``
  and ``10^6/uL``; ``个`` and a factor 1 add nothing;
- litre, IU, U, Eq and Osm in small letters; ``Kg`` and the like for ``kg``;
- a unit in capitals throughout, where capitals are all it can be (``MG/DL``, ``IU/ML``). ``ML`` alone is a
  megalitre, ``G/L`` is 10^9/L or g/L and so neither, and ``MIU`` is not mIU;
- Chinese and English names (``毫摩尔/升``, ``次/分`` and ``bpm``; ``岁`` and ``years``, but not ``年``).
"""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators.text import folded_marks

_LONGEST: Final = 60
_LONGEST_UNKNOWN: Final = 12

Unit = tuple[int, str, bool]
"""Power of ten in front, factors, and whether every factor is known."""

Factor = tuple[str, int, bool]
"""Name, exponent, and whether it is a mere number."""

# Canonical symbol, prefixes that it takes (. for none), spellings that go by case, Chinese names.
_BASES: Final = """
g .kMdcmμnpf g,gm 克
L .kMdcmμnpf L,l,ℓ 升
m .kMdcmμnp m 米
mol .kMmμnpf mol 摩尔,摩
s .mμn s 秒
U .kMmμnp U,u 单位
IU .kMmμnp IU,iu,Iu 国际单位
Eq .mμn Eq,eq 当量
Osm .mμ Osm,osm,Osmol,osmol
Pa .kMm Pa,pa 帕
Hz .kM Hz,hz 赫兹,赫
V .kmμ V 伏
W .km W 瓦
J .kMm J 焦
cal .k cal 卡
Gy .cm Gy
Sv .mμ Sv
Bq .kM Bq
kat .mμn kat
Da .k Da
M mμnp M
A mμ A 安
h . h
d . d
D . D
cP . cP
岁 . y,Y 岁
% . %
‰ . ‰
°C . °C,°c
°F . °F,°f
"""
_PREFIXES: Final = {
    ".": ("", ("",), ("",)),
    "k": ("k", ("k", "K"), ("千",)),
    "M": ("M", ("M",), ()),
    "d": ("d", ("d",), ("分",)),
    "c": ("c", ("c",), ("厘",)),
    "m": ("m", ("m",), ("毫",)),
    "μ": ("μ", ("μ", "u", "mc"), ("微",)),
    "n": ("n", ("n",), ("纳",)),
    "p": ("p", ("p",), ("皮",)),
    "f": ("f", ("f",), ("飞",)),
}
# Names that are known in any case.
_NAMES: Final = """
g gram grams gms
L litre litres liter liters ltr
kg 公斤
cm 公分
s sec secs second seconds 秒钟
min min mins minute minutes 分 分钟
h hr hrs hour hours 小时 时
d day days 天 日
week wk wks week weeks 周 星期
month mo mon month months 月 个月
岁 yo yr yrs year years 周岁
年 年
U unit units
HPF hpf hp 高倍视野 高倍镜 高倍
LPF lpf lp 低倍视野 低倍镜 低倍
times beat beats time times 次
breath breath breaths
mmHg mmhg 毫米汞柱
cmH2O cmaq 厘米水柱
mmH2O mmaq 毫米水柱
kgH2O kgaq
°C cel degc 摄氏度
°F degf 华氏度
copy copy copies cp 拷贝 拷贝数
cell cell cells 细胞
creatinine creatinine 肌酐
% percent
tablet tab tabs tablet tablets
capsule cap caps capsule capsules
"""
_SAME: Final = "CFU AU RU pH INR COI SCO ppm ppb dB HU rpm index ratio score"
# Units that are also printed in capitals, and those that capitals alone explain.
_PRINTED: Final = (
    "g L mL dL uL fL pL mg ug ng pg kg mmol umol nmol pmol U IU uIU uU mEq mOsm mm cm m h mcg mcL"
)
_EITHER: Final = frozenset(("G", "L", "ML", "U", "IU", "M", "H", "KG"))


def _symbols() -> dict[str, str]:
    """Build the table of what goes by case: symbols with their prefixes, and Chinese names."""
    table: dict[str, str] = {}
    for line in _BASES.strip().splitlines():
        unit, prefixes, spellings, names, *_ = f"{line} ".split(" ")
        for prefix in prefixes:
            short, marks, chinese = _PREFIXES[prefix]
            for spelling in spellings.split(","):
                table.update(dict.fromkeys((mark + spelling for mark in marks), short + unit))
            for name in filter(None, names.split(",")):
                table.update(dict.fromkeys((mark + name for mark in chinese), short + unit))
    # Odd capitals in the base make no other unit.
    for short, marks, _ in map(_PREFIXES.__getitem__, "mμnp"):
        odd = (mark + mole for mark in marks for mole in ("Mol", "moL", "MOL"))
        table.update(dict.fromkeys(odd, f"{short}mol"))
    return table


_SYMBOLS: Final = _symbols()
_WORDS: Final = {
    name: unit for unit, *names in map(str.split, _NAMES.strip().splitlines()) for name in names
} | {unit.lower(): unit for unit in _SAME.split()}
_CAPITALS: Final = {name.upper(): _SYMBOLS[name] for name in _PRINTED.split()}
_PER_CAPITALS: Final = re.compile(r"/(?:ML|DL|UL)\b")

_WORD: Final = re.compile(r"[^\W\d_]+")
_FACTOR: Final = re.compile(
    r"([·*.×])? ?(?:(10(?:\^|\*\*?|[eE])[+-]?\d{1,3}(?!\d)|\d+(?:\.\d+)?(?= ?[^\W\d_]))"
    r"|(°?[^\W\d_]+|[%‰°])(?:(?:\^|\*\*)([+-]?[1-9]\d?)(?!\d)|(?<![%‰°])([23]|-[123])(?![\d.]))?)"
)
_TIMES_TEN: Final = re.compile(r"[x×X*·] ?(?=10(?:\^|\*\*?|[eE])[+-]?\d)")
_POWER: Final = re.compile(r"10(?:\^|\*\*?|[eE])([+-]?\d{1,3})(?!\d)[·*×.]?")
_BRACKETED: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
# Spellings that are no product of symbols -> ones that are; and where to look for them at all.
_ODD: Final = re.compile(
    r"[\[\]{}_每方的肌]|per|hg|h2o|cu|cc|cr|bpm|s/c|old|y/o|1\.73|/\d*h$|^(?:k|m|thou\w*|mill\w*)/",
    re.IGNORECASE,
)
_SPELLINGS: Final = (
    (re.compile(r"10的(\d+)次方"), r"10^\1"),
    (re.compile(r"[\[\]{}_]"), ""),
    (re.compile(r" ?(?:\b[Pp]er\b|每) ?"), "/"),
    (re.compile(r"\bmm ?[Hh]g\b"), "mmHg"),
    (re.compile(r"(cm|mm|kg)[ ·.*]?H2O\b", re.IGNORECASE), r"\1Aq"),
    (re.compile(r"\bcu[ .]?mm\b", re.IGNORECASE), "mm^3"),
    (re.compile(r"\bcc\b"), "cm^3"),
    (re.compile(r"平方([厘毫微千分]?米)"), r"\1^2"),
    (re.compile(r"立方([厘毫微千分]?米)"), r"\1^3"),
    (re.compile(r"\b(g|mmol)[ ·.]?(?:cr(?:ea\w*)?\b|肌酐)", re.IGNORECASE), r"\1 creatinine"),
    (re.compile(r"/(\d*)H$"), r"/\1h"),
    (re.compile(r"^bpm$", re.IGNORECASE), "times/min"),
    (re.compile(r"^s/c\.?o\.?$", re.IGNORECASE), "SCO"),
    (re.compile(r"^(?:y(?:ea)?rs?) old$|^y/o$", re.IGNORECASE), "yr"),
    (re.compile(r"^(?:[kK]|thous(?:and)?)(?=/(?:[uμU]|mc|MC)[lL]$|/mm\^?3$)", re.IGNORECASE), "10^3"),
    (re.compile(r"^(?:M|[Mm]ill(?:ion)?|MILL(?:ION)?)(?=/(?:[uμU]|mc|MC)[lL]$|/mm\^?3$)"), "10^6"),
    (re.compile(r"^([^(]*)[·*.](?=1\.73)"), r"\1/"),
)


def unit_text(text: str) -> str:
    """Write a unit in one spelling; what is no unit is folded, with its case kept."""
    unit = read_unit(text)
    if unit is None:
        return folded_marks(text)
    power, factors, _ = unit
    return f"\x00u:10^{power} {factors}" if power else f"\x00u:{factors}"


def has_symbol(text: str) -> bool:
    """Check whether there is a symbol in a text, so that its case may matter."""
    return any(word in _SYMBOLS for word in _WORD.findall(text))


def read_unit(text: str) -> Unit | None:
    """Read a unit: the power of ten in front of it, its factors, and whether all of them are known.

    At most one factor may be unknown, and that one keeps its case. Gives ``None`` for what is no unit.
    """
    return _COMMON.get(text) or _read(text)


def _read(text: str) -> Unit | None:
    """Read a unit that was not read ahead."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    shown = folded_marks(text)
    simple = _simple(shown)
    if simple is not None:
        return 0, simple, True
    shown = _spelled(shown)
    times = _TIMES_TEN.match(shown)
    front = _POWER.match(shown, 0 if times is None else times.end())
    if front is None:
        factors = _factors(shown)
        return None if factors is None else _written(0, factors, _in_capitals(shown, factors))
    rest = shown[front.end() :].lstrip()
    factors = _factors(rest) if rest else []
    return None if factors is None else _written(int(front[1]), factors, _in_capitals(shown, factors), True)


def _spelled(shown: str) -> str:
    """Take off the brackets around a unit, and write what is no product of symbols as one."""
    bracketed = _BRACKETED.fullmatch(shown)
    if bracketed is not None:
        shown = bracketed[1]
    if _ODD.search(shown):
        for pattern, spelling in _SPELLINGS:
            shown = pattern.sub(spelling, shown)
    return shown


def _written(power: int, factors: list[Factor], capitals: bool, alone: bool = False) -> Unit | None:
    """Write factors in their normal form; a power of ten in front may stand alone."""
    above: list[str] = []
    below: list[str] = []
    unknown = 0
    for name, exponent, number in factors:
        if name == "1" or (name == "个" and (alone or len(factors) > 1)):
            continue
        unit = name if number else _atom(name, capitals)
        if unit is None:
            if exponent not in (1, -1):
                return None
            unit = name
            unknown += 1
        side = above if exponent > 0 else below
        side.append(unit if abs(exponent) == 1 else f"{unit}^{abs(exponent)}")
    if unknown > 1 or not (alone or any(not number for _, _, number in factors)):
        return None
    if not unknown:
        above.sort()
        below.sort()
    return power, "·".join(above) + "".join(f"/{unit}" for unit in below), not unknown


def _simple(shown: str) -> str | None:
    """Return a unit that is one symbol, or one per another, as most are."""
    above, per, below = shown.partition("/")
    if (per and shown.isupper()) or (above and above not in _SYMBOLS) or (per and below not in _SYMBOLS):
        return None
    return f"{_SYMBOLS.get(above, '')}{per}{_SYMBOLS.get(below, '')}" or None


def _atom(name: str, capitals: bool) -> str | None:
    """Return the unit that a symbol or word stands for."""
    unit = _CAPITALS.get(name) if capitals else None
    return unit or _SYMBOLS.get(name) or _WORDS.get(name.lower())


def _factors(shown: str) -> list[Factor] | None:
    """Split a unit into its factors."""
    above, *below = shown.split("/")
    factors = [] if above in ("", "1") and below else _product(above, 1, True)
    for piece in below:
        # Without brackets a/b·c is read in two ways, so it is not read.
        bracketed = _BRACKETED.fullmatch(piece)
        more = _product(piece if bracketed is None else bracketed[1], -1, bracketed is not None)
        if factors is None or more is None:
            return None
        factors += more
    return factors


def _product(piece: str, sign: int, dots: bool) -> list[Factor] | None:
    """Split a product; factors without a dot between them have to show that they belong together."""
    factors: list[Factor] = []
    at = 0
    joined = True
    while at < len(piece) or not factors:
        found = _FACTOR.match(piece, at)
        if found is None:
            return None
        dot, number, atom, raised, plain = found.groups()
        at = found.end()
        name = atom or number
        if number is not None and number != "1.73" and (factors or sign > 0):
            return None
        if len(name) > _LONGEST_UNKNOWN or (dot and not (dots and factors)):
            return None
        exponent = raised or plain
        if factors and not (dot or joined or exponent or name == "creatinine"):
            return None
        joined = number is not None or exponent is not None
        factors.append((name, sign * int(exponent or 1), number is not None))
    return factors


def _in_capitals(shown: str, factors: list[Factor]) -> bool:
    """Check whether a unit is in capitals throughout and can be nothing but one that is not."""
    if shown != shown.upper():
        return False
    names = [name for name, _, number in factors if not number]
    forced = any(name in _CAPITALS and name not in _EITHER for name in names)
    if not (forced or _PER_CAPITALS.search(shown)):
        return False
    return all(name in _CAPITALS or name.lower() in _WORDS for name in names)


# The spellings met most are read ahead.
_OFTEN: Final = """
mmol/L umol/L μmol/L µmol/L nmol/L pmol/L mg/dL mg/L ug/L ng/mL pg/mL g/L g/dL U/L IU/L IU/mL mIU/L mIU/mL
uIU/mL mEq/L 10^9/L ×10^9/L x10^9/L 10^12/L ×10^12/L 10*9/L 10⁹/L 10^3/uL 10^6/uL K/uL % fL pg /HPF /uL /μL
s sec min mm/h mm/hr mmHg ℃ °C 岁 次/分 bpm kg cm mm mg g mL L kg/m2 kg/m² mL/min/1.73m2 copies/mL mOsm/kg
"""
_COMMON: Final = {spelling: unit for spelling in _OFTEN.split() if (unit := _read(spelling)) is not None}
