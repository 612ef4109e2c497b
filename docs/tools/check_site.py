"""Check a built site: every internal link and anchor resolves, and nothing is loaded from elsewhere.

python docs/tools/check_site.py site
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself, by element and attribute; a link is followed only by a reader.
_LOADED = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src", "srcdoc"),
    "object": ("data",),
    "embed": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "input": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
}
# Kinds of <link> that only name another page and load nothing.
_NAMED = {"canonical", "next", "prev", "alternate", "author", "license", "edit"}
_CSS = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)|@import\s+["']([^"']+)["']""")
# Material draws fences of this class with a script that it fetches.
_FETCHING_CLASSES = {"mermaid"}


class Use(NamedTuple):
    """A place that something names: its address, and whether the browser loads it by itself."""

    address: str
    loaded: bool


class Page(HTMLParser):
    """What one page has and names.

    Attributes
    ----------
    ids
        Its anchors.
    uses
        What it links to and loads.
    faults
        What no page may have.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: set[str] = set()
        self.uses: list[Use] = []
        self.faults: list[str] = []
        self._style = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element names."""
        found = {name: value or "" for name, value in attrs}
        self._style = tag == "style"
        self.ids.update(found[name] for name in ("id", "name") if name in found)
        if tag == "a" and "href" in found:
            self.uses.append(Use(found["href"], False))
        if tag == "link" and "href" in found:
            self.uses.append(Use(found["href"], not set(found.get("rel", "").split()) <= _NAMED))
        if tag == "base":
            self.faults.append("a <base> changes where all links lead")
        for name in _LOADED.get(tag, ()):
            if name == "srcset":
                self.uses += [
                    Use(part.split()[0], True) for part in found.get(name, "").split(",") if part.strip()
                ]
            elif name in found:
                self.uses.append(Use(found[name], True))
        self.uses += [Use(address, True) for address in css_addresses(found.get("style", ""))]
        for name in _FETCHING_CLASSES & set(found.get("class", "").split()):
            self.faults.append(f"a {name} drawing is made by a script from elsewhere")

    def handle_data(self, data: str) -> None:
        """Note what a style sheet in the page names."""
        if self._style:
            self.uses += [Use(address, True) for address in css_addresses(data)]

    def handle_endtag(self, tag: str) -> None:
        """Leave a style sheet."""
        self._style = False


def css_addresses(text: str) -> Iterator[str]:
    """Give what a style sheet loads."""
    for found in _CSS.finditer(text):
        yield next(part for part in found.groups() if part is not None)


def check_site(folder: Path) -> list[str]:
    """Give a line for every fault of a built site, in order; none where all is well.

    Parameters
    ----------
    folder
        The site's root.
    """
    files = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    faults = [] if files else [f"{folder}: no pages"]
    for path, page in files.items():
        where = path.relative_to(folder).as_posix()
        found = [*page.faults, *_faults(path, page.uses, folder, files)]
        faults += [f"{where}: {fault}" for fault in dict.fromkeys(found)]
    for path in sorted(folder.rglob("*.css")):
        where = path.relative_to(folder).as_posix()
        uses = [Use(address, True) for address in css_addresses(path.read_text(encoding="utf-8"))]
        faults += [f"{where}: {fault}" for fault in dict.fromkeys(_faults(path, uses, folder, files))]
    return faults


def _faults(path: Path, uses: Iterable[Use], folder: Path, files: dict[Path, Page]) -> Iterator[str]:
    for address, loaded in uses:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            if loaded and parts.scheme != "data":
                yield f"loads {address}"
            elif not loaded and parts.scheme not in ("http", "https", "mailto"):
                yield f"link to {address}: expected a page, http, https or mailto"
            continue
        if path.name == "404.html":
            continue  # served for any address, so its links begin at the server's root
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
        if parts.path.startswith("/") or not target.is_relative_to(folder.resolve()):
            yield f"link to {address} leads out of the site"
        elif not target.is_file():
            yield f"link to {address} leads nowhere"
        elif parts.fragment and not loaded:
            page = files.get(folder / target.relative_to(folder.resolve()))
            if page is not None and unquote(parts.fragment) not in page.ids:
                yield f"link to {address}: there is no such anchor"


def main(arguments: list[str]) -> int:
    """Check the folder that is named; 0 where all is well, 1 where not, 2 for a usage error."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: check_site.py FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    faults = check_site(folder)
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{folder}: {len(list(folder.rglob('*.html')))} pages, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
