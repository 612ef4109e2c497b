"""A JSON Schema, checked: where each schema in it stands, what its references mean, which keywords are ours.

References stay inside: ``#``, ``#/...``, ``#anchor``, the same behind the schema's own ``$id``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Final
from urllib.parse import unquote

from medvie_reward._core.paths import member_path
from medvie_reward._core.validate import shown
from medvie_reward.comparators import COMPARATORS
from medvie_reward.errors import SpecError
from medvie_reward.spec._list_modes import ListMode
from medvie_reward.spec._metaschema import MAPS, NESTED, VALIDATORS, metaschema_error
from medvie_reward.spec._rules import MAX_WEIGHT, WEIGHT_STEP
from medvie_reward.spec._schema_sources import Schema, find_schema

PREFIX: Final = "x-medvie-"
_OUR_NAME: Final = "x-medvie"


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(x, str) and x.strip() for x in value)


_OURS: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "comparator": (lambda x: isinstance(x, str) and x in COMPARATORS, f"one of {', '.join(COMPARATORS)}"),
    "options": (lambda x: isinstance(x, dict), "an object"),
    "weight": (
        lambda x: type(x) in (int, float) and 0 <= x <= MAX_WEIGHT and (x / WEIGHT_STEP).is_integer(),
        f"a number 0 to {MAX_WEIGHT:g} in steps of {WEIGHT_STEP:g}",
    ),
    "critical": (lambda x: isinstance(x, bool), "true or false"),
    "list": (
        lambda x: ListMode.for_lists(x) is not None,
        "'align', 'index' or 'key:<member>'",
    ),
    "key": (lambda x: isinstance(x, str) and x != "", "the name of a member"),
    "synonyms": (
        lambda x: (
            isinstance(x, dict)
            and all(isinstance(y, list) and set(map(type, y)) <= {str} for y in x.values())
        ),
        "an object of lists of strings",
    ),
    "absent": (_are_texts, "a list of words"),
    "aliases": (_are_texts, "a list of other names"),
    "normalize": (lambda x: isinstance(x, (str, dict, list)), "a list of steps"),
    "credit": (lambda x: isinstance(x, dict), "an object with similarity, abs_tol or rel_tol"),
    "description": (lambda x: isinstance(x, str), "a string"),
}

_DRAFT: Final = re.compile(r"https?://json-schema\.org/(draft.+?)/schema#?")
_LATEST: Final = "https://json-schema.org/draft/2020-12/schema"
_TYPE_NAMES: Final = "one of array, boolean, integer, null, number, object, string, or a list of them"


def wrong(at: str, expected: str, got: object) -> SpecError:
    """Return the error of a wrong place in a schema."""
    return SpecError(f"schema: expected {expected}, got {shown(got)} - at {at}")


def member(path: str, name: str) -> str:
    """Append a name to a rule's path, quoted too where it would be a wildcard or the root."""
    return f'{path}["{name}"]' if name in ("*", "**", "$") else member_path(path, name)


class SchemaTree:
    """A schema in which every place is known.

    Parameters
    ----------
    root
        A schema of plain JSON values in which no object stands twice; it is changed: under draft-07 and
        before, what stands beside a ``$ref`` and has no say is removed.
    check
        Whether to hold it against its metaschema.
    at
        Its JSON path in what was given.

    Raises
    ------
    SpecError
        If it is not a schema, or holds a keyword that cannot be followed or is not known.
    """

    def __init__(self, root: Any, check: bool, at: str = "$") -> None:
        self.root = root
        self._top = at
        self._check = check
        self._places: dict[int, str] = {}
        self._anchors: dict[str, Any] = {}
        has = root if isinstance(root, dict) else {}
        uri, self._base = has.get("$schema", _LATEST), str(has.get("$id", "")).partition("#")[0]
        draft = _DRAFT.fullmatch(uri) if isinstance(uri, str) else None
        if draft is None or draft[1] not in VALIDATORS:
            raise wrong(member(at, "$schema"), f"the URI of {', '.join(VALIDATORS)}", uri)
        self._draft = draft[1]
        self._add(root, at)

    @classmethod
    def read(cls, schema: Schema, check: bool) -> SchemaTree:
        """Build the tree of what people have as a schema; see `find_schema`.

        Raises
        ------
        SpecError
            If there is no schema in it, or it is wrong.
        """
        root, at = find_schema(schema)
        return cls({} if root is True else root, check, at)

    def place(self, schema: dict[str, Any]) -> str:
        """Return the JSON path of a schema."""
        return self._places[id(schema)]

    def target(self, schema: dict[str, Any]) -> Any:
        """Return the schema that a ``$ref`` means.

        Raises
        ------
        SpecError
            If it is outside, or there is none.
        """
        ref, at = schema["$ref"], member(self.place(schema), "$ref")
        base, _, fragment = ref.partition("#")
        if base not in ("", self._base) or not ref:
            raise wrong(at, "a reference inside this schema (#, #/$defs/name, #anchor)", ref)
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            if fragment not in self._anchors:
                raise wrong(at, f"one of the anchors here ({', '.join(self._anchors) or 'none'})", ref)
            return self._anchors[fragment]
        # `referencing` follows pointers too, but takes -1 and 01 for items, and keeps no place for messages.
        found, path = self.root, self._top
        for step in fragment.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list):
                found, path = dict(zip(map(str, count()), found, strict=False)).get(step), f"{path}[{step}]"
            else:
                found, path = found.get(step) if isinstance(found, dict) else None, member(path, step)
        if not isinstance(found, (dict, bool)):
            raise wrong(at, "a reference to a schema in this schema", ref)
        if isinstance(found, dict) and id(found) not in self._places:
            self._add(found, path)  # under a keyword that is not known to hold schemas
        return found

    def _add(self, schema: Any, at: str) -> None:
        if self._check and (error := metaschema_error(schema, self._draft)) is not None:
            for step in error.absolute_path:
                at = f"{at}[{step}]" if isinstance(step, int) else member(at, step)
            raise wrong(at, _expected(error), error.instance)
        self._survey(schema, at, outside=False)

    def _survey(self, schema: Any, at: str, outside: bool) -> None:
        """Note where everything below stands; ``outside`` is below an ``$id`` that begins another schema."""
        if not isinstance(schema, dict):
            return
        self._places[id(schema)] = at
        for keyword, value in schema.items():
            if keyword.startswith(_OUR_NAME):
                known, expected = _OURS.get(keyword.removeprefix(PREFIX), (None, ""))
                if keyword in (PREFIX + "normal-form", PREFIX + "normal_form"):
                    where = "a function is taken from Python and from a rules file, never from a schema"
                    raise wrong(at, f"no {keyword}: {where}", value)
                if known is None:
                    names = ", ".join(PREFIX + name for name in _OURS)
                    raise wrong(member(at, keyword), f"one of the keywords {names}", keyword)
                if not known(value):
                    raise wrong(member(at, keyword), expected, value)
        for keyword in ("$id", "$ref"):  # below a keyword of another draft, which no metaschema saw
            if not isinstance(schema.get(keyword, ""), str):
                raise wrong(member(at, keyword), "a URI", schema[keyword])
        own = schema.get("$id", "")
        outside = outside or (at != self._top and not own.startswith("#") and own != "")
        for keyword in ("$dynamicRef", "$recursiveRef", *(["$ref"] if outside else [])):
            if keyword in schema:
                where = "with no $id above it but the first" if outside else "instead"
                raise wrong(member(at, keyword), f"$ref {where}", schema[keyword])
        named = own[1:] if own.startswith("#") else None
        for anchor in (schema.get("$anchor"), schema.get("$dynamicAnchor"), named):
            if isinstance(anchor, str) and not outside:
                self._anchors[anchor] = schema
        if "$ref" in schema and self._draft in ("draft-07", "draft-06"):
            for keyword in [x for x in schema if not x.startswith((PREFIX, "$")) and x != "definitions"]:
                del schema[keyword]
        for path, inner in _below(schema, at):
            self._survey(inner, path, outside)


def _below(schema: dict[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    """Return the schemas in a schema; a keyword of another draft is read too, though no metaschema saw it."""
    for keyword, value in schema.items():
        if keyword not in NESTED:
            continue
        path = member(at, keyword)
        if keyword in MAPS:
            if not isinstance(value, dict):
                raise wrong(path, "an object of schemas", value)
            found = [(member(path, name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            found = [(f"{path}[{i}]", inner) for i, inner in enumerate(value)]
        else:
            found = [(path, value)]
        for path, inner in found:
            if isinstance(inner, (dict, bool)):
                yield path, inner
            elif keyword != "dependencies" or not isinstance(inner, list):
                raise wrong(path, "a schema", inner)


def _expected(error: Any) -> str:
    """Describe what a metaschema wants in words of one line."""
    if error.validator == "type":
        wanted = error.validator_value
        return "type " + (wanted if isinstance(wanted, str) else " or ".join(wanted))
    if list(error.absolute_path)[-1:] == ["type"]:
        return _TYPE_NAMES
    if error.validator == "enum":
        return "one of " + ", ".join(map(str, error.validator_value))
    return f"what the metaschema allows ({error.validator}: {error.validator_value!r:.80})"
