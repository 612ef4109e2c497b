"""FUNSD and XFUND forms: labelled texts and links between them -> questions and their answers.

FUNSD (Jaume et al. 2019) and XFUND (Xu et al. 2022) share one annotation: entities with an ``id``, a
``text``, a ``label`` (header, question, answer, other) and ``linking``, pairs of ids, given at one end or at
both.

No paper fixes a tree for them. The one here holds what LayoutXLM calls the key-value relations of these sets
(arXiv 2104.08836, ``xfun.py`` of the UniLM repository): pairs of a question and an answer, whichever of the
two a link names first, and no other links.

- A question is a key, its answer the value. Several answers are a list, in the annotation's order.
- Questions of the same text share a key, so that their answers are a list and none is lost.
- A question without an answer is a blank field, ``""``.
- A question linked to another question is a key beside it; the link is not used.
- Headers and other texts are no fields. With ``sections``, a header that has questions is a key, and what
  holds its questions is an object under it.
- An answer that no question is linked to, or only blank ones, has no key: it is left out and counted.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from medvie_reward.datasets._annotated import take
from medvie_reward.errors import GoldError

LABELS: Final = ("header", "question", "answer", "other")


class Entity(NamedTuple):
    """A text of a form and its label."""

    text: str
    label: str


class LinkedForm(NamedTuple):
    """Entities by id, in the annotation's order, and the pairs of ids that are linked, smaller id first."""

    entities: dict[int, Entity]
    links: frozenset[tuple[int, int]]

    @property
    def text(self) -> str:
        """Every text of the form, a line each."""
        return "\n".join(entity.text for entity in self.entities.values() if entity.text)

    def linked(self, label: str) -> dict[int, list[int]]:
        """Return the entities of a label that each other entity is linked to, in the annotation's order."""
        found: dict[int, list[int]] = {}
        place = {number: n for n, number in enumerate(self.entities)}
        ends = [end for a, b in self.links for end in ((a, b), (b, a))]
        for number, other in sorted(ends, key=lambda end: place[end[1]]):
            if self.entities[other].label == label:
                found.setdefault(number, []).append(other)
        return found


def read_form(entities: Any, path: str) -> LinkedForm:
    """Read the entities of a form.

    Parameters
    ----------
    entities
        The list: ``form`` of a FUNSD file, ``document`` of an XFUND document.
    path
        Where it stands, as a JSON path.

    Raises
    ------
    GoldError
        If it is no such list, an id repeats, or a link names an id that no entity has.
    """
    if type(entities) is not list:
        raise GoldError(f"expected a list of entities, got {type(entities).__name__} - at {path}")
    found: dict[int, Entity] = {}
    for n, entity in enumerate(entities):
        here = f"{path}[{n}]"
        number, label = take(entity, "id", int, here), take(entity, "label", str, here)
        if label not in LABELS:
            raise GoldError(f"expected one of {', '.join(LABELS)}, got {label!r} - at {here}.label")
        if number in found:
            raise GoldError(f"expected every id once, got {number} again - at {here}.id")
        found[number] = Entity(take(entity, "text", str, here).strip(), label)
    links = set()
    for n, entity in enumerate(entities):
        for m, link in enumerate(take(entity, "linking", list, f"{path}[{n}]")):
            here = f"{path}[{n}].linking[{m}]"
            if type(link) is not list or len(link) != 2 or any(type(x) is not int for x in link):
                raise GoldError(f"expected a pair of ids, got {link!r} - at {here}")
            for number in link:
                if number not in found:
                    raise GoldError(f"links to the id {number}: expected that of an entity - at {here}")
            links.add((min(link), max(link)))
    return LinkedForm(found, frozenset(links))


def tree_of_form(form: LinkedForm, sections: bool = False) -> tuple[dict[str, Any], int]:
    """Return the gold of a form, and the number of answers that it has no place for.

    Parameters
    ----------
    form
        The form.
    sections
        Whether questions that are linked to a header stand in an object under it; where they are linked to
        several, under that of the smallest id.
    """
    answers, headers = form.linked("answer"), form.linked("header") if sections else {}
    named = {
        number: text
        for number, heads in headers.items()
        if form.entities[number].label == "question" and (text := form.entities[min(heads)].text)
    }
    top: dict[str, list[str]] = {}
    under: dict[str, dict[str, list[str]]] = {text: {} for text in named.values()}
    placed: set[int] = set()
    for number, entity in form.entities.items():
        if entity.label != "question" or not entity.text:
            continue
        own = answers.get(number, [])
        placed.update(own)
        # A question that reads like a header joins its section: the key is taken.
        home = under.get(named.get(number, entity.text), top)
        home.setdefault(entity.text, []).extend(x for n in own if (x := form.entities[n].text))
    left = sum(e.label == "answer" and bool(e.text) and n not in placed for n, e in form.entities.items())
    return _closed(top) | {text: _closed(section) for text, section in under.items()}, left


def _closed(keys: dict[str, list[str]]) -> dict[str, Any]:
    return {key: "" if not found else found[0] if len(found) == 1 else found for key, found in keys.items()}
