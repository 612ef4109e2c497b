"""Blood groups: ``O型``, ``“O”型血`` and ``Type O`` are one, ``A+`` and ``A型 Rh(D)阳性`` another."""

from __future__ import annotations

import re
from typing import Final

_RH_NAME: Final = r"rh(?:esus)?(?: ?factor|因子|血型)?(?: ?\(?d\)?)?(?:血型|抗原)?[: ]*"
_SIGN: Final = r"\(?(阳性?|阴性?|陽性?|陰性?|positive|negative|pos|neg|\+|-)\)?(?:\([+-]\))?型?"
_GROUP: Final = re.compile(
    r"(?:(?:abo)? ?(?:blood ?)?(?:type|group)?(?:血型)?[: ]*)"
    r'(?:\("?|"\(?)?(ab|a|b|o)(?:"?\)|\)?")?(?:型血?|血型| type| group)?'
    rf"(?:(?:[ ,;/]*|\+)(?P<named>{_RH_NAME}){_SIGN}| ?{_SIGN})?"
)
_RH: Final = re.compile(_RH_NAME + _SIGN)


def blood_text(folded: str) -> str | None:
    """Write a blood group from its folded text; ``None`` for what is none."""
    rh = _RH.fullmatch(folded)
    if rh is not None:
        return f"\x00g:{_sign(rh[1])}"
    group = _GROUP.fullmatch(folded)
    if group is None:
        return None
    sign = group[3] or group[4]
    return f"\x00g:{group[1].upper()}{_sign(sign) if sign else ''}"


def _sign(sign: str) -> str:
    return "+" if sign[0] in "阳陽p+" else "-"
