"""Places that look alike are checked once, and that changes no verdict."""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped, unused-ignore]
import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.spec._metaschema import VALIDATORS, metaschema_error

VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, 1, -1, 1.5, 2.0, "", "string", "number", "#", "#a", "a b", [], ["a"], ["a", "a"], [1],
     [1, 1], [True], ["string", "null"], {}, {"a": ["b"]}, {"a": 1}, {"a": {}},
     {"a": {"type": 1}}, [{}], [{"type": "x"}]]
)  # fmt: skip
KEYWORDS = st.sampled_from(
    ["type", "properties", "items", "prefixItems", "additionalProperties", "enum", "const", "required",
     "minimum", "multipleOf", "minLength", "pattern", "title", "description", "default", "examples", "$id",
     "$anchor", "$ref", "$defs", "definitions", "anyOf", "not", "if", "dependencies", "dependentRequired",
     "uniqueItems", "format", "$comment", "readOnly", "patternProperties"]
)  # fmt: skip
SCHEMAS = st.recursive(
    st.dictionaries(KEYWORDS, VALUES, max_size=4),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from("abc"), inner),
            "items": inner,
            "anyOf": st.lists(inner),
        },
    ),
    max_leaves=6,
)


@examples(2000)
@given(SCHEMAS, st.sampled_from(sorted(VALIDATORS)))
def test_verdict_is_that_of_the_whole(schema: Any, draft: str) -> None:
    """A schema is wrong exactly where jsonschema says that the whole is, and the error is jsonschema's."""
    validator = getattr(jsonschema, VALIDATORS[draft])
    whole = jsonschema.exceptions.best_match(validator(validator.META_SCHEMA).iter_errors(schema))
    found = metaschema_error(schema, draft)
    assert (found is None) == (whole is None)
    if whole is not None:
        assert found.message == whole.message


@pytest.mark.parametrize("bad", ["nmber", 5])
def test_the_one_wrong_place_of_many(bad: Any) -> None:
    """Of 3,000 places that look alike, the one that is wrong is found."""
    schema = {"properties": {f"p{n}": {"type": "string", "title": str(n)} for n in range(3_000)}}
    schema["properties"]["p2000"]["type"] = bad
    error = metaschema_error(schema, "draft/2020-12")
    assert list(error.absolute_path) == ["properties", "p2000", "type"]
