"""Field rules: which comparator, weight, criticality and list mode the field at a path has.

A rule's path is written like a field's name, ``Indicators[].Result``. List marks ``[]`` or ``[*]`` may be
left out, since a lone value counts as a list of one; ``*`` stands for one name, ``**`` for any number of
them, and an odd name is quoted: ``["a.b"].c``. A path may begin at the root, ``$.Indicators``. The first rule
whose path fits a field is its rule.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import EllipsisType
from typing import Any, Final

from medvie_reward._core.paths import match_step
from medvie_reward._core.validate import is_number, shown
from medvie_reward.comparators import check_comparator
from medvie_reward.errors import SpecError
from medvie_reward.spec._functions import find_function, name_of
from medvie_reward.spec._list_modes import ListMode
from medvie_reward.spec._normalizers import read_steps, steps_json

WEIGHT_STEP: Final = 0.25
MAX_WEIGHT: Final = 10.0

NOT_DESCRIBED: Final = "schema: not described"
"""Why there is a rule where a schema says nothing, so that a wildcard does not hold there."""

Names = tuple[str, ...]
"""The member names on the way to a field, list positions left out."""

Pattern = tuple["str | EllipsisType | None", ...]
"""Names with wildcards: ``None`` for ``*``, ``...`` for ``**``."""


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
        Whether a wrong value here is counted as ``wrong_critical``, and costs the spec's ``critical_cost``.
    lists
        How the items of the list here pair: ``align``, ``index`` or ``key:<member>``; ``None`` for the
        spec's own way.
    why
        Where the rule comes from, for people; changes no number and is not compared.
    absent
        Words that mean blank here, instead of the spec's own words; ``None`` for those.
    aliases
        Other names of the member that the path ends in; documents that use one are read as if they used the
        path's name.
    normalize
        Steps that are taken before the comparator reads a value, in their order: names, or objects of a name
        and what it takes. See `NORMALIZERS`.
    normal_form
        A function of your own instead of a comparator: it takes a str and returns a str, and equal results
        are equal values. Also its name, ``package.module:function``.
    like
        Another path: the field here and all below it have the rules of that field and what is below it.

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
    absent: Any = None
    aliases: Any = ()
    normalize: Any = ()
    normal_form: Any = None
    like: str | None = None

    def __post_init__(self) -> None:
        self._require("path", type(self.path) is str, "a string")
        pattern = pattern_of(self.path)
        named = self.comparator is None or type(self.comparator) is str
        self._require("comparator", named, "a name or None")
        self._require("why", type(self.why) is str, "a string")
        self._check_options()
        number = is_number(self.weight, 0, MAX_WEIGHT)
        stepped = number and (self.weight / WEIGHT_STEP).is_integer()
        self._require("weight", stepped, f"0 to {MAX_WEIGHT:g} in steps of {WEIGHT_STEP:g}")
        object.__setattr__(self, "weight", float(self.weight))
        self._require("critical", type(self.critical) is bool, "True or False")
        known = self.lists is None or ListMode.for_lists(self.lists) is not None
        self._require("lists", known, "'align', 'index', 'key:<member>' or None")
        self._require("lists", not known or is_text(self.lists), "text that can be written as UTF-8")
        self._require("critical", not self.critical or self.weight > 0, "a weight above 0 beside it")
        if self.absent is not None:
            object.__setattr__(self, "absent", self._texts("absent"))
        if type(self.aliases) is not tuple or self.aliases:
            object.__setattr__(self, "aliases", self._texts("aliases"))
            named = bool(pattern) and type(pattern[-1]) is str
            self._require("aliases", named, "a path that ends in a name, for which they stand")
        if type(self.normalize) is not tuple or self.normalize:
            self._check_steps()
        if self.normal_form is not None:
            self._check_function()
        if self.like is not None:
            self._check_like(pattern)

    def _check_options(self) -> None:
        try:
            options = dict(self.options)
        except Exception:  # noqa: BLE001  # whatever it is, it is no object
            self._require("options", False, "an object")
        try:
            check_comparator(self.comparator, options)
            frozen = tuple(sorted((name, _frozen(value)) for name, value in options.items()))
            hash(frozen)
        except SpecError as error:
            raise SpecError(f"rule {self.path!r}: {error}") from None
        except Exception:  # noqa: BLE001  # what an option holds may fail in any way as it is looked at
            self._require("options", False, "options of the comparator, made of JSON values")
        if not is_text(options):
            self._require("options", False, "text that can be written as UTF-8")
        object.__setattr__(self, "options", frozen)

    def _texts(self, name: str) -> tuple[str, ...]:
        value = getattr(self, name)
        texts = (value,) if isinstance(value, str) else value
        good = isinstance(texts, (tuple, list)) and all(
            type(x) is str and x.strip() and is_text(x) for x in texts
        )
        self._require(name, good, "a list of texts that are not blank")
        return tuple(dict.fromkeys(texts))

    def _check_steps(self) -> None:
        try:
            object.__setattr__(self, "normalize", read_steps(self.normalize))
        except SpecError as error:
            raise SpecError(f"rule {self.path!r}: {error}") from None
        written = is_text(steps_json(self.normalize))
        self._require("normalize", written, "text that can be written as UTF-8")

    def _check_function(self) -> None:
        form = self.normal_form
        self._require("normal_form", self.comparator is None, "no comparator besides it")
        if isinstance(form, str):
            try:
                form = find_function(form)
            except SpecError as error:
                raise SpecError(f"rule {self.path!r}: {error}") from None
        self._require("normal_form", callable(form), "a function or 'package.module:function'")
        object.__setattr__(self, "normal_form", form)

    def _check_like(self, pattern: Pattern) -> None:
        self._require("like", type(self.like) is str, "a path")
        like = pattern_of(self.like or "")
        wild = [n for n, step in enumerate(like) if step is None]
        fits_here = all(n < len(pattern) and pattern[n] is None for n in wild)
        good = ... not in pattern and ... not in like and fits_here and pattern != like
        self._require("like", good, "another path without **, whose every * this path has at the same place")

    def _require(self, name: str, ok: bool, expected: str) -> None:
        if not ok:
            where = f"rule {shown(self.path)}: {name}"
            raise SpecError(f"{where}: expected {expected}, got {shown(getattr(self, name))}")

    @property
    def pattern(self) -> Pattern:
        """The member names and wildcards of the path."""
        return pattern_of(self.path)

    @classmethod
    def from_dict(cls, value: Any, where: str = "$", *, functions: bool = False) -> Rule:
        """Build a rule of a JSON object whose members are this class's parameters.

        Parameters
        ----------
        value
            The object.
        where
            Its JSON path, for messages.
        functions
            Whether it may name a function of Python, which is then imported. Only for what the user wrote:
            never for what comes with data.

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
        if value.get("normal_form") is not None and not functions:
            raise SpecError(
                "normal_form: expected none here: a function is taken from Python code and from a rules file "
                f"on the command line, never from data or a trainer's settings - at {where}"
            )
        try:
            return cls(**value)
        except SpecError as error:
            raise SpecError(f"{error} - at {where}") from None

    def as_list(self) -> list[Any]:
        """Return everything that can change a number, as JSON values."""
        made = [self.path, self.comparator, self.options, self.weight, self.critical, self.lists]
        more: dict[str, Any] = {}
        if self.absent is not None:
            more["absent"] = self.absent
        if self.aliases:
            more["aliases"] = self.aliases
        if self.normalize:
            more["normalize"] = steps_json(self.normalize)
        if self.normal_form is not None:
            more["normal_form"] = name_of(self.normal_form)
        if self.like is not None:
            more["like"] = self.like
        return [*made, more] if more else made


def pattern_of(path: str) -> Pattern:
    """Split a rule's path into names; ``$`` and the empty path are the root.

    Raises
    ------
    SpecError
        If the path is not written as the top of this module says.
    """
    if path in ("", "$"):
        return ()
    if not is_text(path):
        raise SpecError(f"rule path {path!r}: expected text that can be written as UTF-8")
    steps: list[str | EllipsisType | None] = []
    body = path
    if path.startswith(("$.", "$[")):
        body = f"**{path[2:]}" if path.startswith("$..") else path[2:] if path[1] == "." else path[1:]
    at = 0
    while at < len(body) or not body:
        step = match_step(body, at)
        if step is None or body[0] == "." or (step[3] or "*") != "*":
            raise _no_path(path, body[at : at + 12])
        quoted, bare, _ = step.groups()
        if quoted is not None:
            try:
                steps.append(json.loads(quoted))
            except ValueError:
                raise SpecError(f"rule path {path!r}: expected a JSON string, got {quoted}") from None
            if not is_text(steps[-1]):
                raise SpecError(f"rule path {path!r}: expected text that can be written as UTF-8")
        elif bare is not None:
            if bare != bare.strip():
                raise _no_path(path, bare)
            steps.append(None if bare == "*" else ... if bare == "**" else bare)
        at = step.end()
    if steps.count(...) > 1:
        raise SpecError(f"rule path {path!r}: expected at most one **")
    return tuple(steps)


def _no_path(path: str, got: str) -> SpecError:
    return SpecError(
        f"rule path {path!r}: expected names joined by dots, each with [] where there is a list, "
        f'* or ** for any, odd names and names with outer spaces as ["name"]; got {got!r}'
    )


def is_text(value: Any) -> bool:
    """Check whether every text in a JSON value can be written as UTF-8: no lone surrogate."""
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, Mapping):
        return all(is_text(key) and is_text(x) for key, x in value.items())
    return all(map(is_text, value)) if isinstance(value, (list, tuple)) else True


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
