"""What the site has besides the files in ``docs``: pages outside, their links, pages to come, the help.

Links in the Markdown files are those of the repository, so that the files read well there too. A link to a
file that is no part of the site becomes plain text; a link to a file that does not exist is an error.
"""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Collection
from html import escape
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
RENAMED: Final = {
    "README.md": "overview.md",  # beside index.md, a README.md would be the site's first page too
    "CHANGELOG.md": "changes.md",
    "CONTRIBUTING.md": "contributing.md",
}
_OUTSIDE: Final = ("integrations/**/README.md", "benchmarks/README.md", "examples/*/README.md")
_FENCED: Final = re.compile(r"^ *(```+|~~~+).*?^ *\1 *$", re.MULTILINE | re.DOTALL)
_CODE: Final = r"(?P<code>(?P<ticks>`+).+?(?P=ticks))"
_LINK: Final = re.compile(_CODE + r"|\[(?P<text>(?:[^][]|\[[^][]*\])*)\]\((?P<to>[^)\s]+)\)")
_ELSEWHERE: Final = re.compile(r"[a-z]+:|#|//")


class SiteError(Exception):
    """Something that the site cannot be made of."""


def outside_pages(root: Path = ROOT) -> list[str]:
    """Give the repository's names of the pages outside ``docs``."""
    named = [name for name in RENAMED if (root / name).is_file()]
    found = (path.relative_to(root).as_posix() for pattern in _OUTSIDE for path in root.glob(pattern))
    return [*named, *sorted(found)]


def navigation_of(entries: list[Any], to_come: Collection[str], root: Path = ROOT) -> list[Any]:
    """Copy a navigation with pages outside ``docs`` under their names in the site.

    Parameters
    ----------
    entries
        As MkDocs takes it: names of pages, or objects of a title and a page or a list of entries.
    to_come
        Pages that are left out where they do not exist; so is a section without any page.
    root
        The repository.

    Raises
    ------
    SiteError
        If a page to come is not named in the navigation at all.
    """
    absent = {name for name in to_come if not any((root / at / name).is_file() for at in ("docs", "."))}
    named: set[str] = set()
    made = [x for x in (_entry(entry, absent, named) for entry in entries) if x]
    if unknown := sorted(set(to_come) - named):
        raise SiteError(f"optional page {unknown[0]}: expected it in the navigation too")
    return made


def _entry(entry: Any, absent: Collection[str], named: set[str]) -> Any:
    if isinstance(entry, str):
        named.add(entry)
        return None if entry in absent else RENAMED.get(entry, entry)
    if isinstance(entry, list):
        return [x for x in (_entry(one, absent, named) for one in entry) if x]
    made = {title: _entry(inner, absent, named) for title, inner in entry.items()}
    return made if any(made.values()) else None


def site_links(markdown: str, page: str, known: Collection[str], root: Path = ROOT) -> str:
    """Write the links of a page as the site needs them.

    Parameters
    ----------
    markdown
        The page, with links relative to its place in the repository.
    page
        The page's place in the site.
    known
        Places of all pages and pictures of the site.
    root
        The repository.

    Raises
    ------
    SiteError
        If a link leads to a file that does not exist.
    """
    back = {site: name for name, site in RENAMED.items()}
    place = back.get(page) or (page if page in outside_pages(root) else f"docs/{page}")

    def write(match: re.Match[str]) -> str:
        if match["code"] or _ELSEWHERE.match(match["to"]):
            return match[0]
        path, hash_mark, anchor = match["to"].partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(place), path))
        if not (root / target).exists():
            raise SiteError(f"{place}: the link to {match['to']} leads nowhere")
        site = RENAMED.get(target) or target.removeprefix("docs/")
        if site not in known:
            return match["text"]
        there = posixpath.relpath(site, posixpath.dirname(page) or ".")
        return f"[{match['text']}]({there}{hash_mark}{anchor})"

    parts, at = [], 0
    for fence in _FENCED.finditer(markdown):
        parts += [_LINK.sub(write, markdown[at : fence.start()]), fence[0]]
        at = fence.end()
    return "".join([*parts, _LINK.sub(write, markdown[at:])])


def help_of_verbs() -> str:
    """Give the help of ``medvie`` and of each of its verbs, as it is printed now, as Markdown.

    Raises
    ------
    SiteError
        If the command fails, or lists no verbs.
    """
    whole = run_help()
    verbs = re.findall(r"^    ([a-z]+) ", whole, re.MULTILINE)
    if not verbs:
        raise SiteError("medvie --help lists no verbs")
    helps = {"medvie": whole, **{f"medvie {verb}": run_help(verb) for verb in verbs}}
    return "\n\n".join(
        f'## {title}\n\n<pre class="help"><code>{escape(text.rstrip())}</code></pre>'
        for title, text in helps.items()
    )


def run_help(*verb: str) -> str:
    """Run ``medvie [VERB] --help``, 96 columns wide.

    Raises
    ------
    SiteError
        If it fails.
    """
    command = [sys.executable, "-c", "from medvie_reward.cli import main; main()", *verb, "--help"]
    plain = {**os.environ, "COLUMNS": "96", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(command, env=plain, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise SiteError(f"medvie {' '.join(verb)} --help: exit code {done.returncode}\n{done.stderr}")
    return done.stdout
