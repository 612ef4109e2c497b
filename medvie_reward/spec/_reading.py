"""Documents as a spec reads them: words that mean blank are blank, and members have one name each.

A document is copied only where something in it is read differently. What a name is read as depends on the
rules and on the gold document alone, so that a prediction is read in the same way whatever else it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from medvie_reward._core.json_values import scalar_text
from medvie_reward._core.paths import member_path
from medvie_reward.comparators import KnownForms
from medvie_reward.comparators.text import folded_text, normalized
from medvie_reward.spec._fields import Field, Fields
from medvie_reward.spec._rules import Names, Pattern, Rule, fits

KEYS: Final = ("exact", "case", "loose")
"""How spellings of one name may differ: not at all; in case; or in case, separators and width."""

_KNOWN: Final = 4_096
_PARTS: Final = re.compile(r"[\s_\-.]+")


def folded_name(name: str, keys: str) -> str:
    """Return what a name has in common with its other spellings."""
    if keys == "exact":
        return name
    if keys == "case":
        return normalized("NFC", name.strip()).casefold()
    folded = _PARTS.sub("", normalized("NFKC", name).casefold())
    return folded or name


class GoldNames:
    """The names of members in one gold document, by field."""

    def __init__(self) -> None:
        self.exact: dict[Names, set[str]] = {}
        self.folded: dict[Names, dict[str, str]] = {}


class DocumentReader:
    """Reads documents under one spec.

    Parameters
    ----------
    fields
        The fields under the spec.
    rules
        Its rules.
    absent
        Words that mean blank in fields whose rule has no words of its own.
    aliases
        Names with their other names, for members anywhere.
    keys
        How names may differ; one of `KEYS`.
    """

    def __init__(
        self,
        fields: Fields,
        rules: tuple[Rule, ...],
        absent: tuple[str, ...],
        aliases: tuple[tuple[str, tuple[str, ...]], ...],
        keys: str,
    ) -> None:
        self._fields = fields
        self._keys = keys
        self._absent = frozenset(map(folded_text, absent))
        self._absent_of: dict[tuple[str, ...] | None, frozenset[str]] = {None: self._absent}
        self._words = KnownForms(folded_text)
        self._anywhere = aliases
        named: dict[tuple[Pattern, str], tuple[str, ...]] = {}
        for rule in rules:
            pattern = rule.pattern
            for n, step in enumerate(pattern):
                if type(step) is str:
                    others = rule.aliases if n == len(pattern) - 1 else ()
                    named[pattern[:n], step] = named.get((pattern[:n], step), ()) + others
        self._named = named
        self._renames = keys != "exact" or bool(aliases) or any(rule.aliases for rule in rules)
        self._tables: dict[Names, dict[str, str]] = {}

    def gold(self, value: Any) -> tuple[Any, GoldNames]:
        """Read a gold document; gives it as it is read, and the names in it."""
        names = GoldNames()
        return _Reading(self, names, True).read(value, self._fields.root), names

    def prediction(self, value: Any, names: GoldNames) -> tuple[Any, dict[str, str]]:
        """Read a prediction for a gold document; gives it as it is read, and the names read as others."""
        reading = _Reading(self, names, False)
        return reading.read(value, self._fields.root), reading.renamed

    def is_absent(self, value: Any, field: Field) -> bool:
        """Check whether a scalar is a word that means blank at a field."""
        words = self._absent_of.get(field.rule.absent)
        if words is None:
            words = self._absent_of[field.rule.absent] = frozenset(map(folded_text, field.rule.absent))
        return bool(words) and value is not None and self._words[scalar_text(value)] in words

    @property
    def renames(self) -> bool:
        """Whether any name may be read as another."""
        return self._renames

    def table(self, field: Field) -> dict[str, str]:
        """Return the names that rules and aliases know for members of a field, by what spellings share."""
        table = self._tables.get(field.names)
        if table is None:
            if len(self._tables) >= _KNOWN:
                self._tables.clear()
            table = self._tables[field.names] = self._table(field.names)
        return table

    def _table(self, names: Names) -> dict[str, str]:
        here = [(name, others) for (at, name), others in self._named.items() if fits(at, names)]
        table: dict[str, str] = {}
        listed = here + list(self._anywhere)
        for name, _ in listed:
            table.setdefault(folded_name(name, self._keys), name)
        for name, others in listed:
            for other in others:
                table.setdefault(folded_name(other, self._keys), name)
        return table

    def fold(self, name: str) -> str:
        """Return what a name has in common with its other spellings here."""
        return folded_name(name, self._keys)


class _Reading:
    """One document as it is read."""

    def __init__(self, reader: DocumentReader, names: GoldNames, is_gold: bool) -> None:
        self._reader = reader
        self._fields = reader._fields
        self._names = names
        self._is_gold = is_gold
        self.renamed: dict[str, str] = {}

    def read(self, value: Any, field: Field) -> Any:
        """Return a value as it is read; the same object where nothing differs."""
        if type(value) is dict:
            return self._object(value, field)
        if type(value) is list:
            inner = self._fields.items(field)
            items = [self.read(x, inner) for x in value]
            return value if all(a is b for a, b in zip(items, value, strict=True)) else items
        return None if self._reader.is_absent(value, field) else value

    def _object(self, value: dict[str, Any], field: Field) -> dict[str, Any]:
        to = self._renamed(value, field) if self._reader.renames else {}
        made: dict[str, Any] = {}
        same = not to
        for key, x in value.items():
            name = to.get(key, key)
            made[name] = self.read(x, self._fields.member(field, name))
            same = same and made[name] is x
        return value if same else made

    def _renamed(self, value: Mapping[str, Any], field: Field) -> dict[str, str]:
        """Return which members are read under another name; no two under one."""
        table = self._reader.table(field)
        exact = self._names.exact.setdefault(field.names, set())
        folded = self._names.folded.setdefault(field.names, {})
        known = set(table.values())
        to: dict[str, str] = {}
        taken = set(value)
        for key in value if self._is_gold else sorted(value):
            if key in known or key in exact:
                continue
            fold = self._reader.fold(key)
            name = table.get(fold) or folded.get(fold)
            if name is None:
                if self._is_gold:
                    exact.add(key)
                    folded[fold] = key
            elif name not in taken:
                to[key] = name
                taken.add(name)
                self.renamed[member_path(field.name, key)] = member_path(field.name, name)
            elif self._is_gold:
                exact.add(key)
        return to
