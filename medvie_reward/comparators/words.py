"""Closed vocabularies: abnormal marks, qualitative results, sex, yes and no, and lists of synonyms.

A spelling is looked up whole, then part by part: ``阳性(++)``, ``H↑`` and ``Male (男)`` say one thing twice
and have its form, ``H↓`` contradicts itself and stays text. Parts are never searched inside a word, so
``non-reactive`` and ``未检出`` do not read as ``reactive`` and ``检出``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from medvie_reward.comparators.text import folded_text
from medvie_reward.errors import SpecError

# No spelling or sensible pair of spellings is longer.
_LONGEST: Final = 60

# Signs that print alike, and traditional characters of the words below; dashes and widths are folded before.
_ALIKE: Final = str.maketrans("∗⁎✱⬆⇧⬇⇩陰陽強檢測應見確區臨無異減極", "***↑↑↓↓阴阳强检测应见确区临无异减极")

# Parts of a spelling: a Latin word, Chinese characters, or signs; brackets and whitespace only part them.
_PART: Final = re.compile(r"([a-z]+(?:[.-][a-z]+)*)\.?|([㐀-鿿]+)|([^a-z㐀-鿿()\[\]{}]+)")


def _key(folded: str) -> str:
    return "".join((folded if folded.isascii() else folded.translate(_ALIKE)).split())


def _table(tag: str, grades: Mapping[str, str]) -> dict[str, str]:
    """Write the form of every spelling, folded and as it mostly stands, so that most texts are there."""
    table: dict[str, str] = {}
    for grade, spellings in grades.items():
        for word in map(str.strip, spellings.split("|")):
            for spelling in (_key(folded_text(word)), word, word.upper(), word.capitalize(), word.title()):
                table[spelling] = f"\x00{tag}:{grade}"
    return table


# A critical mark says more than "very high", and a triangle or a slanted arrow may mark something other than
# a direction, so none of them is one of the grades beside it. `HH` is `↑↑`, but "critical high" is neither.
_FLAGS: Final = _table(
    "f",
    {
        "high": "↑ | h | high | elevated | above normal | above range | 高 | 偏高 | 升高 | 增高",
        "very high": "↑↑ | hh | very high | 极高",
        "low": "↓ | l | low | decreased | below normal | below range | 低 | 偏低 | 降低 | 减低",
        "very low": "↓↓ | ll | very low | 极低",
        "normal": "n | normal | within normal limits | within normal range | wnl | 正常 | 正常范围",
        "none": "- | -- | / | // | none | nil | n/a | n.a | na | 无",
        "abnormal": "* | a | abn | abnormal | 异常 | 不正常",
        "critical": "critical | critical value | panic value | 危急 | 危急值",
        "critical high": "critical high | critically high | panic high | 危急高",
        "critical low": "critical low | critically low | panic low | 危急低",
    },
)

# `+` is what a dipstick prints for the first grade and a serology report for "positive" (阳性(+)); since one
# sign has one form, 阳性 and 1+ share it, and every further plus is a grade of its own. A trace is less than
# weakly positive on some scales and the same on others, so 微量 is not ±. Negative, not detected,
# non-reactive, none seen and normal are results of different tests.
_GRADES: Final = _table(
    "o",
    {
        "negative": "- | (-) | （-） | 阴性(-) | 阴性（-） | negative | neg | 阴性 | 阴",
        "weak": "± | +/- | +- | weakly positive | weak positive | weak pos | 弱阳性 | 弱阳",
        "1+": "+ | (+) | （+） | 阳性(+) | 阳性（+） | 1+ | +1 | positive | pos | 阳性 | 阳",
        "2+": "++ | 2+ | +2",
        "3+": "+++ | 3+ | +3",
        "4+": "++++ | 4+ | +4",
        "strong": "strongly positive | strong positive | strong pos | 强阳性 | 强阳",
        "trace": "trace | tr | 微量 | 痕量",
        "not detected": "not detected | not-detected | none detected | undetected | nd | n.d"
        " | 未检出 | 未检测到 | 未测出 | 未检到",
        "detected": "detected | 检出 | 检测到",
        "reactive": "reactive | 反应性 | 有反应性",
        "weakly reactive": "weakly reactive | weakly-reactive | 弱反应性",
        "non-reactive": "non-reactive | nonreactive | not reactive | 非反应性 | 无反应性",
        "normal": "normal | 正常",
        "abnormal": "abnormal | 异常",
        "none seen": "none seen | not seen | 未见 | 未查见",
        "none found": "none found | not found | 未找到 | 未发现 | 未查到",
        "equivocal": "equivocal | 可疑",
        "indeterminate": "indeterminate | 不确定",
        "grey zone": "grey zone | gray zone | grey-zone | gray-zone | 灰区",
        "borderline": "borderline | 临界",
    },
)
_POSITIVE: Final = "\x00o:1+"
_PLUSES: Final = (_POSITIVE, "\x00o:2+", "\x00o:3+", "\x00o:4+")

# The codes of GB/T 2261.1 (1, 2, 0, 9) stay digits: other code lists number the sexes otherwise. A lone O is
# as often an empty circle as "other".
_SEXES: Final = _table(
    "s",
    {
        "male": "m | male | 男 | 男性 | 男士 | ♂",
        "female": "f | female | 女 | 女性 | 女士 | ♀",
        "unknown": "u | unk | unknown | 未知 | 不详 | 不明",
        "other": "other | 其他 | 其它",
    },
)

# 1 and 0 are truth values where a field is known to hold one, as here. 有 and 无 answer another question than
# 是 and 否, and are neither true nor false. A crossed box is a choice in some forms and none in others.
_TRUTHS: Final = _table(
    "b",
    {
        "true": "true | yes | y | t | 1 | 是 | 是的 | √ | ✓ | ✔ | ☑ | ✅",
        "false": "false | no | n | f | 0 | 否 | 不是 | × | ✗ | ✘ | ✕ | ❌",
        "present": "present | 有",
        "absent": "absent | none | 无 | 没有",
    },
)


def _composed(text: str, table: Mapping[str, str]) -> str:
    """Return the form of a spelling that the table does not hold as it stands."""
    folded = folded_text(text)
    if len(folded) > _LONGEST:
        return folded
    key = _key(folded)
    known = table.get(key)
    if known is not None:
        return known
    parts = [latin or han or sign for latin, han, sign in _PART.findall(key)]
    if len(parts) > 2:
        # A slash between two words only parts them.
        parts = [part for i, part in enumerate(parts) if part != "/" or i in (0, len(parts) - 1)]
    forms = [table.get(part, "") for part in parts]
    if not all(forms) or len(set(parts)) < len(parts):
        return folded
    said = set(forms)
    if len(said) == 2 and _POSITIVE in said:
        # "Positive" beside a sign leaves the grade to the sign.
        said = {
            form for part, form in zip(parts, forms, strict=True) if form != _POSITIVE or not part.isalpha()
        }
        if not said.issubset(_PLUSES):
            return folded
    return said.pop() if len(said) == 1 else folded


def flag_text(text: str) -> str:
    """Write the abnormal mark of a lab row: high, very high, low, very low, normal, none, abnormal, critical.

    What a report prints where there is no mark (``-``, ``/``, ``无``) is one grade, and not "normal".
    """
    return _FLAGS.get(text) or _composed(text, _FLAGS)


def ordinal_text(text: str) -> str:
    """Write a qualitative result: negative, weak, 1+ to 4+, strong, detected or not, reactive or not, ….

    "Positive" without a grade is ``+``, and so is ``1+``; ``阳性(++)`` is ``2+``.
    """
    return _GRADES.get(text) or _composed(text, _GRADES)


def sex_text(text: str) -> str:
    """Write a sex: male, female, unknown or other; a code number stays text."""
    return _SEXES.get(text) or _composed(text, _SEXES)


def boolean_text(text: str) -> str:
    """Write yes or no, as which 1 and 0 count too; ``有`` and ``无`` are present and absent."""
    return _TRUTHS.get(text) or _composed(text, _TRUTHS)


def enum_form(
    synonyms: Mapping[str, Sequence[str]] | Sequence[tuple[str, Sequence[str]]],
) -> Callable[[str], str]:
    """Return a function that normalizes a name and its spellings to one form, each compared by folded text.

    Parameters
    ----------
    synonyms
        Each name with its other spellings, as a mapping or as pairs.

    Raises
    ------
    SpecError
        If that is not what the synonyms are, a spelling is blank, or it stands for two names.
    """
    forms: dict[str, str] = {}
    owners: dict[str, str] = {}
    for i, (name, spellings) in enumerate(_pairs(synonyms)):
        form = f"\x00e:{i}"
        for spelling in (name, *spellings):
            folded = folded_text(spelling)
            if not folded:
                raise SpecError(
                    f"synonyms of {name!r}: expected spellings that are not blank, got {spelling!r}"
                )
            if forms.setdefault(folded, form) != form:
                both = f"{owners[folded]!r} and {name!r}"
                raise SpecError(f"synonyms: expected {spelling!r} under one name, got it under {both}")
            owners[folded] = name

    def form_of_text(text: str) -> str:
        known = forms.get(text)
        if known is not None:
            return known
        folded = folded_text(text)
        return forms.get(folded, folded)

    return form_of_text


def _pairs(synonyms: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Check the shape of synonyms."""
    pairs = list(synonyms.items()) if isinstance(synonyms, Mapping) else synonyms
    if not isinstance(pairs, (list, tuple)):
        raise SpecError(f"synonyms: expected names with lists of spellings, got {synonyms!r}")
    checked = []
    for pair in pairs:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not isinstance(pair[0], str):
            raise SpecError(f"synonyms: expected a name and a list of its spellings, got {pair!r}")
        name, spellings = pair
        if not isinstance(spellings, (list, tuple)) or not all(isinstance(x, str) for x in spellings):
            raise SpecError(f"synonyms of {name!r}: expected a list of strings, got {spellings!r}")
        checked.append((name, tuple(spellings)))
    return checked
