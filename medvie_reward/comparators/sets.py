"""A delimited text -> the bag of its parts, where it is certain that their order says nothing.

Only one kind of delimiter splits a text: numbers or bullets in front of the parts where there are any, else
the first of the delimiters that occurs, in the order they are given. The later ones then belong to the parts,
so that in ``高血压，3级；糖尿病，2型`` the grades stay with their diagnoses. Nothing in brackets is split.

With the delimiters that are used where none are given, a text keeps its order unless its parts stand alone:

- a comma makes a set only between names of diseases, none of which is denied, doubted, placed or graded:
  ``Hypertension, diabetes`` is one, ``No fracture, dislocation`` and ``左侧颈动脉，轻度狭窄`` are none;
- a part that tells of its neighbor keeps all in order, whatever the delimiter: ``伴…``, a size alone; and
  where the parts have no numbers or bullets ``考虑…``, and a heading with a colon that only some parts have.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from medvie_reward.comparators._items import bulleted, numbered, outside, split
from medvie_reward.comparators._vocabulary import spellings
from medvie_reward.comparators.text import folded_text
from medvie_reward.errors import SpecError

# A slash is no default: it stands in units, dates, blood pressures and vertebrae. A line's end comes late,
# since a list that has other delimiters may be wrapped anywhere.
_DEFAULT: Final = "。;|\n,"
_COMMA: Final = ","
_TWINS: Final = {
    twin: pair for pair in (";；", ",，、､", "|｜", "/／", ".．", "。｡", ":：", "\n\r") for twin in pair
}
_BLANKS: Final = " \t\r\n\u3000\xa0"
_FIGURES: Final = ",，.．。｡、"
_LONGEST_NAME: Final = 80

_HEADING: Final = re.compile("(?<![0-9])[:：]|[:：](?![0-9])")
_WRAPPED: Final = re.compile(r"(?<=[,，、:：(（])[ \t\u3000]*[\r\n]+")
_LATIN: Final = re.compile(r"[a-z][a-z0-9/-]*")
_NUMERAL: Final = r"[0-9]+(?:\.[0-9]+)?"
_MEASURE: Final = re.compile(
    rf"{_NUMERAL}(?: ?[x×*~-] ?{_NUMERAL}){{0,3}} ?(?:mm|cm|m|ml|%|毫米|厘米|公分|毫升)"
)


def set_form(delimiters: str = _DEFAULT) -> Callable[[str], str]:
    """Return a function that normalizes delimited strings: folded parts in any order, with repeats.

    Parameters
    ----------
    delimiters
        The characters that part a text, the strongest first; each also stands for its full or half width. A
        comma or full stop between two digits parts nothing. Where they are given, every text that holds one
        is a set; where they are not, see the top of this module.

    Raises
    ------
    SpecError
        If the delimiters are not a text of one character or more.
    """
    if not isinstance(delimiters, str) or not delimiters:
        raise SpecError(f"delimiters: expected a text of one character or more, got {delimiters!r}")
    levels = [(delimiter, _splitter(delimiter)) for delimiter in delimiters]
    signs = "".join(_TWINS.get(delimiter, delimiter) for delimiter in delimiters)
    edges = signs + _BLANKS
    special = re.compile(f"[{re.escape(signs)}①⑴⒈❶(（[［1１一#＃•●◆▪‣◦►*\\n]")
    careful = delimiters == _DEFAULT

    def form(text: str) -> str:
        if special.search(text) is None:
            folded = folded_text(text)
            return f"\x00l:{folded}" if folded else folded
        head, names = _names(text.strip(edges), levels, edges, careful)
        tag = f"\x00h:{folded_text(head)}\n" if head else "\x00l:"
        return tag + "\n".join(sorted(names)) if names else folded_text(text)

    return form


def _names(
    text: str, levels: list[tuple[str, re.Pattern[str]]], edges: str, careful: bool
) -> tuple[str, list[str]]:
    """Return what heads a list, and its parts, folded; a text that is none is one part."""

    def folded(parts: list[str]) -> list[str]:
        return [name for part in parts if (name := folded_text(part.strip(edges)))]

    shown = outside(text)
    head, parts = numbered(text, shown)
    items: list[str] | None = parts or bulleted(text, shown)
    if items is None or len(items) > 1:
        names = folded(items or [])
        return (head, names) if names and (not careful or _are_items(names)) else ("", folded([text]))
    for delimiter, level in levels:
        if careful and delimiter == "\n" and _WRAPPED.search(text) is not None:
            text = _WRAPPED.sub(" ", text)
            shown = outside(text)
        names = folded(split(text, shown, level))
        if len(names) > 1:
            apart = not careful or (_are_names if delimiter == _COMMA else _are_statements)(names)
            return "", names if apart else folded([text])
    return "", folded([text])


def _splitter(delimiter: str) -> re.Pattern[str]:
    signs = re.escape(_TWINS.get(delimiter, delimiter))
    if delimiter in _FIGURES:
        return re.compile(rf"(?<![0-9０-９])[{signs}]|[{signs}](?![0-9０-９])")
    return re.compile(f"[{signs}]")


class _Words(NamedTuple):
    """Words of one kind: whole Latin words, endings of such, and Chinese ones."""

    latin: frozenset[str]
    endings: tuple[str, ...]
    han: tuple[str, ...]


@lru_cache(maxsize=1)
def _words() -> dict[str, _Words]:
    kinds: dict[str, _Words] = {}
    for kind, words in spellings("diagnoses", "words", "kind").items():
        latin = [word for word in words if word.isascii()]
        kinds[kind] = _Words(
            frozenset(latin),
            tuple(word[1:] for word in latin if word[0] == "-"),
            tuple(word for word in words if not word.isascii()),
        )
    return kinds


def _are_names(names: list[str]) -> bool:
    """Check whether each part is the name of a disease, with nothing that reaches beyond it."""
    return all(_is_name(name) for name in names)


def _is_name(name: str) -> bool:
    if len(name) > _LONGEST_NAME or "?" in name:
        return False
    words = _words()
    latin = _LATIN.findall(name)
    scope = words["scope"]
    if not scope.latin.isdisjoint(latin) or any(word in name for word in scope.han):
        return False
    if _ends_in(name, latin, words["head"]):
        return True
    finding = words["finding"]
    return _ends_in(name, latin, finding) and name not in finding.latin and name not in finding.han


def _ends_in(name: str, latin: list[str], words: _Words) -> bool:
    if name.endswith(words.han):
        return True
    last = latin[-1] if latin and name.endswith(latin[-1]) else ""
    return last in words.latin or (len(last) > 5 and last.endswith(words.endings or ("\x00",)))


def _are_items(names: list[str]) -> bool:
    """Check whether no part of a numbered list plainly tells of its neighbor."""
    return not any(_tells(name)[0] for name in names)


def _are_statements(names: list[str]) -> bool:
    """Check whether no part may tell of its neighbor."""
    headed = [_HEADING.search(outside(name)) is not None for name in names]
    if any(headed) and not all(headed):
        return False
    told = [_tells(name) for name in names]
    if any(plainly or doubted for plainly, doubted, _, _ in told):
        return False
    return not any(graded for _, _, graded, _ in told) or all(named for _, _, _, named in told)


def _tells(name: str) -> tuple[bool, bool, bool, bool]:
    """Return whether a part tells of its neighbor, begins with a doubt or a degree, and ends in a name."""
    words = _words()
    latin = _LATIN.findall(name)
    first = latin[0] if latin and name.startswith(latin[0]) else ""
    follows, doubted, graded = (
        first in kind.latin or name.startswith(kind.han)
        for kind in (words["follows"], words["doubt"], words["degree"])
    )
    alone = name in words["alone"].latin or name in words["alone"].han or _MEASURE.fullmatch(name) is not None
    refers = not words["refers"].latin.isdisjoint(latin) or any(word in name for word in words["refers"].han)
    named = any(_ends_in(name, latin, words[kind]) for kind in ("head", "finding"))
    return follows or alone or refers, doubted, graded, named
