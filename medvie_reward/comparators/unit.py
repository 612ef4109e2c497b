"""Units of measurement -> one spelling for each unit; nothing is ever converted.

A unit is read as factors over ``/ · * . ( )`` and exponents, each factor by a table of symbols, which go by
case, and of words, which do not. ``a/b·c`` is not read, since it means two things. What this takes for the
same, beyond the names of one unit:

- a power of ten in any notation (``×10⁹/L``, ``10*9/L``, ``x10E9/L``, ``10↑9/L``, ``E9/L``) and in words
  (``K/uL``, ``thou/uL``, ``lakh/cumm``, ``1000/µL``); ``个`` and a factor 1 add nothing;
- litre, IU, U, Eq and Osm in small letters; ``Kg`` and the like for ``kg``;
- a unit in capitals, where capitals are all it can be (``MG/DL``, ``PG/ml``, ``Pmol/L``). ``ML`` alone is a
  megalitre, ``G/L`` is 10^9/L or g/L and so neither, and ``MIU`` is not mIU;
- what UCUM writes in braces and others behind a space: ``ng/mL{FEU}`` and ``ng/mL FEU``, ``mg/g{creat}`` and
  ``mg/gCr``. A qualifier is part of the unit: ``{FEU}`` is not ``{DDU}``, and no unit with one is the same
  without it, but for ``(calc)``, which tells of the method;
- Chinese and English names (``毫摩尔/升``, ``次/分`` and ``bpm``; ``岁`` and ``years``, but not ``年``).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from medvie_reward.comparators._unit_table import EITHER, units
from medvie_reward.comparators.text import folded_marks

_LONGEST: Final = 60
_LONGEST_UNKNOWN: Final = 12

Unit = tuple[int, str, bool]
"""Power of ten in front, factors, and whether every factor is known."""


class _Factor(NamedTuple):
    """A factor: name, exponent, whether it is a mere number, what qualifies it, whether that is known."""

    name: str
    exponent: int
    number: bool
    of: str = ""
    known: bool = True


_PER_CAPITALS: Final = re.compile(r"/(?:ML|DL|UL)\b")
_CAPITAL_PREFIX: Final = re.compile(r"[PNUF](?:g|[mM]ol|L|l)")

_WORD: Final = re.compile(r"[^\W\d_]+")
_FACTOR: Final = re.compile(
    r"([·*.×])?( ?)(?:(10(?:\^|\*\*?|[eE])[+-]?\d{1,3}(?!\d)|\d+(?:\.\d+)?(?=[ .·*]?[^\W\d_]))"
    r"|(°?[^\W\d_]+|[%‰°])"
    r"(?:(?:\^|\*\*)([+-]?[1-9]\d?)(?!\d)|(?<![%‰°])([23]|(?<=m)[4-6]|-[123])(?![\d.]))?)"
)
_TIMES_TEN: Final = re.compile(r"[x×X*·] ?(?=10(?:\^|\*\*?|[eE])[+-]?\d)")
_POWER: Final = re.compile(r"10(?:\^|\*\*?|[eE])([+-]?\d{1,3})(?!\d)[·*×.]?")
_BRACKETED: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_LOGARITHM: Final = re.compile(r"(?:log(?:10)?|lg)(?:[ ._]+|(?=\())(?=[^\W\d_(])", re.IGNORECASE)

# Spellings that are no product of symbols -> ones that are, in this order. Carets as they are scanned, or
# sent in HL7 messages, come first.
_CARETS: Final = (
    (re.compile(r"^乘 ?(?=10)"), "×"),
    (re.compile(r"10 ?的 ?(\d+) ?次方"), r"10^\1"),
    (re.compile(r"(?<=10) ?(?:[∧ˆ↑ˇ＾^⌃]|\\S\\|exp) ?(?=[+-]?\d)"), "^"),
    (re.compile(r"(?<=10)[xX](?=\d{1,2} ?/)"), "^"),
    (re.compile(r"(?<=10)\(([+-]?\d{1,2})\)"), r"^\1"),
    (re.compile(r"^(?:[x×X*] ?)?[eE]\+?(\d{1,2}) ?(?=/)"), r"10^\1"),
    (re.compile(r"10(?:\^|\*\*?|[eE])\+?0*(?=\d)"), "10^"),
)
_SPELLINGS: Final = (
    (re.compile(r"[个個箇#](?=/)|(?<=/)1 ?(?=[^\W\d_])"), ""),
    (re.compile(r"(?<=[a-z])\(s\)"), ""),
    (re.compile(r"^1 ?(?=\{)"), ""),
    (re.compile(r"\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"[\[\]]"), ""),
    (re.compile(r"_"), " "),
    (re.compile(r" ?(?:\b[Pp]er\b|每) ?"), "/"),
    (re.compile(r"\bmm ?[Hh][Gg]\b"), "mmHg"),
    (re.compile(r"(cm|mm|kg)[ ·.*]?H2O\b", re.IGNORECASE), r"\1Aq"),
    (re.compile(r"\bcc\b"), "cm^3"),
    (re.compile(r"平方([厘毫微千分]?米)"), r"\1^2"),
    (re.compile(r"立方([厘毫微千分]?米)"), r"\1^3"),
    (re.compile(r"1[.,]73[ .·*]?m(?:\^|\*\*)?2(?!\d)"), "1.73m^2"),
    (re.compile(r"/(\d*)H$"), r"/\1h"),
    (re.compile(r"^[kK](?=/(?:[uμU]|mc|MC|Mc)[lL]$|/mm\^?3$)"), "10^3"),
    (re.compile(r"^M(?=/(?:[uμU]|mc|MC|Mc)[lL]$|/mm\^?3$)"), "10^6"),
    (re.compile(r"^([^(]*)[·*.](?=1\.73)"), r"\1/"),
    (re.compile(r" +"), " "),
    (re.compile(r" ?/ ?"), "/"),
)
# Where one of these spellings may be.
_ODD: Final = re.compile(r"[\[\]{}_每方个個箇#(]|per|hg|h2o|cc|1[.,]73|/1|/\d*H$|^[kM]/", re.IGNORECASE)
_MOST_SPACES: Final = 4
_THOUSANDS: Final = re.compile(
    r"(?:[x×X*] ?)?(?:(10{2,6})|([^\W\d_]+)\.?) ?(?=/|(?:cell|cop)[a-z]+/)", re.IGNORECASE
)
_LETTERS: Final = re.compile(r"(?<![^\W\d_])(?:[A-Z]\.){1,3}[A-Z](?![^\W\d_])\.?")


def unit_text(text: str) -> str:
    """Write a unit in one spelling; what is no unit is folded, with its case kept."""
    unit = read_unit(text)
    if unit is None:
        return folded_marks(text)
    power, factors, _ = unit
    return f"\x00u:10^{power} {factors}" if power else f"\x00u:{factors}"


def has_symbol(text: str) -> bool:
    """Check whether there is a symbol in a text, so that its case may matter."""
    symbols = units().symbols
    return any(word in symbols for word in _WORD.findall(text))


def read_unit(text: str) -> Unit | None:
    """Read a unit: the power of ten in front of it, its factors, and whether all of them are known.

    At most one factor or qualifier may be unknown; a factor keeps its case. Gives ``None`` for what is no
    unit.
    """
    return _common().get(text) or _read(text)


def _read(text: str) -> Unit | None:
    """Read a unit that was not read ahead."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    shown = folded_marks(text)
    simple = _simple(shown)
    if simple is not None:
        return 0, simple, True
    bracketed = _BRACKETED.fullmatch(shown)
    if bracketed is not None:
        shown = bracketed[1]
    logarithm = _LOGARITHM.match(shown)
    if logarithm is not None:
        unit = _read(shown[logarithm.end() :])
        return None if unit is None or unit[0] else (0, f"log {unit[1]}", unit[2])
    unit = _product_of(shown, loose=False)
    if (unit is not None and unit[2]) or shown.count(" ") > _MOST_SPACES:
        return unit
    spelled = _spelled(shown)
    if spelled != shown and _LOGARITHM.match(spelled) is not None:
        return _read(spelled)
    return _product_of(spelled, loose=True) or unit


def _simple(shown: str) -> str | None:
    """Return a unit that is one symbol, or one per another, as most are."""
    symbols = units().symbols
    above, per, below = shown.partition("/")
    if (per and shown.isupper()) or (above and above not in symbols) or (per and below not in symbols):
        return None
    return f"{symbols.get(above, '')}{per}{symbols.get(below, '')}" or None


def _spelled(shown: str) -> str:
    """Write what is no product of symbols as one."""
    known = units()
    if "10" in shown or shown.startswith(("e", "E", "x", "X", "×", "*")):
        for pattern, spelling in _CARETS:
            shown = pattern.sub(spelling, shown)
    lower = shown.lower()
    if any(phrase in lower for phrase in known.phrases):
        shown = known.phrase.sub(lambda found: known.phrases[found[0].lower()], shown)
    if _ODD.search(shown) is not None:
        for pattern, spelling in _SPELLINGS:
            shown = pattern.sub(spelling, shown)
    shown = _LETTERS.sub(lambda found: found[0].replace(".", ""), shown.strip())
    thousands = _THOUSANDS.match(shown)
    if thousands is not None:
        power = len(thousands[1]) - 1 if thousands[1] else known.powers.get(thousands[2].lower())
        if power is not None:
            shown = f"10^{power}{shown[thousands.end() :]}"
    return shown


def _product_of(shown: str, loose: bool) -> Unit | None:
    """Read a product with or without a power of ten in front."""
    times = _TIMES_TEN.match(shown)
    front = _POWER.match(shown, 0 if times is None else times.end())
    if front is None:
        factors = _factors(shown, loose)
        return None if factors is None else _written(0, factors, shown)
    rest = shown[front.end() :].lstrip()
    factors = _factors(rest, loose) if rest else []
    return None if factors is None else _written(int(front[1]), factors, shown, alone=True)


def _written(power: int, factors: list[_Factor], shown: str, alone: bool = False) -> Unit | None:
    """Write factors in their normal form; a power of ten in front may stand alone."""
    capitals = _in_capitals(shown, factors)
    above: list[str] = []
    below: list[str] = []
    whole = ""
    unknown = sum(not factor.known for factor in factors)
    for name, exponent, number, of, _ in factors:
        if not name:
            whole = of
            continue
        if not of and (name == "1" or (name in "个個箇" and (alone or len(factors) > 1))):
            continue
        unit = _numeral(name) if number else _atom(name, capitals, len(factors) > 1)
        if unit is None:
            if exponent not in (1, -1):
                return None
            unit = name
            unknown += 1
        side = above if exponent > 0 else below
        side.append((unit if abs(exponent) == 1 else f"{unit}^{abs(exponent)}") + of)
    if unknown > 1 or not (alone or any(of or not number for _, _, number, of, _ in factors)):
        return None
    if not unknown:
        above.sort()
        below.sort()
    return power, "·".join(above) + "".join(f"/{unit}" for unit in below) + whole, not unknown


def _numeral(name: str) -> str:
    power = _POWER.fullmatch(name)
    return name if power is None else f"10^{int(power[1])}"


def _atom(name: str, capitals: bool, several: bool) -> str | None:
    """Return the unit that a symbol or word means, with what it is glued to."""
    known = units()
    unit = known.capitals.get(name) if capitals else None
    lower = name.lower()
    unit = unit or known.symbols.get(name) or known.words.get(lower)
    if unit is not None:
        return unit
    if several and name in known.capitals and name not in EITHER:
        return known.capitals[name]
    if several and _CAPITAL_PREFIX.fullmatch(name):
        return known.symbols.get(name[0].lower() + name[1:])
    if lower in known.qualifiers:
        return known.qualifiers[lower]
    for length in range(min(len(name) - 1, _LONGEST_UNKNOWN), 1, -1):
        of = known.qualifiers.get(lower[-length:])
        if of is not None and (unit := known.symbols.get(name[:-length])) is not None:
            return f"{unit} {of}"
    return None


def _factors(shown: str, loose: bool) -> list[_Factor] | None:
    """Split a unit into its factors."""
    above, *below = shown.split("/")
    factors = [] if above in ("", "1") and below else _product(above, 1, True, loose)
    for piece in below:
        # Without brackets a/b·c is read in two ways, so it is not read.
        bracketed = _BRACKETED.fullmatch(piece)
        more = _product(piece if bracketed is None else bracketed[1], -1, bracketed is not None, loose)
        if factors is None or more is None:
            return None
        factors += more
    return factors


def _product(piece: str, sign: int, dots: bool, loose: bool) -> list[_Factor] | None:
    """Split a product; factors without a dot between them have to show that they belong together."""
    factors: list[_Factor] = []
    at = 0
    joined = True
    while at < len(piece) or not factors:
        if factors and (called := _QUALIFIER.match(piece, at)) is not None:
            qualified = _qualified(factors, called[1] or called[2], loose and called[0][0] in " (")
            if qualified:
                at = called.end()
                joined = False
                continue
        found = _FACTOR.match(piece, at)
        if found is None:
            return None
        dot, _, number, atom, raised, plain = found.groups()
        at = found.end()
        name = atom or number
        if number is not None and number != "1.73" and (factors or sign > 0):
            return None
        if len(name) > _LONGEST_UNKNOWN or (dot and not (dots and factors)):
            return None
        exponent = raised or plain
        if factors and not (dot or joined or exponent):
            return None
        joined = number is not None or exponent is not None
        factors.append(_Factor(name, sign * int(exponent or 1), number is not None))
    return factors


_QUALIFIER: Final = re.compile(r"(?:[ ·.*-]{0,2}([^\W\d_]+)| ?\(([^\W\d_]+)\))(?![\^\d])")


def _qualified(factors: list[_Factor], word: str, loose: bool) -> bool:
    """Take a word for a qualifier of the last factor, or of the whole unit, if it may be one."""
    known = units()
    lower = word.lower()
    last = factors[-1]
    if lower in known.qualifiers:
        factors[-1] = last._replace(of=f"{last.of} {known.qualifiers[lower]}")
    elif lower in known.whole:
        if known.whole[lower]:
            factors.append(_Factor("", 1, False, f" {known.whole[lower]}"))
    elif loose and len(word) <= _LONGEST_UNKNOWN and last.name and _atom(word, False, False) is None:
        # A word that is no unit means the same in any case.
        factors[-1] = last._replace(of=f"{last.of} {lower}", known=False)
    else:
        return False
    return True


def _in_capitals(shown: str, factors: list[_Factor]) -> bool:
    """Check whether a unit is in capitals throughout and can be nothing but one that is not."""
    if shown != shown.upper():
        return False
    known = units()
    names = [factor.name for factor in factors if not factor.number and factor.name]
    forced = any(name in known.capitals and name not in EITHER for name in names)
    if not (forced or _PER_CAPITALS.search(shown)):
        return False
    return all(name in known.capitals or name.lower() in known.words for name in names)


# The spellings met most are read ahead.
_OFTEN: Final = """
mmol/L umol/L μmol/L µmol/L nmol/L pmol/L mg/dL mg/L ug/L ng/mL pg/mL g/L g/dL U/L IU/L IU/mL mIU/L mIU/mL
uIU/mL mEq/L 10^9/L ×10^9/L x10^9/L 10^12/L ×10^12/L 10*9/L 10⁹/L 10^3/uL 10^6/uL K/uL % fL pg /HPF /uL /μL
s sec min mm/h mm/hr mmHg ℃ °C 岁 次/分 bpm kg cm mm mg g mL L kg/m2 kg/m² mL/min/1.73m2 copies/mL mOsm/kg
"""


@cache
def _common() -> dict[str, Unit]:
    return {spelling: unit for spelling in _OFTEN.split() if (unit := _read(spelling)) is not None}
