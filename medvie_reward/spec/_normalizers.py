"""Named steps that a rule takes before its comparator reads a value.

A step is its name, ``"casefold"``, or an object of its name and what it takes, ``{"strip_prefix": ["Dr."]}``.
Steps are applied in their order. A step that would leave nothing leaves the text as it is, so that no step
decides whether there is a field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from medvie_reward._core.validate import shown
from medvie_reward.comparators.text import folded_text, normalized
from medvie_reward.errors import SpecError
from medvie_reward.spec._patterns import replace_pattern

Step = Callable[[str], str]

Steps = tuple[tuple[str, Any], ...]
"""Names of steps with what they take, frozen; ``None`` for nothing."""

_LEFT: Final = "([{（［｛【〔「『《〈＜<"
_RIGHT: Final = ")]}）］｝】〕」』》〉＞>"
_LONGEST: Final = 1_000
_NO_DIGIT: Final = re.compile(r"\D+")


def _affixes(value: Any) -> tuple[str, ...]:
    """Read one text or several, the longest first."""
    texts = (value,) if isinstance(value, str) else value
    good = isinstance(texts, Sequence) and texts and all(isinstance(x, str) and x.strip() for x in texts)
    if not good:
        raise SpecError(f"expected a text or a list of texts that are not blank, got {shown(value)}")
    return tuple(sorted({x.strip() for x in texts}, key=lambda x: (-len(x), x)))


def _strip_prefix(value: Any) -> Step:
    found = _affixes(value)
    folded = [x.casefold() for x in found]

    def strip(text: str) -> str:
        bare = text.strip()
        for affix, low in zip(found, folded, strict=True):
            if bare[: len(affix)].casefold() == low and _parted(affix[-1], bare[len(affix) : len(affix) + 1]):
                return bare[len(affix) :].strip()
        return text

    return strip


def _strip_suffix(value: Any) -> Step:
    found = _affixes(value)
    folded = [x.casefold() for x in found]

    def strip(text: str) -> str:
        bare = text.strip()
        for affix, low in zip(found, folded, strict=True):
            at = len(bare) - len(affix)
            if at > 0 and bare[at:].casefold() == low and _parted(affix[0], bare[at - 1]):
                return bare[:at].strip()
        return text

    return strip


def _parted(one: str, other: str) -> bool:
    """Check whether an affix ends here: a letter does not go on where it ended with a Latin one."""
    return not (one.isascii() and one.isalpha() and other.isascii() and other.isalpha())


def _strip_brackets(value: Any) -> Step:
    only = None if value is None else {folded_text(x) for x in _affixes(value)}

    def strip(text: str) -> str:
        bare = text.strip()
        if len(bare) > _LONGEST:
            return text
        at = _opening(bare)
        if at > 0 and (only is None or folded_text(bare[at + 1 : -1]) in only):
            return bare[:at].strip()
        end = _closing(bare)
        if 0 < end < len(bare) - 1 and (only is None or folded_text(bare[1:end]) in only):
            return bare[end + 1 :].strip()
        return text

    return strip


def _opening(text: str) -> int:
    """Return where the bracket opens that closes at the end of a text; -1 where none does."""
    if not text or text[-1] not in _RIGHT:
        return -1
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] in _RIGHT) - (text[at] in _LEFT)
        if depth == 0:
            return at
    return -1


def _closing(text: str) -> int:
    """Return where the bracket closes that opens at the start of a text; -1 where none does."""
    if not text or text[0] not in _LEFT:
        return -1
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign in _LEFT) - (sign in _RIGHT)
        if depth == 0:
            return at
    return -1


def _regex(value: Any) -> Step:
    good = isinstance(value, Mapping) and value.keys() <= {"pattern", "replace"} and "pattern" in value
    if not good or not all(isinstance(x, str) for x in value.values()):
        raise SpecError(f'expected {{"pattern": …, "replace": …}}, got {shown(value)}')
    return replace_pattern(value["pattern"], value.get("replace", ""))


def _synonyms(value: Any) -> Step:
    table: dict[str, str] = {}
    if not isinstance(value, Mapping) or not value:
        raise SpecError(f"expected an object of a spelling with a list of others, got {shown(value)}")
    for name, spellings in value.items():
        if not isinstance(spellings, (list, tuple)) or not all(
            isinstance(x, str) and x.strip() for x in (name, *spellings)
        ):
            raise SpecError(
                f"expected a list of texts that are not blank under {name!r}, got {shown(spellings)}"
            )
        for spelling in (name, *spellings):
            if table.setdefault(folded_text(spelling), name) != name:
                raise SpecError(f"expected {spelling!r} under one spelling, got it under two")
    return lambda text: table.get(folded_text(text), text)


def _casefold(text: str) -> str:
    return text.casefold()


def _width(text: str) -> str:
    """Write full-width and half-width forms as the usual characters."""
    return normalized("NFKC", text) if len(text) <= _LONGEST else text


def _digits_only(text: str) -> str:
    return _NO_DIGIT.sub("", text)


_PLAIN: Final[dict[str, Step]] = {
    "casefold": _casefold,
    "fold_width": _width,
    "digits_only": _digits_only,
    "strip_brackets": _strip_brackets(None),
}
_MAKERS: Final[dict[str, Callable[[Any], Step]]] = {
    "strip_prefix": _strip_prefix,
    "strip_suffix": _strip_suffix,
    "strip_brackets": _strip_brackets,
    "regex": _regex,
    "synonyms": _synonyms,
}
NORMALIZERS: Final = tuple(dict.fromkeys((*_PLAIN, *_MAKERS)))
"""Names of the steps."""


def read_steps(value: Any) -> Steps:
    """Return steps in one frozen form.

    Raises
    ------
    SpecError
        If a step does not exist or cannot be made; the message names it by its number.
    """
    listed = [value] if isinstance(value, (str, Mapping)) else value
    if not isinstance(listed, (list, tuple)):
        raise SpecError(f"normalize: expected a list of steps, got {shown(value)}")
    return tuple(_read_step(step, n) for n, step in enumerate(listed))


def _read_step(step: Any, n: int) -> tuple[str, Any]:
    if isinstance(step, str):
        name, takes = step, None
    elif isinstance(step, Mapping) and len(step) == 1:
        ((name, takes),) = step.items()
    elif isinstance(step, tuple) and len(step) == 2 and isinstance(step[0], str):
        name, takes = step[0], _thawed(step[1])
    else:
        raise SpecError(f"normalize[{n}]: expected a name or an object of one name, got {shown(step)}")
    if name not in NORMALIZERS:
        raise SpecError(f"normalize[{n}]: no step {name!r}: expected one of {', '.join(NORMALIZERS)}")
    try:
        _make(name, takes)
    except SpecError as error:
        raise SpecError(f"normalize[{n}], {name}: {error}") from None
    return name, _frozen(takes)


def steps_form(steps: Steps) -> Step | None:
    """Return one function for all steps, ``None`` where there are none."""
    made = [_make(name, _thawed(takes)) for name, takes in steps]
    if not made:
        return None

    def normalized(text: str) -> str:
        for step in made:
            after = step(text)
            if after and not after.isspace():
                text = after
        return text

    return normalized


def steps_json(steps: Steps) -> list[Any]:
    """Write steps as a rules file has them."""
    return [name if takes is None else {name: _thawed(takes)} for name, takes in steps]


def _make(name: str, takes: Any) -> Step:
    if takes is None:
        if name in _PLAIN:
            return _PLAIN[name]
        raise SpecError(f'expected what it takes, as in {{"{name}": …}}')
    if name not in _MAKERS:
        raise SpecError(f"expected its name alone, got {shown(takes)}")
    return _MAKERS[name](takes)


class _Members(tuple[Any, ...]):
    """The members of an object, as pairs: tells them from a list of pairs."""

    __slots__ = ()


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _Members(sorted((key, _frozen(x)) for key, x in value.items()))
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) else value


def _thawed(value: Any) -> Any:
    if isinstance(value, _Members):
        return {key: _thawed(x) for key, x in value}
    return [_thawed(x) for x in value] if isinstance(value, tuple) else value
