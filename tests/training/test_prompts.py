"""Queries: the commented skeleton is JSON of exactly the keys; the instruction's language and its ending."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers.form_values import forms
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.completions._completion import parse_completion
from medvie_reward.errors import SpecError
from medvie_reward.spec import Format
from medvie_reward.spec._schema_rules import load_schema
from medvie_reward.training._form_reader import form_of_schema
from medvie_reward.training._prompts import language_of, language_of_names, query_of, skeleton
from medvie_reward.training._query_fields import form_of_gold, leaf_paths, with_keys

FORM = form_of_schema(load_schema("medical_report.en"))
KEYS = ("Name", "Indicators[].Item Name", "Indicators[].Result")


def stripped(text: str) -> str:
    """Take the comments out, knowing what a JSON string is."""
    lines = []
    for line in text.split("\n"):
        quoted, n = False, 0
        while n < len(line) and (quoted or not line.startswith("//", n)):
            if line[n] == "\\":
                n += 1
            elif line[n] == '"':
                quoted = not quoted
            n += 1
        lines.append(line[:n])
    return "\n".join(lines)


def test_the_skeleton_is_what_the_paper_shows() -> None:
    """Values removed, the list cut to one element, a comment behind each key."""
    expected = """\
{
  "Name": "",  // Patient's name as printed.
  "Indicators": [  // Rows of the result table, one object per row; [] where the report has no table.
    {
      "Item Name": "",  // Name of the test item.
      "Result": ""  // Measured value or finding, without its unit if that has a column.
    }
  ]
}"""
    assert skeleton(with_keys(FORM, KEYS)) == expected


@pytest.mark.parametrize(
    ("gold", "expected"),
    [
        ([{"a": "1"}], '[\n  {\n    "a": ""\n  }\n]'),
        ({"m": [["u"]], "n": 1}, '{\n  "m": [[""]],\n  "n": ""\n}'),
        ({"n": [[{"x": 1}]]}, '{\n  "n": [[\n    {\n      "x": ""\n    }\n  ]]\n}'),
        ({"o": {"x": {"y": "1"}}}, '{\n  "o": {\n    "x": {\n      "y": ""\n    }\n  }\n}'),
    ],
)  # fmt: skip
def test_nested_skeletons(gold: Any, expected: str) -> None:
    """Objects, lists of lists and a list at the root are written as they nest; no description, no comment."""
    assert skeleton(form_of_gold(gold)) == expected


@given(st.data())
def test_a_skeleton_without_comments_is_json_of_exactly_its_keys(data: st.DataObject) -> None:
    """Read as JSON, its form has the keys in order, all blank and every list of one element."""
    form = data.draw(forms())
    keys = data.draw(st.sets(st.sampled_from(list(leaf_paths(form))), min_size=1))
    asked = with_keys(form, keys)
    plain = json.loads(skeleton(asked, comments=False))
    assert json.loads(stripped(skeleton(asked))) == plain
    assert list(leaf_paths(form_of_gold(plain))) == [key for key in leaf_paths(form) if key in keys]
    assert skeleton(form_of_gold(plain)) == skeleton(asked, comments=False)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("think", "form"), [(True, "think"), (False, "answer")])
def test_the_ending_names_the_form_that_is_scored(language: str, think: bool, form: Format) -> None:
    """The tags of the last line, with an answer inside, are what the format check wants."""
    query = query_of(FORM, language, think)
    tags = query.rsplit("\n", 1)[1]
    assert ("<think></think>" in query) is think
    parts = [tag for tag in ("<think></think>", "<answer></answer>") if tag in tags]
    said = "".join(parts).replace("<answer>", '<answer>{"Name": ""}')
    assert parse_completion(said, format=form).format_ok is True


def test_the_query_says_what_a_blank_is() -> None:
    """Both instructions name the empty string and the empty list."""
    for language in ("en", "zh"):
        head = query_of(FORM, language).split("\n")[0]
        assert '""' in head
        assert "[]" in head


def test_names_and_descriptions_may_not_stand_for_pages() -> None:
    """A placeholder in a comment would take a page's place."""
    form = form_of_schema({"properties": {"a": {"type": "string", "description": "See <image> 2."}}})
    with pytest.raises(SpecError, match="expected no <image> in names and descriptions"):
        query_of(form)


def test_an_unknown_language_is_an_error() -> None:
    """There are two."""
    with pytest.raises(SpecError, match="no language 'fr': expected one of en, zh"):
        query_of(FORM, "fr")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("en", "en"), ("EN-us", "en"), ("English", "en"), ("zh", "zh"), ("zh_CN", "zh"), ("fr", None)],
)  # fmt: skip
def test_names_of_languages(name: str, expected: str | None) -> None:
    """Codes with a region and the plain names are known."""
    assert language_of(name) == expected


def test_keys_tell_their_language() -> None:
    """One Chinese name is enough."""
    assert language_of_names(iter(("Name", "姓名"))) == "zh"
    assert language_of_names(iter(("Name", "Äge"))) == "en"
