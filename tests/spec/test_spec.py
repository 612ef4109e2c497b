"""Specs: frozen, named, checked, and told apart by their signatures."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from medvie_reward import Rule, Spec, SpecError, __version__
from medvie_reward.spec import ListMode
from medvie_reward.spec._spec import PRESETS, resolve

OTHER: dict[str, Any] = {
    "name": "mine",
    "lists": "index",
    "text": "strip",
    "rules": (Rule("a", weight=2),),
    "narrative": "graded",
    "reading": "donut",
    "field_names": True,
    "lone_currency": True,
    "matching": "f1",
    "alpha": 0.25,
    "beta": 2.0,
    "filled_blank_cost": 0.1,
    "invented_field_cost": 0.1,
    "invented_item_cost": 0.1,
    "critical_cost": 0.1,
    "floor": -1.0,
    "format": "json",
    "format_needs_answer": True,
    "format_weight": 0.5,
    "answer": "tagged",
    "both_empty": 0.0,
    "repair": True,
    "repair_cost": 0.1,
    "max_chars": 1000,
    "max_chars_per_gold_char": 2,
    "max_depth": 20,
    "max_pairs": 1000,
    "prefilled": True,
    "think_tags": ("<thinking>",),
    "absent": ("N/A",),
    "keys": "loose",
    "key_aliases": (("a", ("b",)),),
}


def test_every_field_is_in_the_signature() -> None:
    """Flipping any field changes the signature; none is forgotten."""
    base = Spec(lists="bag", text="strip", name="base")
    changed = {**OTHER, "text": "unicode"}
    assert OTHER.keys() == {field.name for field in dataclasses.fields(Spec)}
    signatures = {base.replace(**{name: value}).signature for name, value in changed.items()}
    assert len(signatures | {base.signature}) == len(changed) + 1


def test_signatures_cannot_be_forged() -> None:
    """A name or key with the signature's own syntax in it cannot imitate another spec."""
    forged = Spec(name="strict|lists:bag")
    assert forged.signature.count("|lists:") == 1
    assert Spec(lists="key:a%7C").signature != Spec(lists="key:a|").signature


def test_signature() -> None:
    """The line names every choice, the version last, and one value has one spelling."""
    assert Spec.preset("paper").signature == (
        "medvie|name:paper|lists:bag|text:strip|rules:none|narrative:exact|reading:json|"
        "matching:precision_recall|alpha:0.5|beta:1.0|filled_blank_cost:0.0|invented_field_cost:0.0|"
        "invented_item_cost:0.0|critical_cost:0.0|floor:0.0|format:think|format_weight:1.0|answer:lenient|both_empty:0.0|repair:no|repair_cost:0.0|max_chars:65536|"
        f"max_chars_per_gold_char:8|max_depth:128|max_pairs:100000|version:{__version__}"
    )
    assert Spec(alpha=1).signature == Spec(alpha=1.0).signature


def test_signature_of_other_think_tags() -> None:
    """The forms of thinking are named where they are not those of the presets."""
    plain = Spec.preset("clinical").signature
    assert "prefilled" not in plain
    assert "think_tags" not in plain
    tags = Spec(prefilled=True, think_tags=("<a,b>", "<c>")).signature
    assert "|prefilled:yes|think_tags:<a%2Cb>,<c>|version:" in tags
    assert Spec(think_tags=("<a>", "b c")).signature != Spec(think_tags=("<a>,b c",)).signature
    assert repr(Spec(think_tags=["<a>"])) == "Spec.preset('strict').replace(think_tags=('<a>',))"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tag", "pair"),
    [
        ("<think>", ("<think>", "</think>")),
        ("<seed:think>", ("<seed:think>", "</seed:think>")),
        ("[THINK]", ("[THINK]", "[/THINK]")),
        ("\u25c1think\u25b7", ("\u25c1think\u25b7", "\u25c1/think\u25b7")),
        ("<|think|>", ("<|think|>", "<|/think|>")),
        ("<|begin_of_thought|>", ("<|begin_of_thought|>", "<|end_of_thought|>")),
        ("<|START_THINKING|>", ("<|START_THINKING|>", "<|END_THINKING|>")),
        ("<beginning>", ("<beginning>", "</beginning>")),
        ("<|channel|>analysis", ("<|channel|>analysis", "<|channel|>final<|message|>")),
        ("<<<a >>>", ("<<<a", ">>>")),
    ],
)
def test_think_tags_close(tag: str, pair: tuple[str, str]) -> None:
    """The closing tag follows from the opening one, or is given."""
    assert Spec(think_tags=(tag,)).think_pairs == (pair,)
    assert Spec(think_tags=tag).think_pairs == (pair,)  # type: ignore[arg-type]


@pytest.mark.parametrize("tags", [(), "", (1,), None, "think", "<a> <a>", (" <a>",), {"<a>": "</a>"}])
def test_think_tags_that_cannot_be(tags: Any) -> None:
    """What has no closing tag is refused."""
    with pytest.raises(SpecError, match=r"spec field 'think_tags': expected opening tags such as '<think>'"):
        Spec(think_tags=tags)


@pytest.mark.parametrize("name", PRESETS)
def test_repr_reads_back(name: str) -> None:
    """A spec's repr is the expression that makes it."""
    names = {"Spec": Spec, "Rule": Rule}
    assert repr(Spec.preset(name)) == f"Spec.preset({name!r})"
    specs = [Spec.preset(name).replace(alpha=0.3)]
    if Spec.preset(name).reading == "json":  # the other two take no rules
        specs.append(Spec.preset(name).with_rules([Rule("a", "number")]))
    for spec in specs:
        assert eval(repr(spec), names) == spec


def test_repr_of_a_spec_with_a_name_of_its_own() -> None:
    """Only what differs from the defaults is written."""
    assert repr(Spec(name="mine")) == "Spec(name='mine')"
    spec = Spec(name="mine", alpha=0.3, lists="bag")
    assert repr(spec) == "Spec(name='mine').replace(lists='bag', alpha=0.3)"
    assert eval(repr(spec), {"Spec": Spec}) == spec


def test_presets() -> None:
    """The presets are named as they are asked for, and strict is what Spec() gives."""
    assert PRESETS == ("clinical", "strict", "paper", "donut", "smr-r1")
    assert [Spec.preset(name).name for name in PRESETS] == list(PRESETS)
    assert Spec.preset("strict") == Spec()


def test_frozen_and_replaceable() -> None:
    """A spec never changes; replace gives another."""
    spec = Spec()
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.alpha = 0.1  # type: ignore[misc]
    assert spec.replace() is spec
    assert spec.replace(alpha=0.1).alpha == 0.1
    assert hash(spec) == hash(Spec())


BAD: list[tuple[dict[str, Any], str]] = [
    ({"lists": "sorted"}, "'align', 'bag', 'index' or 'key:<member>'"),
    ({"lists": "key:"}, "'key:<member>'"),
    ({"lists": 3}, "'key:<member>'"),
    ({"text": "nfkc"}, "one of 'unicode', 'strip', 'text', 'guess'"),
    ({"alpha": 1.1}, "from 0 to 1"),
    ({"alpha": float("nan")}, "from 0 to 1"),
    ({"alpha": "0.5"}, "from 0 to 1"),
    ({"alpha": True}, "from 0 to 1"),
    ({"format_weight": -1}, "from 0 to inf"),
    ({"format_weight": float("inf")}, "a finite number"),
    ({"format": "xml"}, "'think', 'answer', 'json'"),
    ({"answer": "first"}, "'lenient', 'tagged'"),
    ({"reading": "donut"}, "'bag' with reading 'donut'"),
    ({"reading": "donut", "lists": "bag", "text": "strip", "rules": (Rule("a"),)}, "no rules with reading"),
    ({"rules": ("a",)}, "a tuple of Rule"),
    ({"rules": 3}, "a tuple of Rule"),
    ({"narrative": "similar"}, "'exact', 'graded'"),
    ({"beta": 100.5}, "from 0 to 100"),
    ({"beta": 0.005}, "a multiple of 0.01"),
    ({"critical_cost": 0.0001}, "a multiple of 0.001"),
    ({"invented_item_cost": -0.1}, "from 0 to 10"),
    ({"floor": 0.1}, "from -10 to 0"),
    ({"reading": "donut", "lists": "bag"}, "'strip' with reading 'donut'"),
    ({"matching": "accuracy"}, "'precision_recall', 'f1', 'fbeta'"),
    ({"both_empty": 2}, "from 0 to 1"),
    ({"repair": 1}, "True or False"),
    ({"max_depth": 0}, "1 to 128"),
    ({"max_depth": 129}, "1 to 128"),
    ({"max_chars": 1.5}, "integer"),
    ({"max_pairs": -1}, "integer"),
    ({"name": ""}, "non-empty"),
    ({"gamma": 1}, "no spec field 'gamma': expected one of absent, alpha,"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_bad_values_are_named(change: dict[str, Any], message: str) -> None:
    """A bad value is an error that names the field and what was expected."""
    with pytest.raises(SpecError) as caught:
        Spec().replace(**change)
    assert message in str(caught.value)
    assert any(f"'{name}'" in str(caught.value) for name in ["lists", "text", *change])


@pytest.mark.parametrize("name", ["clinicl", "", None, ["strict"]])
def test_unknown_preset(name: Any) -> None:
    """An unknown preset is an error that lists the known ones."""
    with pytest.raises(SpecError, match="expected one of clinical, strict, paper, donut, smr-r1"):
        Spec.preset(name)


def test_resolved_specs_are_kept_and_checked() -> None:
    """The same overrides give the same spec again; a value that only equals a good one is looked at anew."""
    spec = Spec(name="kept")
    assert resolve(spec, alpha=1) is resolve(spec, alpha=1) == spec.replace(alpha=1)
    with pytest.raises(SpecError, match="alpha"):
        resolve(spec, alpha=True)
    with pytest.raises(SpecError, match="lists"):
        resolve(spec, lists=["align"])
    for n in range(200):
        resolve(spec, max_chars=n + 1)
    assert len(spec.variants) <= 64
    assert spec == Spec(name="kept")


SHORT = [
    (Spec.preset("clinical"), "medvie:clinical@{}"),
    (Spec.preset("clinical").replace(alpha=0.3, lists="bag"), "medvie:clinical@{}+lists=bag,alpha=0.3"),
    (Spec(name="mine", lists="key:a,b=c"), "medvie:mine@{}+lists=key:a%2Cb%3Dc"),
    (Spec(name="a+b@c"), "medvie:a%2Bb%40c@{}"),
    (Spec.preset("strict").replace(absent=["N/A", "x"]), "medvie:strict@{}+absent=N/A%2Cx"),
]


@pytest.mark.parametrize(("spec", "expected"), SHORT)
def test_short_signature(spec: Spec, expected: str) -> None:
    """Only what differs from the preset is named, in words that the line's own signs do not break."""
    assert spec.short_signature == expected.format(__version__)
    assert str(spec.signed) == spec.signature


def test_short_signatures_tell_specs_apart() -> None:
    """Flipping any field changes the short line too."""
    base = Spec(lists="bag", text="strip", name="base")
    changed = {**OTHER, "text": "unicode"}
    lines = {base.replace(**{name: value}).short_signature for name, value in changed.items()}
    assert len(lines | {base.short_signature}) == len(changed) + 1


MODES: list[tuple[Any, Any]] = [
    ("align", ("align", None)), ("bag", ("bag", None)), ("index", ("index", None)), ("key:a", ("key", "a")),
    ("key:key:", ("key", "key:")), ("key:", None), ("", None), ("Align", None), (None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MODES)
def test_list_modes(text: Any, expected: Any) -> None:
    """One reading of list modes for specs, rules and schemas; a single list has no ``bag``."""
    assert ListMode.parse(text) == expected
    assert ListMode.for_lists(text) == (None if text == "bag" else expected)
