"""The documentation site's own tools: pages and links of the site, and the check of a built one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from check_site import check_site, css_addresses, main
from site_pages import SiteError, help_of_verbs, navigation_of, outside_pages, site_links


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a small repository with pages inside and outside ``docs``."""
    trainer = ("integrations/t/README.md", "integrations/t/run.sh", "integrations/t/cpu/README.md")
    for name in ("README.md", "docs/a.md", "docs/images/x.png", "docs/reference/r.md", *trainer):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return tmp_path


KNOWN = (
    "overview.md", "a.md", "images/x.png", "integrations/t/README.md", "integrations/t/cpu/README.md",
    "reference/r.md",
)  # fmt: skip


@pytest.mark.parametrize(
    ("page", "markdown", "expected"),
    [
        ("a.md", "[t](../integrations/t/README.md#x)", "[t](integrations/t/README.md#x)"),
        ("integrations/t/README.md", "![t](../../docs/images/x.png)", "![t](../../images/x.png)"),
        ("integrations/t/README.md", "[cpu](cpu/README.md), [a](../../docs/a.md)",
         "[cpu](cpu/README.md), [a](../../a.md)"),
        ("integrations/t/README.md", "see [run.sh](run.sh).", "see run.sh."),
        ("overview.md", "[a](docs/a.md)", "[a](a.md)"),
        ("reference/r.md", "[up](../../README.md#top)", "[up](../overview.md#top)"),
        ("a.md", "[x](https://e.org/x.md) [y](#here) [z](mailto:a@e.org)",
         "[x](https://e.org/x.md) [y](#here) [z](mailto:a@e.org)"),
        ("a.md", "`[t](gone.md)`\n\n```\n[t](gone.md)\n```\n", "`[t](gone.md)`\n\n```\n[t](gone.md)\n```\n"),
        ("a.md", "[`a[]`](reference/r.md)", "[`a[]`](reference/r.md)"),
    ],
)  # fmt: skip
def test_links(page: str, markdown: str, expected: str, repository: Path) -> None:
    """Links of the repository become links of the site; those to other files become text; code stays."""
    assert expected == site_links(markdown, page, KNOWN, repository)


def test_a_link_to_nothing_is_an_error(repository: Path) -> None:
    """The error names the page in the repository and the link."""
    with pytest.raises(SiteError, match=r"^docs/a\.md: the link to gone\.md leads nowhere"):
        site_links("[x](gone.md)", "a.md", KNOWN, repository)
    with pytest.raises(SiteError, match=r"^integrations/t/README\.md: "):
        site_links("[x](gone.md)", "integrations/t/README.md", KNOWN, repository)


def test_outside_pages(repository: Path) -> None:
    """READMEs of trainers, at any depth, and what lies in the root; only what is there."""
    expected = ["README.md", "integrations/t/README.md", "integrations/t/cpu/README.md"]
    assert expected == outside_pages(repository)


def test_navigation(repository: Path) -> None:
    """Pages to come, and sections of nothing else, are left out; pages in the root have their names."""
    entries: list[Any] = [
        {"Home": "README.md"},
        {"How": [{"A": "a.md"}, {"B": "b.md"}, {"T": "integrations/t/README.md"}]},
        {"Later": [{"C": "c.md"}]},
    ]
    expected = [{"Home": "overview.md"}, {"How": [{"A": "a.md"}, {"T": "integrations/t/README.md"}]}]
    to_come = ["a.md", "b.md", "c.md", "integrations/t/README.md"]
    assert expected == navigation_of(entries, to_come, repository)
    with pytest.raises(SiteError, match=r"optional page d\.md"):
        navigation_of(entries, ["d.md"], repository)


def test_help_of_verbs() -> None:
    """Every verb has a section with its usage."""
    made = help_of_verbs()
    titles = re.findall("^## medvie ?(.*)$", made, re.MULTILINE)
    assert titles[0] == ""
    assert {"score", "explain", "compare", "prepare", "select"} <= set(titles)
    for verb in titles[1:]:
        assert f"usage: medvie {verb} [-h]" in made


# -- the check -------------------------------------------------------------------------------------------

GOOD = {
    "index.html": '<link rel="stylesheet" href="a.css"><h1 id="top">x</h1><a href="sub/p.html#here">p</a>'
    '<a href="#top">t</a><a href="https://e.org/">e</a><a href="mailto:a@e.org">m</a><img src="x.png">',
    "sub/p.html": '<a name="here"></a><a href="../index.html">up</a><script src="../a.js"></script>'
    '<p style="background: url(../x.png)"><img src="data:image/png;base64,AA=="></p>',
    "404.html": '<link rel="stylesheet" href="/a.css"><a href="/">home</a>',
    "a.css": "b{background:url('x.png')} i{background:url(data:image/svg+xml,x)}",
    "a.js": "",
    "x.png": "",
}


def build(folder: Path, changed: dict[str, str]) -> Path:
    """Write a site of the good pages with some changed."""
    for name, text in {**GOOD, **changed}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_a_good_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pages, anchors by id and by name, links to elsewhere, data addresses."""
    assert check_site(build(tmp_path, {})) == []
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path}: 3 pages, 0 faults\n"


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("index.html", '<a href="gone.html">x</a>', "link to gone.html leads nowhere"),
        ("index.html", '<a href="sub/">x</a>', "link to sub/ leads nowhere"),
        ("index.html", '<a href="sub/p.html#gone">x</a>', "link to sub/p.html#gone: there is no such anchor"),
        ("index.html", '<a href="#gone">x</a>', "link to #gone: there is no such anchor"),
        ("index.html", '<a href="/sub/p.html">x</a>', "link to /sub/p.html leads out of the site"),
        ("sub/p.html", '<a href="../../x.html">x</a>', "link to ../../x.html leads out of the site"),
        ("index.html", '<a href="javascript:x()">x</a>',
         "link to javascript:x(): expected a page, http, https or mailto"),
        ("index.html", '<script src="https://cdn.e.org/a.js"></script>', "loads https://cdn.e.org/a.js"),
        ("index.html", '<script src="//cdn.e.org/a.js"></script>', "loads //cdn.e.org/a.js"),
        ("index.html", '<link rel="stylesheet" href="https://f.e.org/c?x=1">', "loads https://f.e.org/c?x=1"),
        ("index.html", '<link rel="preconnect" href="https://f.e.org">', "loads https://f.e.org"),
        ("index.html", '<img src="https://e.org/x.png">', "loads https://e.org/x.png"),
        ("index.html", '<img srcset="x.png 1x, https://e.org/y.png 2x">', "loads https://e.org/y.png"),
        ("index.html", '<img src="y.png">', "link to y.png leads nowhere"),
        ("index.html", '<iframe src="https://e.org/"></iframe>', "loads https://e.org/"),
        ("index.html", "<style>@import 'https://e.org/a.css';</style>", "loads https://e.org/a.css"),
        ("index.html", '<p style="background:url(https://e.org/x.png)">', "loads https://e.org/x.png"),
        ("a.css", "@font-face{src:url(https://e.org/f.woff2)}", "loads https://e.org/f.woff2"),
        ("a.css", "b{background:url(y.png)}", "link to y.png leads nowhere"),
        ("404.html", '<script src="https://e.org/a.js"></script>', "loads https://e.org/a.js"),
        ("index.html", '<pre class="mermaid">x</pre>',
         "a mermaid drawing is made by a script from elsewhere"),
        ("index.html", '<base href="https://e.org/">', "a <base> changes where all links lead"),
    ],
)  # fmt: skip
def test_a_bad_site(
    name: str, text: str, fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each fault is found, in the file that has it."""
    kept = '<a name="here"></a>' if name == "sub/p.html" else ""
    assert [f"{name}: {fault}"] == check_site(build(tmp_path, {name: kept + text}))
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.endswith(": 3 pages, 1 faults\n")


def test_a_canonical_address_loads_nothing(tmp_path: Path) -> None:
    """Links that only name another page may lead elsewhere."""
    page = (
        GOOD["index.html"] + '<link rel="canonical" href="https://e.org/"><link rel="next" href="sub/p.html">'
    )
    assert check_site(build(tmp_path, {"index.html": page})) == []


def test_no_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without pages is a fault, none at all a usage error."""
    assert check_site(tmp_path) == [f"{tmp_path}: no pages"]
    assert main([str(tmp_path / "gone")]) == main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_css_addresses() -> None:
    """Quoted or not, and imports by name."""
    text = """a{b:url(x.png)} c{b:url( "y (1).png" )} @import 'z.css'; @import url(w.css);"""
    assert list(css_addresses(text)) == ["x.png", "y (1).png", "z.css", "w.css"]
