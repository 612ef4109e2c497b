"""How a data set is made of documents."""

from __future__ import annotations

from dataclasses import dataclass

from medvie_reward._core.validate import is_share, is_whole, require, require_one_of
from medvie_reward.corpus import EMBED
from medvie_reward.errors import ArgumentError
from medvie_reward.training._prompts import LANGUAGES
from medvie_reward.training._sampling import STRATEGIES


@dataclass(frozen=True)
class Plan:
    """How to make rows of documents.

    Attributes
    ----------
    schemas
        Names of shipped schemas, or files; a document has the first that describes its gold. Without any, the
        gold documents say what can be asked for.
    strategy, keep_names
        As for `sampling.draw_keys`.
    queries
        Queries per training document, with different keys.
    keep_blank
        The share that is kept of queries whose gold would be wholly blank; the others are drawn again.
    scores
        What ``medvie score --json`` wrote, for ``difficulty``.
    validation
        Share of documents that are held out.
    sample_validation
        Whether validation rows are drawn like training rows; else each document has one row with all keys.
    seed
        Of every random choice.
    think
        Whether a think part is asked for.
    language
        Of the instruction, for rows that name none; ``None`` goes by the gold's names.
    embed
        ``bytes`` or ``path``: how rows hold images.
    images_root
        Where images' paths start; the file's folder if ``None``.
    ids
        A file with the ids of the documents to use.
    limit
        How many documents to use at most.
    gold_key, id_key, source_key
        Members of a row.
    """

    schemas: tuple[str, ...] = ()
    strategy: str = "random"
    keep_names: bool = True
    queries: int = 1
    keep_blank: float = 0.5
    scores: str | None = None
    validation: float = 0.1
    sample_validation: bool = False
    seed: int = 0
    think: bool = True
    language: str | None = None
    embed: str = "bytes"
    images_root: str | None = None
    ids: str | None = None
    limit: int | None = None
    gold_key: str | None = None
    id_key: str = "id"
    source_key: str = "source_text"

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("strategy", self.strategy, STRATEGIES),
            ("embed", self.embed, EMBED),
            ("language", self.language, (None, *LANGUAGES)),
        ):
            require_one_of(name, value, allowed)
        if not is_whole(self.queries, 1) or not (self.limit is None or is_whole(self.limit, 1)):
            raise ArgumentError("queries and limit must be integers >= 1")
        if self.queries > 1 and self.strategy == "all":
            raise ArgumentError("queries: expected 1 with the strategy all, whose queries are all the same")
        if self.scores is not None and self.strategy != "difficulty":
            raise ArgumentError("scores require the strategy difficulty")
        require(is_share(self.keep_blank), "keep_blank", "a share from 0 to 1", self.keep_blank)
