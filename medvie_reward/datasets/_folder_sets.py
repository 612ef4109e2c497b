"""Sets of forms and receipts whose files say what they are: SROIE, FUNSD, XFUND."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from medvie_reward.datasets import _linked_forms as linked_forms
from medvie_reward.datasets import _sroie as sroie
from medvie_reward.datasets._annotated import Annotated, blaming, known_split, split_of, take
from medvie_reward.datasets._files import Files, Images
from medvie_reward.errors import InputError


def read_sroie(files: Files) -> Iterator[Annotated]:
    """Read SROIE: key files, with the texts of their box files where those are there too.

    Raises
    ------
    InputError
        If there are no such files, or one is not what it should be.
    """
    keys: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    for name in files.some(files.ending(".txt"), "a .txt of company, date, address and total per receipt"):
        stem = PurePosixPath(name).stem
        if not sroie.is_key(sroie.decoded(files.read(name))):
            others.setdefault(stem, []).append(name)
        elif stem in keys:
            raise _twice(keys[stem], name, files)
        else:
            keys[stem] = name
    images = Images(files.names)
    for stem, name in keys.items():
        with blaming(files.shown(name)):
            fields = sroie.read_key(sroie.decoded(files.read(name)))
        text = None
        boxes = others.get(stem, [])
        if len(boxes) > 1:
            raise _twice(boxes[0], boxes[1], files)
        for box in boxes:
            with blaming(files.shown(box)):
                text = sroie.read_boxes(sroie.decoded(files.read(box)))
        yield Annotated(stem, fields, images.near(name), text, split_of(files.placed(name)))


def _twice(first: str, second: str, files: Files) -> InputError:
    return InputError(
        f"has {first} and {second} for one receipt: expected one file of each kind", files.source
    )


def read_funsd(files: Files, sections: bool = False) -> Iterator[Annotated]:
    """Read FUNSD: a JSON of one form per file; ``sections`` as in `linked_forms.tree_of_form`.

    Raises
    ------
    InputError
        If there are no such files, or one is not what it should be.
    """
    images = Images(files.names)
    for name in files.some(files.ending(".json"), "annotations/*.json"):
        value = files.json(name)
        with blaming(files.shown(name)):
            form = linked_forms.read_form(take(value, "form", list, "$"), "$.form")
        gold, left = linked_forms.tree_of_form(form, sections)
        split = split_of(files.placed(name))
        yield Annotated(PurePosixPath(name).stem, gold, images.near(name), form.text, split, None, left)


def read_xfund(files: Files, sections: bool = False) -> Iterator[Annotated]:
    """Read XFUND: a JSON of all forms per language and split; ``sections`` as for FUNSD.

    Raises
    ------
    InputError
        If there are no such files, or one is not what it should be.
    """
    images = Images(files.names)
    for name in files.some(files.ending(".json"), "<language>.train.json or <language>.val.json"):
        value = files.json(name)
        with blaming(files.shown(name)):
            lang = take(value, "lang", str, "$")
            split = known_split(take(value, "split", str, "$"), "$.split")
            documents = take(value, "documents", list, "$")
        for n, one in enumerate(documents):
            path = f"$.documents[{n}]"
            with blaming(files.shown(name)):
                own = take(one, "id", str, path)
                form = linked_forms.read_form(take(one, "document", list, path), f"{path}.document")
                image = take(take(one, "img", dict, path), "fname", str, f"{path}.img")
            gold, left = linked_forms.tree_of_form(form, sections)
            found = images.near(name, PurePosixPath(image).stem) or image
            yield Annotated(own, gold, found, form.text, split, lang, left)
