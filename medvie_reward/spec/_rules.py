"""Field rules: which comparator, weight, criticality and list mode the field at a path has.

A rule's path is written like a field's name, ``Indicators[].Result``. List marks ``[]`` may be left out,
since a lone value counts as a list of one; ``*`` stands for one name, ``**`` for any number of them, and an
odd name is quoted: ``["a.b"].c``. The first rule whose path fits a field is its rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import EllipsisType
from typing import Any, Final

from medvie_reward.comparators import check_comparator
from medvie_reward.errors import SpecError

WEIGHT_STEP: Final = 0.25
MAX_WEIGHT: Final = 10.0

Names = tuple[str, ...]
"""The member names on the way to a field, list positions left out."""

Pattern = tuple["str | EllipsisType | None", ...]
"""Names with wildcards: ``None`` for ``*``, ``...`` for ``**``."""

# One step of a path: a quoted name, a bare name, or a list mark.
_STEP: Final = re.compile(r'\[("(?:[^"\\]|\\.)*")\]|(?:^|\.)([^.\[\]"\\]+)|(\[\])')


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for the fields whose path fits.

    Parameters
    ----------
    path
        Which fields; see the top of this module.
    comparator
        Name of the comparator; ``None`` for the spec's own.
    options
        Options of the comparator as pairs of a name and a value (a mapping is taken too).
    weight
        How much a leaf counts in precision and recall: 0 to 10 in steps of 0.25.
    critical
        Whether a wrong value here costs the spec's ``critical_cost``.
    lists
        How the items of the list here pair: ``align``, ``index`` or ``key:<member>``; ``None`` for the
        spec's own way.
    why
        Where the rule comes from, for people; changes no number and is not compared.

    Raises
    ------
    SpecError
        If a value is outside what is described here.
    """

    path: str
    comparator: str | None = None
    options: Any = ()
    weight: float = 1.0
    critical: bool = False
    lists: str | None = None
    why: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        self._require("path", type(self.path) is str, "a string")
        pattern_of(self.path)
        named = self.comparator is None or type(self.comparator) is str
        self._require("comparator", named, "a name or None")
        self._require("why", type(self.why) is str, "a string")
        options = dict(self.options)
        try:
            check_comparator(self.comparator, options)
        except SpecError as error:
            raise SpecError(f"rule {self.path!r}: {error}") from None
        frozen = tuple(sorted((name, _frozen(value)) for name, value in options.items()))
        object.__setattr__(self, "options", frozen)
        number = type(self.weight) in (int, float) and 0 <= self.weight <= MAX_WEIGHT
        stepped = number and (self.weight / WEIGHT_STEP).is_integer()
        self._require("weight", stepped, f"0 to {MAX_WEIGHT:g} in steps of {WEIGHT_STEP:g}")
        object.__setattr__(self, "weight", float(self.weight))
        self._require("critical", type(self.critical) is bool, "True or False")
        keyed = type(self.lists) is str and self.lists.startswith("key:") and len(self.lists) > 4
        known = keyed or self.lists in (None, "align", "index")
        self._require("lists", known, "'align', 'index', 'key:<member>' or None")
        self._require("critical", not self.critical or self.weight > 0, "a weight above 0 beside it")

    def _require(self, name: str, ok: bool, expected: str) -> None:
        if not ok:
            raise SpecError(f"rule {self.path!r}: {name}: expected {expected}, got {getattr(self, name)!r}")

    @property
    def pattern(self) -> Pattern:
        """The member names and wildcards of the path."""
        return pattern_of(self.path)

    @classmethod
    def from_dict(cls, value: Any, where: str = "$") -> Rule:
        """Build a rule of a JSON object whose members are this class's parameters.

        Raises
        ------
        SpecError
            If a member does not exist or is not what it should be; the message gives the JSON path.
        """
        names = [f.name for f in fields(cls)]
        if not isinstance(value, Mapping):
            raise SpecError(f"expected an object with {', '.join(names)} - at {where}")
        unknown = sorted(map(str, value.keys() - set(names)))
        if unknown:
            raise SpecError(f"no member {unknown[0]!r}: expected some of {', '.join(names)} - at {where}")
        if "path" not in value:
            raise SpecError(f"expected a member 'path' - at {where}")
        if not isinstance(value.get("options", {}), (Mapping, tuple)):
            raise SpecError(f"options: expected an object - at {where}")
        try:
            return cls(**value)
        except SpecError as error:
            raise SpecError(f"{error} - at {where}") from None

    def as_list(self) -> list[Any]:
        """Return everything that can change a number, as JSON values."""
        return [self.path, self.comparator, self.options, self.weight, self.critical, self.lists]


def pattern_of(path: str) -> Pattern:
    """Split a rule's path into names; ``$`` and the empty path are the root.

    Raises
    ------
    SpecError
        If the path is not written as the top of this module says.
    """
    if path in ("", "$"):
        return ()
    steps: list[str | EllipsisType | None] = []
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None or path[0] == ".":
            raise SpecError(
                f"rule path {path!r}: expected names joined by dots, each with [] where there is a list, "
                f'* or ** for any, odd names as ["name"]; got {path[at : at + 12]!r}'
            )
        quoted, bare, _ = step.groups()
        if quoted is not None:
            try:
                steps.append(json.loads(quoted))
            except ValueError:
                raise SpecError(f"rule path {path!r}: expected a JSON string, got {quoted}") from None
        elif bare is not None:
            steps.append(None if bare == "*" else ... if bare == "**" else bare)
        at = step.end()
    if steps.count(...) > 1:
        raise SpecError(f"rule path {path!r}: expected at most one **")
    return tuple(steps)


def fits(pattern: Pattern, names: Names) -> bool:
    """Check whether a path with wildcards fits the names of a field."""
    if ... in pattern:
        at = pattern.index(...)
        tail = pattern[at + 1 :]
        if len(names) < at + len(tail):
            return False
        return fits(pattern[:at], names[:at]) and fits(tail, names[len(names) - len(tail) :])
    return len(pattern) == len(names) and all(
        step is None or step == name for step, name in zip(pattern, names, strict=True)
    )


def _frozen(value: Any) -> Any:
    """Make a value hashable: mappings become sorted pairs, lists become tuples."""
    if isinstance(value, Mapping):
        return tuple(sorted((key, _frozen(x)) for key, x in value.items()))
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) else value
