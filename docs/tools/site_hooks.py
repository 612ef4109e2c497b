"""Hooks that MkDocs calls: it takes in what `site_pages` finds, and draws formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from site_pages import RENAMED, ROOT, SiteError, help_of_verbs, navigation_of, outside_pages, site_links

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

HELP_HERE: Final = "<!-- the help of every verb -->"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Leave pages to come out of the navigation, and teach fences formulas."""
    try:
        config.nav = navigation_of(config.nav or [], config.extra["optional_pages"])
    except SiteError as error:
        raise PluginError(str(error)) from None
    fences = config.mdx_configs.setdefault("pymdownx.superfences", {}).setdefault("custom_fences", [])
    fences.append({"name": "math", "class": "formula", "format": write_formula})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages outside ``docs``."""
    for name in outside_pages():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, RENAMED.get(name, name), content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn the repository's links into the site's, and put the commands' help where it belongs."""
    name = page.file.src_uri
    try:
        made = site_links(markdown, name, {file.src_uri for file in files})
        if name == "cli.md":
            if HELP_HERE not in made:
                raise SiteError(f"docs/cli.md: expected the line {HELP_HERE}")
            made = made.replace(HELP_HERE, help_of_verbs())
    except SiteError as error:
        raise PluginError(str(error)) from None
    return made


def write_formula(source: str, *_: Any, **__: Any) -> str:
    """Write a fence ``math``, which holds LaTeX as GitHub reads it, as MathML, which browsers draw."""
    return f'<div class="formula">{convert(source.strip(), display="block")}</div>'
