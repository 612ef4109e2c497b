"""Rows -> what is known of each document before anything is written; no gold stays in memory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from medvie_reward._core.files import read_json
from medvie_reward._core.seeds import seed_of
from medvie_reward.corpus import Picture, RowFile, check_picture, pictures_of
from medvie_reward.errors import GoldError, InputError, SpecError
from medvie_reward.metrics import read_gold
from medvie_reward.spec import SCHEMAS, Spec, load_schema, resolve
from medvie_reward.training._form_reader import form_of_schema
from medvie_reward.training._prompts import IMAGE, language_of, language_of_names
from medvie_reward.training._query_fields import (
    QueryField,
    check_gold,
    filled_keys,
    form_of_gold,
    leaf_paths,
    merge,
    names_of,
)

_IMAGE_KEYS: Final = ("image", "images")


class TrainingDocument(NamedTuple):
    """A document of the file.

    Attributes
    ----------
    row
        Position in the file, counted from 0.
    id
        Its id; ``line-<n>`` where the file has none.
    report_type
        Its kind, or empty.
    language
        Language of its query.
    form
        Position of its form in `Corpus.forms`.
    filled
        Keys that its gold fills.
    pages
        Digests of its images; of its text where it has none.
    """

    row: int
    id: str
    report_type: str
    language: str
    form: int
    filled: frozenset[str]
    pages: tuple[str, ...]


class Content(NamedTuple):
    """What is read again for every row written."""

    gold: Any
    pictures: tuple[Picture, ...]
    source_text: str


class QuerySchema(NamedTuple):
    """What can be asked of some documents.

    Attributes
    ----------
    fields
        The fields.
    schema
        The JSON Schema that they come from, as JSON text; empty where they come from gold documents.
    """

    fields: QueryField
    schema: str


@dataclass
class Reader:
    """Reads documents of a JSONL file.

    Attributes
    ----------
    file
        The file.
    schemas
        Forms from schemas; a document has the first that describes its gold. Without any, documents of one
        language and report type share the union of what their gold documents name.
    root
        The folder that images' paths start from.
    language
        Language of rows that name none; ``None`` goes by the gold's names.
    source_key
        The member that holds the page's text.
    """

    file: RowFile
    schemas: tuple[QuerySchema, ...] = ()
    root: Path = Path()
    language: str | None = None
    source_key: str = "source_text"
    _spec: Spec = field(default_factory=lambda: resolve("strict"))

    def value(self, row: int) -> Any:
        """Read a row."""
        return self.file.row(row).value

    def content(self, row: int, value: Any = None) -> Content:
        """Read what a row says; its value may be given where it is known.

        Raises
        ------
        InputError
            If the row has no gold, neither an image nor a text, or one that is none.
        """
        value = self.value(row) if value is None else value
        try:
            gold = read_gold(self.file.value(row), self._spec)
            named = [name for name in _IMAGE_KEYS if isinstance(value, dict) and name in value]
            if len(named) > 1:
                raise InputError(f"has {' and '.join(map(repr, named))}: expected one of them")
            pictures = pictures_of(value[named[0]], self.root) if named else ()
            text = _text(value, self.source_key)
        except (GoldError, InputError) as error:
            raise self.wrong(row, error) from None
        if not pictures and not text.strip():
            raise self.wrong(row, InputError(f"expected an image, or the page's text in {self.source_key!r}"))
        if not pictures and IMAGE in text:
            raise self.wrong(row, InputError(f"{self.source_key}: expected no {IMAGE}, it marks a page"))
        return Content(gold, pictures, text)

    def id_of(self, row: int) -> str:
        """Return the id of a row."""
        return self.file.ids[row] if self.file.has_ids else f"line-{row + 1}"

    def wrong(self, row: int, error: Exception) -> InputError:
        """Describe where an error is: file, line and id."""
        if isinstance(error, InputError) and error.file is not None:
            return error
        return self.file.place(row).error(f"row {self.id_of(row)!r}: {error}")


class Corpus(NamedTuple):
    """The documents that were chosen, and what can be asked of them."""

    documents: tuple[TrainingDocument, ...]
    forms: tuple[QuerySchema, ...]


def survey(reader: Reader, rows: Sequence[int]) -> Corpus:
    """Read and check every row once: its gold, its images, its other members.

    Raises
    ------
    InputError
        If anything is wrong with a row; it names file, line and id.
    """
    forms = list(reader.schemas)
    unions: dict[tuple[str, str], int] = {}
    found = []
    for row in rows:
        value = reader.value(row)
        content = reader.content(row, value)
        try:
            kind = _text(value, "report_type")
            named = form_of_gold(content.gold)
            language = _language(value, reader.language, named)
            if reader.schemas:
                form = _describing(reader.schemas, content.gold)
            else:
                form = unions.setdefault((language, kind), len(forms))
                if form == len(forms):
                    forms.append(QuerySchema(named, ""))
                else:
                    forms[form] = QuerySchema(merge(forms[form].fields, named), "")
            pages = tuple(map(check_picture, content.pictures)) or (str(seed_of(content.source_text)),)
        except (GoldError, InputError) as error:
            raise reader.wrong(row, error) from None
        found.append(TrainingDocument(row, reader.id_of(row), kind, language, form, frozenset(), pages))
    for document in found:
        if not forms[document.form].fields.members:
            bare = GoldError("gold: expected an object, or a list of objects, with members - at $")
            raise reader.wrong(document.row, bare)
    documents = [
        document._replace(
            filled=frozenset(filled_keys(forms[document.form].fields, reader.content(document.row).gold))
        )
        for document in found
    ]
    return Corpus(tuple(documents), tuple(forms))


def read_schema(name: str) -> QuerySchema:
    """Read a shipped schema by its name, or a file that holds a JSON Schema.

    Raises
    ------
    InputError
        If there is none, or it is not usable, for queries or for rewards; it names the file.
    """
    schema: Any = load_schema(name) if name in SCHEMAS else read_json(name)
    try:
        if not isinstance(schema, Mapping):
            raise SpecError(f"schema: expected an object, got {type(schema).__name__} - at $")
        Spec.from_json_schema(schema)
        form = form_of_schema(schema)
    except SpecError as error:
        raise InputError(f"{error} (or the name of a shipped one: {', '.join(SCHEMAS)})", name) from None
    return QuerySchema(form, json.dumps(schema, ensure_ascii=False, separators=(",", ":")))


def fill_rates(corpus: Corpus, documents: Sequence[TrainingDocument]) -> dict[str, float]:
    """Return, for each key, the share of documents that fill it among those that can be asked for it."""
    asked, filled = Counter[str](), Counter[str]()
    for document in documents:
        asked.update(leaf_paths(corpus.forms[document.form].fields))
        filled.update(document.filled)
    return {key: filled[key] / count for key, count in asked.items()}


def _describing(forms: Sequence[QuerySchema], gold: Any) -> int:
    """Return the position of the first schema that describes a gold."""
    errors = []
    for n, form in enumerate(forms):
        try:
            check_gold(form.fields, gold)
        except GoldError as error:
            errors.append(error)
        else:
            return n
    if len(errors) == 1:
        raise errors[0]
    raise GoldError(f"none of the {len(errors)} schemas describes it; by the first, {errors[0]}")


def _language(value: Any, chosen: str | None, form: QueryField) -> str:
    named = _text(value, "language")
    if named:
        language = language_of(named)
        if language is None:
            raise InputError(f"language: expected en or zh, got {named!r}")
        return language
    return chosen or language_of_names(names_of(form))


def _text(value: Any, key: str) -> str:
    """Read a member that may be text, or lines of it, or absent."""
    found = value.get(key) if isinstance(value, dict) else None
    if isinstance(found, list) and all(isinstance(x, str) for x in found):
        return "\n".join(found)
    if found is not None and not isinstance(found, str):
        raise InputError(f"{key}: expected a string, got {type(found).__name__}")
    return found or ""
