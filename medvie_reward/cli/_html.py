"""``medvie-score --html FILE``: its arguments, and the report that grows while documents are scored."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from medvie_reward.cli._parser import OutputFile
from medvie_reward.cli._streams import say
from medvie_reward.errors import InputError

if TYPE_CHECKING:
    from medvie_reward.corpus import Evaluation, Join, NewFile, Pair, RowFile, Scored, ScoringOptions
    from medvie_reward.reports import Archive, PageImages
    from medvie_reward.statistics import Uncertainty


def add_html_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the report's options."""
    html = parser.add_argument_group("report")
    html.add_argument(
        "--html",
        action=OutputFile,
        printed=False,
        metavar="FILE",
        help="write a report to look at: one HTML file, scores and every document",
    )
    html.add_argument(
        "--images",
        choices=("auto", "embed", "link", "none"),
        help="page images: put into the report, linked, or left out; auto embeds up to 20 MB in all and "
        "links past it (default: auto)",
    )
    html.add_argument(
        "--image-key",
        metavar="KEY",
        help="gold member with the page's image, a path from the gold file's folder (default: image, where "
        "rows have it)",
    )


def check_html_options(options: argparse.Namespace) -> None:
    """Refuse options of the report where none is asked for.

    Raises
    ------
    InputError
        Naming the option.
    """
    for name, given in (("--images", options.images), ("--image-key", options.image_key)):
        if given is not None and options.html is None:
            raise InputError(f"{name} belongs to a report: expected --html FILE with it")


class HtmlReport:
    """Takes documents as they are scored, and writes the report once all are.

    Parameters
    ----------
    options
        What was asked for.
    file
        Where the report goes.
    preds, golds, joined, task
        What is scored, as `medvie_reward.corpus._files.score_files` takes it; documents come in that order.

    Raises
    ------
    InputError
        If a page image is not there (with file and line).
    """

    def __init__(
        self,
        options: argparse.Namespace,
        file: NewFile,
        preds: RowFile,
        golds: RowFile,
        joined: Join,
        task: ScoringOptions,
    ) -> None:
        from medvie_reward.reports import Archive, find_images

        pairs = joined.pairs[: options.limit]
        mode = options.images or "auto"
        self._images: PageImages = find_images(
            golds, (pair.gold for pair in pairs), mode=mode, key=options.image_key, report=file.name
        )
        if mode == "auto" and self._images.rows and not self._images.embed and not options.quiet:
            say(
                f"{options.program}: page images are linked, not embedded: "
                f"{self._images.bytes / 1e6:,.1f} MB in all (--images embed puts them into the report)"
            )
        self._archive: Archive = Archive()
        self._pairs: Iterator[Pair] = iter(pairs)
        self._file, self._preds, self._task = file, preds, task
        self._title = f"{Path(preds.name).name} against {Path(golds.name).name}"

    def add(self, scored: Scored) -> None:
        """Take in the next document."""
        from medvie_reward.reports import page_of

        pair = next(self._pairs)
        completion = None if pair.pred is None else self._completion(pair.pred)
        images = self._images.of(pair.gold)
        self._archive.add(page_of(scored, self._task.spec, completion=completion, images=images))

    def write(self, evaluation: Evaluation, uncertainty: Uncertainty | None = None) -> None:
        """Write the report, with intervals where there are any."""
        from medvie_reward.reports import render_archive, spans_of

        made = render_archive(
            evaluation,
            self._archive,
            title=self._title,
            by=self._task.by,
            **spans_of(uncertainty),
        )
        self._file.write_text(made)

    def _completion(self, row: int) -> str | None:
        """Read again what a prediction was, which scoring does not keep."""
        from medvie_reward.completions import Completion, is_conversation, text_of_completion
        from medvie_reward.corpus import dump

        value = self._preds.value(row)
        if isinstance(value, Completion):
            return None
        if is_conversation(value):
            return text_of_completion(value, self._task.spec)
        return value if value is None or isinstance(value, str) else dump(value, indent=True).decode()
