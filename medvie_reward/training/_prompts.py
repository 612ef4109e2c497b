"""A form -> the query that a model reads: an instruction, the keys with comments, the way to answer.

This is the query of arXiv 2506.13363, Figure 1: the gold's JSON with a comment behind each key, values
removed and each list cut to one element.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from medvie_reward.errors import SpecError
from medvie_reward.training._query_fields import QueryField

LANGUAGES: Final = ("en", "zh")
"""Languages of the instruction."""

IMAGE: Final = "<image>"
"""What marks an image in a prompt."""

_INSTRUCTION: Final = {
    "en": (
        "Read the document above and write what it says as JSON with exactly the keys below. "
        "The comment behind a key says what belongs there. "
        "Copy values as they are printed; do not translate, convert or guess them. "
        'A field that the document lacks is the empty string "", a table that it lacks is []. '
        "A list below shows one element: write one element for every row of the document. "
        "Write no comments yourself."
    ),
    "zh": (
        "请阅读上面的文档，把其中的内容写成 JSON，键与下面列出的完全一致。"
        "键后的注释说明该处应填什么。"
        "值照原文抄写，不要翻译、换算或猜测。"
        '文档中没有的字段写空字符串 ""，没有的表格写 []。'
        "下面的列表只示出一个元素：文档中有几行，就写几个元素。"
        "回答中不要写注释。"
    ),
}
_ENDING: Final = {
    ("en", True): (
        "First think inside <think></think>, then give the JSON inside <answer></answer>, and write nothing "
        "outside of the two."
    ),
    ("en", False): "Give the JSON inside <answer></answer>, and write nothing outside of it.",
    ("zh", True): "先在 <think></think> 中思考，再在 <answer></answer> 中给出 JSON，两者之外不要写任何内容。",
    ("zh", False): "在 <answer></answer> 中给出 JSON，其外不要写任何内容。",
}
# Trainers put images, videos and sounds in the place of these; one in a comment would take a page's place.
_PLACEHOLDER: Final = re.compile(r"<(?:image|video|audio)>")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def query_of(form: QueryField, language: str = "en", think: bool = True) -> str:
    """Write the query that asks for a form.

    Parameters
    ----------
    form
        What to ask for.
    language
        Language of the instruction, one of `LANGUAGES`; names and comments are the form's own.
    think
        Whether the answer is to come after a think part.

    Raises
    ------
    SpecError
        If the language is unknown, or a name or a description holds what stands for an image.
    """
    if language not in LANGUAGES:
        raise SpecError(f"no language {language!r}: expected one of {', '.join(LANGUAGES)}")
    text = "\n\n".join((_INSTRUCTION[language], skeleton(form), _ENDING[language, think]))
    if (found := _PLACEHOLDER.search(text)) is not None:
        raise SpecError(f"query: expected no {found[0]} in names and descriptions, it marks a page")
    return text


def skeleton(form: QueryField, comments: bool = True) -> str:
    """Write a form as JSON: values removed, every list with one element, a comment behind each key.

    Parameters
    ----------
    form
        The form.
    comments
        Whether to write descriptions of members, as ``// ...`` at the end of the line; without them it is
        JSON.
    """
    return "\n".join(_lines(replace(form, description=""), "", "", comments))


def _lines(form: QueryField, lead: str, end: str, comments: bool) -> Iterator[str]:
    """Return the lines of a field; ``lead`` is what comes before its value, ``end`` what comes behind."""
    indent = lead[: len(lead) - len(lead.lstrip(" "))]
    comment = f"  // {form.description}" if comments and form.description else ""
    if not form.members:
        blank = "{}" if form.open else '""'
        yield f"{lead}{'[' * form.lists}{blank}{']' * form.lists}{end}{comment}"
        return
    opening, closing = "[" * form.lists, "]" * form.lists
    inner = indent
    if opening:
        yield f"{lead}{opening}{comment}"
        inner += "  "
        yield inner + "{"
    else:
        yield lead + "{" + comment
    for n, field in enumerate(form.members):
        name = json.dumps(field.name, ensure_ascii=False)
        comma = "," if n < len(form.members) - 1 else ""
        yield from _lines(field, f"{inner}  {name}: ", comma, comments)
    yield inner + "}" + ("" if opening else end)
    if opening:
        yield indent + closing + end


def language_of(value: str) -> str | None:
    """Read the name of a language, such as ``zh``, ``zh-CN`` or ``Chinese``; ``None`` where it is unknown."""
    name = re.split(r"[-_]", value.strip().lower())[0]
    return {"en": "en", "eng": "en", "english": "en", "zh": "zh", "zho": "zh", "chinese": "zh"}.get(name)


def language_of_names(names: Iterator[str]) -> str:
    """Return the language of keys: Chinese where any of them has a Chinese character."""
    return "zh" if any(map(_CHINESE.search, names)) else "en"
