"""JSONL documents -> training and validation rows in verl's parquet format.

The file is read twice: once to check everything and to learn what there is, once to write. So nothing is
written before everything is known to be readable, and memory holds one batch of rows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

from medvie_reward._core.files import read_json
from medvie_reward._core.seeds import seed_of, unit_of
from medvie_reward.corpus import GOLD_KEYS, Picture, RowFile, dump
from medvie_reward.errors import InputError, SpecError
from medvie_reward.training._chosen import choose_rows, read_ids
from medvie_reward.training._documents import (
    Corpus,
    Reader,
    TrainingDocument,
    fill_rates,
    read_schema,
    survey,
)
from medvie_reward.training._parquet_writer import NewParquet, arrow_schema, check_installed
from medvie_reward.training._plan import Plan
from medvie_reward.training._prompts import IMAGE, query_of
from medvie_reward.training._query_fields import cut_gold, leaf_paths, with_keys
from medvie_reward.training._sampling import draw_keys, field_weights, held_out

_ATTEMPTS: Final = 100

SPLITS: Final = ("train", "validation")
"""Names of the files, each with ``.parquet`` behind it."""


class Query(NamedTuple):
    """A query that was drawn."""

    seed: int
    keys: tuple[str, ...]
    blank: bool  # whether its gold has no value


class Summary(NamedTuple):
    """What was written.

    Attributes
    ----------
    documents, rows
        Numbers by split; only of the files that were written.
    keys
        Mean number of keys that a row asks for, by split.
    blank
        Rows whose gold has no value, by split.
    fewer
        Training rows that were left out because a document has no further set of keys.
    files
        Paths of the files.
    """

    documents: dict[str, int]
    rows: dict[str, int]
    keys: dict[str, float]
    blank: dict[str, int]
    fewer: int
    files: dict[str, str]


def write_dataset(golds: str, folder: str, plan: Plan) -> Summary:
    """Write ``train.parquet`` and, unless no document is held out, ``validation.parquet``.

    Parameters
    ----------
    golds
        JSONL, one document a line: ``gold``, ``image`` and whatever else there is to say.
    folder
        Where to write; made where it does not exist.
    plan
        How.

    Raises
    ------
    InputError
        If a row, an image, an option or a file is not what it should be; no file is written then.
    """
    check_installed()
    files = _files(folder, plan)
    schemas = tuple(map(read_schema, plan.schemas))
    f1 = None if plan.scores is None else _read_scores(plan.scores)
    ids = None if plan.ids is None else read_ids(plan.ids)
    with RowFile(golds, GOLD_KEYS, plan.gold_key, plan.id_key) as file:
        if file.key is None:
            raise InputError(f"expected rows with one of the members {GOLD_KEYS}", golds, 1)
        root = Path(plan.images_root) if plan.images_root is not None else Path(golds).parent
        reader = Reader(file, schemas, root, plan.language, plan.source_key)
        corpus = survey(reader, choose_rows(file, ids, plan.limit))
        sides = _sides(corpus.documents, plan)
        weights = None
        if plan.strategy == "difficulty":
            rates = fill_rates(corpus, sides["train"])
            if f1 is not None and f1.keys().isdisjoint(rates):
                raise InputError("expected scores of fields that the gold documents have", plan.scores)
            weights = field_weights(rates, f1)
        return _Writer(reader, corpus, plan, weights).write(folder, files, sides)


def rows_of(
    document: TrainingDocument,
    reader: Reader,
    corpus: Corpus,
    plan: Plan,
    split: str,
    queries: Sequence[Query],
    index: int = 0,
) -> Iterator[dict[str, Any]]:
    """Build the rows of a document, one per query; ``index`` is the first one's."""
    content = reader.content(document.row)
    form, schema = corpus.forms[document.form]
    try:
        images = [_image(picture, plan.embed) for picture in content.pictures]
    except InputError as error:
        raise reader.wrong(document.row, error) from None
    lead = IMAGE * len(images) + "\n" if images else content.source_text + "\n\n"
    for n, query in enumerate(queries):
        asked = with_keys(form, frozenset(query.keys))
        try:
            text = query_of(asked, document.language, plan.think)
        except SpecError as error:
            raise reader.wrong(document.row, error) from None
        yield {
            "data_source": f"medvie/{document.report_type}" if document.report_type else "medvie",
            "ability": "document_extraction",
            "prompt": [{"role": "user", "content": lead + text}],
            "images": images,
            "reward_model": {"style": "rule", "ground_truth": dump(cut_gold(asked, content.gold)).decode()},
            "extra_info": {
                "index": index + n,
                "split": split,
                "id": document.id,
                "report_type": document.report_type,
                "schema": schema,
                "source_text": content.source_text,
                "spec": "" if plan.think else '{"format": "answer"}',
                "seed": query.seed,
                "keys": json.dumps(query.keys, ensure_ascii=False),
            },
        }


def draw_queries(
    document: TrainingDocument, corpus: Corpus, plan: Plan, weights: Mapping[str, float] | None = None
) -> list[Query]:
    """Draw the queries of a training document; none has the keys of another one.

    Each is drawn with a seed of its own, made of the plan's seed, the document's id, the query's number and
    the attempt: ``draw_keys`` with that seed gives its keys again. An attempt is given up, at most 100 times,
    where its keys were asked for before, or where its gold would be wholly blank and this query is not among
    the share ``keep_blank`` that may be so. A document whose gold is all blank has blank queries.
    """
    form = corpus.forms[document.form].fields
    drawn: dict[tuple[str, ...], Query] = {}
    for n in range(plan.queries):
        may_be_blank = not document.filled or unit_of(plan.seed, document.id, n, "blank") < plan.keep_blank
        last = None
        for attempt in range(_ATTEMPTS):
            seed = seed_of(plan.seed, document.id, n, attempt)
            keys = draw_keys(form, seed, plan.strategy, weights=weights, keep_names=plan.keep_names)
            if keys in drawn:
                continue
            last = Query(seed, keys, document.filled.isdisjoint(keys))
            if may_be_blank or not last.blank:
                break
        if last is not None:
            drawn[last.keys] = last
    return list(drawn.values())


def whole_query(document: TrainingDocument, corpus: Corpus, plan: Plan) -> Query:
    """Return the query for all keys."""
    keys = tuple(leaf_paths(corpus.forms[document.form].fields))
    return Query(seed_of(plan.seed, document.id, "all"), keys, not document.filled)


# -- writing -------------------------------------------------------------------------------------------


class _Writer:
    """Writes the files of one data set, and counts what it writes."""

    def __init__(
        self, reader: Reader, corpus: Corpus, plan: Plan, weights: Mapping[str, float] | None
    ) -> None:
        self._reader, self._corpus, self._plan, self._weights = reader, corpus, plan, weights
        self._fewer = 0

    def write(
        self, folder: str, files: Mapping[str, str], sides: Mapping[str, Sequence[TrainingDocument]]
    ) -> Summary:
        """Write a file per side; they appear under their names once all are whole."""
        _make_folder(folder)
        plan = self._plan
        about = {"strategy": plan.strategy, "keep_names": plan.keep_names, "seed": plan.seed,
                 "weights": dict(self._weights or {})}  # fmt: skip
        schema = arrow_schema(plan.embed, about)
        counts = {}
        with ExitStack() as stack:
            inputs = (self._reader.file.name,)
            opened = {split: stack.enter_context(NewParquet(files[split], schema, inputs)) for split in sides}
            for split, documents in sides.items():
                counts[split] = self._write_side(split, documents, opened[split])
            for file in opened.values():
                file.close()
        return Summary(
            {split: len(documents) for split, documents in sides.items()},
            {split: len(queries) for split, queries in counts.items()},
            {split: sum(n for n, _ in queries) / len(queries) for split, queries in counts.items()},
            {split: sum(blank for _, blank in queries) for split, queries in counts.items()},
            self._fewer,
            dict(files),
        )

    def _write_side(
        self, split: str, documents: Sequence[TrainingDocument], file: NewParquet
    ) -> list[tuple[int, bool]]:
        """Write the rows of a side; gives how many keys each asks for, and whether its gold is blank."""
        plan, written = self._plan, list[tuple[int, bool]]()
        for document in documents:
            if split == "train" or plan.sample_validation:
                queries = draw_queries(document, self._corpus, plan, self._weights)
                self._fewer += plan.queries - len(queries)
            else:
                queries = [whole_query(document, self._corpus, plan)]
            made = rows_of(document, self._reader, self._corpus, plan, split, queries, len(written))
            for row in made:
                file.add(row)
            written += [(len(query.keys), query.blank) for query in queries]
        return written


def _files(folder: str, plan: Plan) -> dict[str, str]:
    """Name the files to write."""
    names = {split: os.path.join(folder, f"{split}.parquet") for split in SPLITS}
    if not plan.validation and os.path.exists(name := names.pop("validation")):
        raise InputError("exists from an earlier run: delete it or choose another folder", name)
    return names


def _sides(documents: Sequence[TrainingDocument], plan: Plan) -> dict[str, list[TrainingDocument]]:
    """Split the documents."""
    out = held_out(
        [document.id for document in documents],
        [document.pages for document in documents],
        plan.validation,
        plan.seed,
    )
    sides = {"train": [document for document, held in zip(documents, out, strict=True) if not held]}
    if plan.validation:
        sides["validation"] = [document for document, held in zip(documents, out, strict=True) if held]
    return sides


def _image(picture: Picture, embed: str) -> dict[str, bytes | str | None]:
    if embed == "path" and picture.path is None:
        raise InputError("image in the row: has no path, expected --embed bytes")
    return (
        {"bytes": None, "path": str(picture.path)}
        if embed == "path"
        else {"bytes": picture.read(), "path": None}
    )


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise InputError(f"expected a folder to write to: {error.strerror or error}", folder) from None


def _read_scores(name: str) -> dict[str, float]:
    """Read the F1 of each field."""
    value = read_json(name)
    fields = value.get("fields") if isinstance(value, dict) else None
    made = {}
    for path, scores in fields.items() if isinstance(fields, dict) else ():
        f1 = scores.get("f1") if isinstance(scores, dict) else None
        if not isinstance(f1, (int, float)) or not 0 <= f1 <= 1:
            raise InputError(f"expected an f1 from 0 to 1, got {f1!r} - at $.fields[{path!r}].f1", name)
        made[path] = float(f1)
    if not made:
        raise InputError("expected what `medvie score --json` writes, an object with fields", name)
    return made
