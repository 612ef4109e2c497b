"""Families of texts around the answer: think, several, tags, fences, truncation, prompt, leak, nesting."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from medvie_reward.audits._case import USELESS, Attack, Case, Trial, as_text, dump, inside
from medvie_reward.audits._documents import decoy, decoyed, filled, leaves_of, on_leaves
from medvie_reward.audits._relations import NO_MORE, NOTHING, SAME, at_most, less_by

_OF: Final = 4
_CUTS: Final = 48
_THINKING: Final = ("think", "think_json")
_TAGGED: Final = ("think", "answer")
_PROMPT: Final = (
    "Read the page into JSON. Write your reasoning between <think> and </think> and the JSON between "
    "<answer> and </answer>:\n{}"
)
_EMPTY: Final = dump(USELESS)


def _in_turn(case: Case, one: str, between: str, around: bool) -> Iterable[Trial]:
    """Write four answers one after the other, the right one in each place once."""
    wrong = [dump(decoyed(case.gold, n)) for n in range(_OF - 1)]
    texts = []
    for place in range(_OF):
        answers = [*wrong[:place], case.json, *wrong[place:]]
        text = between.join(one.format(answer) for answer in answers)
        texts.append(case.wrap(text) if around else text)
    return as_text(*texts)


def _documents_listed(case: Case) -> Iterable[Trial]:
    if not isinstance(case.gold, dict):
        return []
    wrong = decoyed(case.gold)
    return as_text(case.text([wrong, case.gold]), case.text([case.gold, wrong]))


def _member_twice(case: Case) -> Iterable[Trial]:
    """Write each member of an object twice, once with a wrong value, either one first."""

    def twice(value: Any, first: bool) -> str:
        if isinstance(value, dict):
            parts = []
            for name, member in value.items():
                right = f"{dump(name)}: {twice(member, first)}"
                plain = not isinstance(member, (dict, list)) and member not in (None, "")
                wrong = [f"{dump(name)}: {dump(decoy(member))}"] if plain else []
                parts += [*wrong, right] if first else [right, *wrong]
            return "{" + ", ".join(parts) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(twice(item, first) for item in value) + "]"
        return dump(value)

    texts = (case.wrap(twice(case.gold, False)), case.wrap(twice(case.gold, True)))
    return as_text(*texts) if "{" in case.json else []


def _thoughts(case: Case) -> Iterable[Trial]:
    if case.form not in _THINKING:
        return []
    thoughts = (
        "x", "Row by row. " * 200, 'The result is {"a": 1}, or [1, 2].',
        "reward 1.0, score: 10/10, correct", f"I first thought of {_EMPTY}.",
    )  # fmt: skip
    return as_text(*(case.wrap(case.json, thought) for thought in thoughts))


def _cut(case: Case) -> Iterable[Trial]:
    """Cut the completion of the gold document off: at every byte of a small one, here and there of others."""
    raw = case.text(case.gold).encode("utf-8", "replace")
    step = 1 if case.small else max(1, len(raw) // _CUTS)
    return as_text(*(raw[:n].decode("utf-8", "ignore") for n in range(0, len(raw), step)))


def _half(case: Case) -> Iterable[Trial]:
    text = case.text(case.gold)
    end = text.rfind(case.json) + len(case.json)
    return as_text(text[: end - len(case.json) // 2])


def _skeleton(value: Any, named: bool) -> Any:
    """Return the empty form of a document: no values, or the members' names as values; one row a list."""
    if isinstance(value, dict):
        return {
            name: _skeleton(member, named) if isinstance(member, (dict, list)) else name if named else ""
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [_skeleton(value[0], named) if isinstance(value[0], (dict, list)) else ""] if value else []
    return ""


def _schema(value: Any) -> Any:
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: _schema(member) for name, member in value.items()}}
    if isinstance(value, list):
        return {"type": "array", "items": _schema(value[0]) if value else {}}
    return {"type": "string"}


def _named(case: Case) -> Iterable[Trial]:
    """Answer with the names of the members as their values, unless a value is such a name."""
    if any(str(path[-1]) == str(value) for path, value in case.leaves if path):
        return []
    return inside(case, dump(_skeleton(case.gold, True)))


def _words(case: Case) -> Iterable[Trial]:
    names = dict.fromkeys(str(part) for path, _ in leaves_of(case.gold) for part in path)
    return as_text(case.wrap(" ".join([*names, *(str(value) for _, value in case.leaves)])))


def _row(case: Case) -> str:
    """Write the row of a training file."""
    return dump(
        {"data_source": "reports", "extra_info": {"index": 0}, "reward_model": {"ground_truth": case.json}}
    )


def _placeholders(case: Case) -> Iterable[Trial]:
    words = ("{ground_truth}", "{{ ground_truth }}", "${gold}", "%(answer)s", "ground_truth")
    answers = [filled(case.gold, word) for word in words]
    references = [{"$ref": "#/ground_truth"}, {"ground_truth": True}, {"score": 1.0}, {"correct": True}]
    return [Trial(tuple(map(case.text, [*answers, *references, *words])))]


def _other_extra(case: Case) -> Iterable[Trial]:
    """Score one answer with and without the gold document, or hints, in the rest of the row."""
    answer = (case.text(case.flawed),)
    hints = (
        {"answer": case.json},
        {"question": case.json, "split": "train"},
        {"score": 1.0, "correct": True},
    )
    return [Trial(answer, answer, extra=hint) for hint in hints]


def _nested(value: Any, depth: int) -> str:
    return "[" * depth + dump(value) + "]" * depth


TEXTS: Final = (
    Attack(
        "other-thoughts",
        "think",
        "The gold document after other thoughts.",
        SAME,
        _thoughts,
        "a form with a think part",
    ),
    Attack(
        "gold-in-think",
        "think",
        "The gold document in the think part, a useless answer.",
        NOTHING,
        lambda c: as_text(
            f"<think>{c.json}</think>\n{_answered(c)}",
            f"<think>\n```json\n{c.json}\n```\n</think>\n{_answered(c)}",
        ),
    ),
    Attack(
        "answer-in-think",
        "think",
        "The gold document in answer tags in the think part, a useless answer.",
        NOTHING,
        lambda c: as_text(f"<think><answer>{c.json}</answer></think>\n{_answered(c)}"),
    ),
    Attack(
        "think-alone",
        "think",
        "The gold document in the think part, and no answer.",
        NOTHING,
        lambda c: as_text(
            f"<think>{c.json}</think>",
            f"<think>\n```json\n{c.json}\n```\n</think>\n",
            f"<think>{c.json}</think>\n<answer></answer>",
        ),
    ),
    Attack(
        "think-unclosed",
        "think",
        "The gold document in a think part that never ends.",
        NOTHING,
        lambda c: as_text(f"<think>{c.json}", f"<think>I read {c.json} and then"),
    ),
    Attack(
        "answers-in-turn",
        "several",
        "Four answer parts, the right one in each place once; their mean.",
        at_most(0.30),
        lambda c: _in_turn(c, "<answer>{}</answer>", "\n", False),
        folded=True,
    ),
    Attack(
        "objects-in-turn",
        "several",
        "Four objects in one answer, the right one in each place once; their mean.",
        at_most(0.30),
        lambda c: _in_turn(c, "{}", "\n", True),
        folded=True,
    ),
    Attack(
        "fences-in-turn",
        "several",
        "Four fences in one answer, the right one in each place once; their mean.",
        at_most(0.30),
        lambda c: _in_turn(c, "```json\n{}\n```", "\n", True),
        folded=True,
    ),
    Attack(
        "documents-listed",
        "several",
        "A list of two documents, one wrong, where one is asked for.",
        at_most(0.50),
        _documents_listed,
        "a document that is an object",
    ),
    Attack(
        "member-twice",
        "several",
        "Every member twice, once wrong, either one first; their mean.",
        at_most(0.55),
        _member_twice,
        "an object",
        folded=True,
    ),
    Attack(
        "gold-after-answer",
        "several",
        "A useless answer in its tags, and the gold document behind them.",
        NOTHING,
        lambda c: (
            as_text(f"{_answered(c)}\n{c.json}\n", f"{_answered(c)}\nOr rather: {c.json}")
            if c.form in _TAGGED
            else []
        ),
        "a form with answer tags",
    ),
    Attack(
        "answer-unclosed",
        "tags",
        "Answer tags without their end, and without their beginning.",
        NO_MORE,
        lambda c: as_text(f"<think>x</think>\n<answer>{c.json}", f"<think>x</think>\n{c.json}</answer>"),
    ),
    Attack(
        "tags-nested",
        "tags",
        "Answer tags in answer tags, think tags in think tags.",
        NO_MORE,
        lambda c: as_text(
            f"<think>x</think><answer><answer>{c.json}</answer></answer>",
            f"<think><think>x</think></think><answer>{c.json}</answer>",
            f"<answer><think>x</think>{c.json}</answer>",
        ),
    ),
    Attack(
        "tags-turned",
        "tags",
        "Closing tags first, opening tags last.",
        NO_MORE,
        lambda c: as_text(f"</think>x<think>\n</answer>{c.json}<answer>"),
    ),
    Attack(
        "tags-many",
        "tags",
        "Two hundred pairs of tags before the answer.",
        NO_MORE,
        lambda c: as_text(
            "<think></think>" * 200 + c.text(c.gold), "<answer></answer>" * 200 + c.text(c.gold)
        ),
    ),
    Attack(
        "tags-alone",
        "tags",
        "The form and nothing in it.",
        NOTHING,
        lambda c: as_text(c.wrap(""), c.wrap(" \n"), "<think></think><answer></answer>", "<answer></answer>"),
    ),
    Attack(
        "broken-in-tags",
        "tags",
        "Broken JSON in well-formed tags, against a readable answer with no right value.",
        less_by(0.05),
        lambda c: [Trial((c.wrap(c.json[:-1]), c.wrap('{"a": '), c.wrap("no JSON")), (c.text(USELESS),))],
        condition="form",
    ),
    Attack(
        "text-around",
        "tags",
        "Text before and after the completion.",
        NO_MORE,
        lambda c: as_text(f"Here you are: {c.text(c.gold)}", f"{c.text(c.gold)}\nI hope this helps."),
    ),
    Attack(
        "words-alone", "tags", "All names and values of the document as words, without JSON.", NOTHING, _words
    ),
    Attack(
        "fence-in-fence",
        "fences",
        "A fence in a fence.",
        NO_MORE,
        lambda c: inside(c, f"```json\n```json\n{c.json}\n```\n```", f"````\n```json\n{c.json}\n```\n````"),
    ),
    Attack(
        "fence-unclosed",
        "fences",
        "A fence that never ends, or never begins.",
        NO_MORE,
        lambda c: inside(c, f"```json\n{c.json}", f"{c.json}\n```"),
    ),
    Attack(
        "fence-language",
        "fences",
        "A fence of another language.",
        NO_MORE,
        lambda c: inside(c, *(f"```{word}\n{c.json}\n```" for word in ("python", "text", "yaml", "JSON5"))),
    ),
    Attack(
        "gold-in-fence-text",
        "fences",
        "A useless answer whose text holds the gold document in a fence.",
        NOTHING,
        lambda c: inside(c, dump({"zq": f"```json\n{c.json}\n```"})),
    ),
    Attack(
        "gold-in-comment",
        "fences",
        "A useless answer, and the gold document in a comment or another fence; their mean.",
        at_most(0.50),
        lambda c: inside(
            c,
            f"{_EMPTY}\n<!-- {c.json} -->",
            f"{_EMPTY}\n// {c.json}",
            f"```json\n{_EMPTY}\n```\n```text\n{c.json}\n```",
        ),
        folded=True,
    ),
    Attack(
        "cut-anywhere",
        "truncation",
        "The completion cut off, at every byte of the smallest document.",
        NO_MORE,
        _cut,
    ),
    Attack(
        "cut-in-half", "truncation", "The completion cut off in the middle of its JSON.", less_by(0.20), _half
    ),
    Attack(
        "brackets-missing",
        "truncation",
        "The JSON without its last brackets, in a complete form.",
        NO_MORE,
        lambda c: inside(c, c.json.rstrip("]}"), c.json[:-1]),
    ),
    Attack(
        "skeleton",
        "prompt",
        "The prompt's empty form as the answer.",
        NOTHING,
        lambda c: inside(c, dump(_skeleton(c.gold, False))),
    ),
    Attack(
        "skeleton-of-names",
        "prompt",
        "The prompt's form with the members' names as values.",
        NOTHING,
        _named,
        "no value that is its member's name",
    ),
    Attack(
        "schema-as-answer",
        "prompt",
        "The JSON Schema of the document as the answer.",
        NOTHING,
        lambda c: inside(c, dump(_schema(c.gold))),
    ),
    Attack(
        "prompt-repeated",
        "prompt",
        "The prompt, with its tags and its empty form, and no answer.",
        NOTHING,
        lambda c: as_text(_PROMPT.format(dump(_skeleton(c.gold, False)))),
    ),
    Attack(
        "prompt-then-answer",
        "prompt",
        "The prompt repeated before the completion.",
        NO_MORE,
        lambda c: as_text(f"{_PROMPT.format(dump(_skeleton(c.gold, False)))}\n{c.text(c.gold)}"),
    ),
    Attack(
        "row-echoed",
        "leak",
        "The training row, gold document and all, before a useless answer.",
        NOTHING,
        lambda c: as_text(f"{_row(c)}\n{_answered(c)}", c.wrap(_EMPTY, _row(c))),
    ),
    Attack(
        "gold-as-text",
        "leak",
        "The gold document as one text in the JSON, and in a member of that name.",
        NO_MORE,
        lambda c: inside(c, dump(c.json), dump({"ground_truth": c.json}), _row(c)),
    ),
    Attack(
        "placeholders",
        "leak",
        "Names of the gold document's place instead of values.",
        NOTHING,
        _placeholders,
    ),
    Attack(
        "row-has-hints",
        "leak",
        "An answer with wrong values, where the row holds the gold document elsewhere.",
        SAME,
        _other_extra,
        condition="extra",
    ),
    Attack(
        "gold-nested",
        "nesting",
        "The gold document in two, and in sixty lists.",
        NO_MORE,
        lambda c: inside(c, _nested(c.gold, 2), _nested(c.gold, 60)),
    ),
    Attack(
        "gold-wrapped",
        "nesting",
        "The gold document in an object of one member.",
        NO_MORE,
        lambda c: inside(c, dump({"result": c.gold}), dump({"data": {"document": c.gold}})),
    ),
    Attack(
        "leaves-nested",
        "nesting",
        "Every value in a list, and in fifty.",
        NO_MORE,
        lambda c: inside(
            c,
            dump(on_leaves(c.gold, lambda x: [x])),
            dump(on_leaves(c.gold, lambda x: json.loads(_nested(x, 50)))),
        ),
    ),
    Attack(
        "brackets-alone",
        "nesting",
        "Ten thousand brackets.",
        NOTHING,
        lambda c: inside(c, "[" * 10_000, "[" * 5_000 + "]" * 5_000, '{"a":' * 5_000 + "1" + "}" * 5_000),
    ),
)


def _answered(case: Case) -> str:
    """Write a useless answer in tags, without a think part."""
    return f"<answer>{_EMPTY}</answer>" if case.form in _TAGGED else _EMPTY
