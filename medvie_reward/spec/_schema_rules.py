"""A JSON Schema -> field rules: types and formats choose comparators, ``x-medvie-*`` keywords refine them.

A field has one rule whatever ways lead to it. List items stand at their list's path, so lists in lists and
tuples have one rule too. ``$ref``, ``allOf`` and siblings add up; ``anyOf``, ``oneOf``, ``then``, ``else``
and dependent schemas are alternatives. Where alternatives differ in kind the rule names no comparator, and
the spec's own reads the value. ``null`` is no kind, since an empty leaf is no field. Of several values of one
``x-medvie-*`` keyword the outermost counts, so that siblings refine what a ``$ref`` brings; a tie between
different values is an error.

Names that the schema leaves open (``additionalProperties``, ``patternProperties`` of whatever pattern) share
the wildcard ``*``, which comes after the names declared beside it. Names that it forbids or says nothing of
have no rule: a leaf there has the spec's own comparator and weight 1, and is an invented field where gold
lacks it, whether or not the schema allows it. Where a schema stands inside itself, one rule says that all is
as above. What only tests (``if``, ``not``, ``contains``, ``propertyNames``) makes no rule, nor does prose.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib import resources
from itertools import chain
from typing import Any, Final, NamedTuple

from medvie_reward.errors import SpecError
from medvie_reward.spec._list_modes import ListMode
from medvie_reward.spec._rules import NOT_DESCRIBED, Rule, pattern_of
from medvie_reward.spec._schema_document import PREFIX, SchemaTree, member, wrong
from medvie_reward.spec._schema_sources import Schema
from medvie_reward.spec._schema_types import (
    ANY,
    NONE,
    Kinds,
    comparator_for,
    leaves,
    meet,
    stated,
    union,
    with_items,
)
from medvie_reward.spec._schema_walk import inner_schemas

SCHEMAS: Final = ("medical_report.en", "medical_report.zh")
"""Names of the schemas that come with this package."""

_OF_LEAVES: Final = (
    "comparator",
    "options",
    "weight",
    "critical",
    "synonyms",
    "absent",
    "normalize",
    "credit",
)
_BLAMED: Final = ("options", "synonyms", "critical", "normalize", "credit", "comparator")
_MOST: Final = 100_000  # the same schema counts as often as it is met


def load_schema(name: str) -> dict[str, Any]:
    """Read a schema that comes with this package, one of `SCHEMAS`.

    Raises
    ------
    SpecError
        If there is none of that name.
    """
    if name not in SCHEMAS:
        raise SpecError(f"no schema {name!r}: expected one of {', '.join(SCHEMAS)}")
    file = resources.files("medvie_reward.spec") / "schemas" / f"{name}.json"
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema


def rules_of(schema: Schema, *, check: bool = True) -> tuple[Rule, ...]:
    """Return the rules of a JSON Schema: one per leaf field, and one per list that has a list mode.

    Parameters
    ----------
    schema
        A schema of the draft that its ``$schema`` names: 2020-12 (also where it names none), 2019-09, 07, 06.
        Also what an API of structured output or of tools wraps around one, and a class: a Pydantic model, a
        dataclass or a TypedDict.
    check
        Whether to hold it against its metaschema, which loads ``jsonschema``; to be left out only where that
        was done before.

    Returns
    -------
    tuple of Rule
        In such an order that the first rule that fits a field is the field's own.

    Raises
    ------
    SpecError
        If the schema is wrong, refers outside itself, has an unknown or misplaced ``x-medvie-*`` keyword, or
        is too large. The message gives the JSON path and what was expected there.
    """
    try:
        tree = SchemaTree.read(schema, check)
        return tuple(_Walk(tree).rules([_Part(tree.root, seen=frozenset({id(tree.root)}))], ""))
    except RecursionError:
        raise SpecError("schema: nested too deeply") from None


class _Part(NamedTuple):
    """One of the schemas that hold for a field."""

    schema: Any
    path: str = ""
    depth: int = 0  # references, combinations and lists on the way
    branch: tuple[int, ...] = ()  # alternatives taken on the way
    seen: frozenset[int] = frozenset()  # targets of references that it stands in, at this field


_REFERENCES: Final = 32  # one behind the other
_UNSEEN: Final[frozenset[int]] = frozenset()

_Seeds = tuple[tuple[int, int, tuple[int, ...]], ...]


class _Given(NamedTuple):
    """The value of an ``x-medvie-*`` keyword, and where it stands."""

    value: Any
    at: str


class _Walk:
    """A walk over a schema, which counts what it meets."""

    def __init__(self, tree: SchemaTree) -> None:
        self._tree = tree
        self._met = 0
        self._above: dict[_Seeds, str] = {}  # what the fields on the way down are made of, and their paths
        self._recursive: dict[_Seeds, str] = {}  # the same of fields that were described and come again

    def rules(self, seeds: Sequence[_Part], path: str) -> list[Rule]:
        """Return the rules of the field at a path, and then those below it.

        A field made of the same schemas as one above it has the rules of that field, and so have all fields
        below it: one rule says so, and holds at every depth.
        """
        if not seeds:
            return []
        made_of = self._key(seeds)
        there = self._above.get(made_of, self._recursive.get(made_of))
        if there is not None:
            if None not in pattern_of(there):
                self._recursive[made_of] = there
            return [Rule(path or "$", like=there or "$", why=f"schema: as {there or '$'}")]
        self._above[made_of] = path
        found = self._described(seeds, path)
        del self._above[made_of]
        return found

    def _key(self, seeds: Sequence[_Part]) -> _Seeds:
        """Return what tells a field's schemas from those of other fields, wherever they stand."""
        least = min(part.depth for part in seeds)
        trunk = 0
        for steps in zip(*(part.branch for part in seeds), strict=False):
            if len(set(steps)) > 1:
                break
            trunk += 1
        return tuple(
            (id(self._meant(part.schema)), part.depth - least, part.branch[trunk:]) for part in seeds
        )

    def _meant(self, schema: Any) -> Any:
        """Return what a schema that is a reference alone refers to."""
        for _ in range(_REFERENCES):
            if not (isinstance(schema, dict) and schema.keys() == {"$ref"}):
                break
            schema = self._tree.target(schema)
        return schema

    def _described(self, seeds: Sequence[_Part], path: str) -> list[Rule]:
        parts: list[_Part] = []
        kinds = leaves(self._kinds([seed._replace(path=path) for seed in seeds], parts))
        path = max((part.path for part in parts), key=len, default=path)
        rule = self._rule(parts, kinds, path)
        found = [] if rule is None else [rule]
        declared: dict[str, list[_Part]] = {}
        for part in parts:
            for name, schema in part.schema.get("properties", {}).items():
                declared.setdefault(name, []).append(part._replace(schema=schema, seen=_UNSEEN))
        for name, below in declared.items():
            found += self.rules(below, member(path, name))
        star = f"{path}.*" if path else "*"
        rest = self.rules([below for part in parts for below in _open_names(part)], star)
        if any(rule.like is not None or len(rule.pattern) > len(pattern_of(star)) for rule in rest):
            # What stands below a declared name and is not described there must not fall to the open names.
            found += [Rule(f"{member(path, name)}.**", why=NOT_DESCRIBED) for name in declared]
        return found + rest

    def _kinds(self, seeds: Sequence[_Part], parts: list[_Part]) -> Kinds:
        """Return the kinds of a field that several schemas describe, some of them in alternatives."""
        groups: dict[tuple[int, ...], Kinds] = {}
        for seed in seeds:
            groups[seed.branch] = meet(groups.get(seed.branch, ANY), self._read(seed, parts))
        trunk = min(groups, key=len)
        common = groups.pop(trunk) if all(branch[: len(trunk)] == trunk for branch in groups) else ANY
        return union(kind for group in groups.values() for kind in meet(common, group)) if groups else common

    def _read(self, part: _Part, parts: list[_Part]) -> Kinds:
        """Return the kinds that a schema allows, and note it and what it is put together from."""
        schema = part.schema
        if isinstance(schema, bool):
            parts += [part._replace(schema={})] if schema else []
            return ANY if schema else NONE
        self._met += 1
        if self._met > _MOST:
            raise SpecError(f"schema: expected at most {_MOST} places - at {self._tree.place(schema)}")
        parts.append(part)
        kinds, listed = stated(schema), False
        inner = part._replace(depth=part.depth + 1)
        for role, schemas in inner_schemas(self._tree, schema):
            if role == "ref":
                (target,) = schemas
                again = inner._replace(schema=target, seen=inner.seen | {id(target)})
                kinds = meet(kinds, NONE if id(target) in part.seen else self._read(again, parts))
            elif role == "all":
                for one in schemas:
                    kinds = meet(kinds, self._read(inner._replace(schema=one), parts))
            elif role == "either":
                kinds = meet(kinds, self._either(inner, schemas, parts))
            elif role == "more":  # it says what more there may be, not what there is
                for one in schemas:
                    self._read(inner._replace(schema=one, branch=(*part.branch, id(one))), parts)
            else:
                held = self._either(inner._replace(path=f"{part.path}[]"), schemas, parts)
                kinds, listed = with_items(kinds, held), True
        if not listed and any(name == "array" for name, _ in kinds):
            parts.append(inner._replace(schema={}, path=f"{part.path}[]"))
        return kinds

    def _either(self, part: _Part, schemas: Sequence[Any], parts: list[_Part]) -> Kinds:
        """Return the kinds that any of several schemas allows."""
        many = len(schemas) > 1
        branches = [part.branch + ((id(one),) if many else ()) for one in schemas]
        read = [
            self._read(part._replace(schema=one, branch=branch), parts)
            for one, branch in zip(schemas, branches, strict=True)
        ]
        return union(chain.from_iterable(read))

    def _given(self, parts: Iterable[_Part], name: str) -> _Given | None:
        """Return the outermost value of a keyword."""
        keyword = PREFIX + name
        found = [part for part in parts if keyword in part.schema]
        if not found:
            return None
        least = min(part.depth for part in found)
        values = [
            _Given(part.schema[keyword], member(self._tree.place(part.schema), keyword))
            for part in found
            if part.depth == least
        ]
        for other in values:
            if other.value != values[0].value:
                raise wrong(other.at, f"the {keyword} of {values[0].at}, {values[0].value!r}", other.value)
        return values[0]

    def _rule(self, parts: list[_Part], kinds: Kinds, path: str) -> Rule | None:
        """Build the rule of a field, if it has leaves or a list mode."""
        given = {name: one for name in _OF_LEAVES if (one := self._given(parts, name)) is not None}
        lists, aliases = self._lists(parts), self._given(parts, "aliases")
        if aliases is not None and not path:
            raise wrong(aliases.at, f"no {PREFIX}aliases where there is no name", aliases.value)
        others = () if aliases is None else tuple(aliases.value)
        if not kinds:
            for name, one in given.items():
                raise wrong(one.at, f"no {PREFIX}{name} where there is no leaf", one.value)
            why = f"schema: {PREFIX}{'list' if lists else 'aliases'}"
            return Rule(path or "$", lists=lists, aliases=others, why=why) if lists or others else None
        comparator, why = comparator_for(kinds)
        if "comparator" in given:
            comparator, why = given["comparator"].value, f"schema: {PREFIX}comparator"
        elif "synonyms" in given and comparator in (None, "text", "unicode"):
            comparator, why = "enum", f"schema: {PREFIX}synonyms"
        options = _enum_options(kinds, comparator, given.get("synonyms"))
        try:
            return Rule(
                path or "$",
                comparator,
                options | (given["options"].value if "options" in given else {}),
                given["weight"].value if "weight" in given else 1.0,
                "critical" in given and given["critical"].value,
                lists,
                why,
                given["absent"].value if "absent" in given else None,
                others,
                given["normalize"].value if "normalize" in given else (),
                credit=given["credit"].value if "credit" in given else (),
                several=any(name == "array" for part in parts for name, _ in stated(part.schema)),
            )
        except SpecError as error:
            at = [given[name].at for name in _BLAMED if name in given]
            at += [self._tree.place(part.schema) for part in parts if part.schema]
            raise SpecError(f"schema: {error} - at {at[0]}") from None

    def _lists(self, parts: list[_Part]) -> str | None:
        """Return the list mode of a field's lists; lists in lists have one, since they are one field."""
        found: list[_Given] = []
        for path in dict.fromkeys(part.path for part in parts):
            level = [part for part in parts if part.path == path]
            key = self._given(level, "key")
            for one in (self._given(level, "list"), key and _Given(f"key:{key.value}", key.at)):
                if one is not None:
                    if all(name != "array" for part in level for name, _ in stated(part.schema)):
                        raise wrong(one.at, "a list", level[0].schema.get("type", "no type"))
                    self._check_key(one, [part for part in parts if len(part.path) > len(path)])
                    found.append(one)
        for one in found:
            if one.value != found[0].value:
                raise wrong(one.at, f"the list mode of {found[0].at}, {found[0].value!r}", one.value)
        return found[0].value if found else None

    def _check_key(self, mode: _Given, items: list[_Part]) -> None:
        names = [name for part in items for name in part.schema.get("properties", {})]
        parsed = ListMode.parse(mode.value)
        joined = None if parsed is None else parsed.member
        unknown = joined is not None and joined not in names
        if unknown and names and not any(map(_open_names, items)):
            raise wrong(mode.at, f"a member of the items ({', '.join(names)})", joined)


def _open_names(part: _Part) -> list[_Part]:
    """Return what holds for the names that a schema leaves open."""
    more = [part.schema.get(keyword) for keyword in ("additionalProperties", "unevaluatedProperties")]
    more = [
        *part.schema.get("patternProperties", {}).values(),
        *(one for one in more if isinstance(one, dict)),
    ]
    branches = [(*part.branch, id(one)) if len(more) > 1 else part.branch for one in more]
    return [
        part._replace(schema=one, branch=branch, seen=_UNSEEN)
        for one, branch in zip(more, branches, strict=True)
    ]


def _enum_options(kinds: Kinds, comparator: str | None, synonyms: _Given | None) -> dict[str, Any]:
    """Return each value of an enum and its other spellings."""
    if comparator != "enum":
        if synonyms is not None:
            raise wrong(
                synonyms.at, f"no {PREFIX}synonyms beside the comparator {comparator}", synonyms.value
            )
        return {}
    sets: dict[str, list[str]] = {value: [] for name, values in kinds if name == "enum" for value in values}
    closed = sets and all(name == "enum" for name, _ in kinds)
    if synonyms is not None:
        for name in synonyms.value:
            if closed and name not in sets:
                raise wrong(member(synonyms.at, name), f"a value of the enum ({', '.join(sets)})", name)
        sets |= synonyms.value
    return {"synonyms": sets} if sets else {}
