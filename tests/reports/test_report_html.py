"""The HTML report: its numbers, its data, nothing from elsewhere, nothing that a document says is markup."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from helpers.html_report import BAD, PIXEL, Elements, block, body_of, digest, index_of, report_of
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import InputError
from medvie_reward.reports._html import render_html
from medvie_reward.reports._packing import safe_json
from medvie_reward.reports._tiles import HEADLINES

GOLDS: list[Any] = [{"a": "1", "L": [{"n": "K", "r": "5"}, {"n": "Na", "r": "7"}]}, {"a": "x"}, {"a": "z"}]
PREDS: list[Any] = [
    '<think></think><answer>{"a": "1", "L": [{"n": "K", "r": "7"}, {"n": "Na", "r": "5"}]}</answer>',
    '{"a": "y", "b',
    None,
]


def test_every_number_is_there() -> None:
    """Headline scores, counts per field, statuses and the whole signature can be read."""
    evaluation, pages = report_of(PREDS, GOLDS, ["lab", "ct", "ct"])
    texts = " ".join(" ".join(Elements(render_html(evaluation, pages, by="type")).texts).split())
    for value in (
        evaluation.micro.f1,
        evaluation.macro.f1,
        evaluation.parse_rate,
        evaluation.micro.omission_rate,
    ):
        assert f"{value:.4f}" in texts
    assert evaluation.signature in texts
    assert "preset strict" in texts
    assert "1 ok, 1 no_answer, 1 truncated" in texts
    assert "L[].r 0.0000 0.0000 2 wrong 2 2 0 2 0 0 2" in texts
    assert "nTED accuracy mean of documents" not in texts


def test_data_of_a_document_by_hand() -> None:
    """A document's row has its counts and what occurs in which field; its body has rows, links and scores."""
    evaluation, pages = report_of(PREDS, GOLDS, ["lab", "ct", "ct"])
    html = render_html(evaluation, pages)
    index = index_of(html)
    assert (index["fields"], index["groups"]) == (["a", "L[].n", "L[].r"], ["lab", "ct"])
    assert index["statuses"] == ["ok", "truncated", "no_answer"]
    assert index["documents"] == [
        # id, group, F1, six outcomes, misplaced, ungrounded, status, format, limited; field, bits, …
        ["1", 0, 0.6, 3, 2, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 1, 1, 1, 2, 2 | 64],
        ["2", 1, 0.0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4],
        ["3", 1, 0.0, 0, 0, 1, 0, 0, 0, 0, 0, 2, -1, 0, 0, 4],
    ]
    body = body_of(html, 0)
    assert body["scores"] == [["precision", 0.6], ["recall", 0.6]]
    assert body["completion"] == PREDS[0]
    assert body["blocks"][1] == [
        "L[]",
        ["n", "r"],
        [
            ["L[0]", "L[0]", "[0]", "[0]", [[1, "n", 0, 0, "K", "K", -1], [2, "r", 1, 1, "5", "7", 4]]],
            ["L[1]", "L[1]", "[1]", "[1]", [[3, "n", 0, 0, "Na", "Na", -1], [4, "r", 1, 1, "7", "5", 2]]],
        ],
        0,
    ]
    assert body_of(html, 2)["completion"] is None


def test_many_documents_are_cut_into_chunks() -> None:
    """Documents stand in chunks of bounded size, and each is found in its own."""
    golds = [{"a": str(n), "b": "x" * 20_000} for n in range(60)]
    html = render_html(*report_of(golds, golds))
    starts = index_of(html)["starts"]
    assert starts[0] == 0
    assert len(starts) > 2
    for n in (0, starts[1] - 1, starts[1], 59):
        assert body_of(html, n)["blocks"][0][2][0][4][0][4] == str(n)


def test_nothing_is_loaded_from_elsewhere() -> None:
    """No address of anything, and a policy that allows the report's own style and script by hash."""
    html = render_html(*report_of(PREDS, GOLDS))
    elements = Elements(html)
    policy = next(x["content"] for x in elements.named("meta") if "http-equiv" in x) or ""
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    assert style is not None
    assert script is not None
    assert policy.split("; ") == [
        "default-src 'none'",
        "img-src data:",
        f"style-src '{digest(style[1])}'",
        f"script-src '{digest(script[1])}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert [x.get("href") for x in elements.named("link")] == ["data:,"]
    assert {x["href"] or "" for x in elements.named("a")} == {"#scores", "#fields", "#documents"}
    for _, attributes in elements.found:
        assert not {"src", "srcset", "style", "action"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in style[1]
    assert "@import" not in style[1]


@pytest.mark.parametrize(
    "word", ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval", "fetch(", "http:"]
)
def test_the_script_makes_no_markup_and_no_requests(word: str) -> None:
    """The script writes text only; the one address in it is the name of SVG."""
    html = render_html(*report_of(PREDS, GOLDS))
    script = html[html.rindex("<script>") :].replace('"http://www.w3.org/2000/svg"', "")
    assert word not in script


def test_markup_in_documents_stays_text() -> None:
    """Ids, groups, fields, values, completions and titles bring no element into the page."""
    evaluation, pages = report_of([{BAD: BAD, "a": "1"}], [{BAD: "1", "a": BAD}], [BAD], [BAD])
    completion = "<think>" + BAD
    pages = [page._replace(completion=completion) for page in pages]
    html = render_html(evaluation, pages, title=BAD, by=BAD)
    plain = render_html(*report_of([{"k": "2", "a": "1"}], [{"k": "1", "a": "x"}], ["g"]))
    for tag in ("script", "img", "table", "select", "style", "meta"):
        assert len(Elements(html).named(tag)) == len(Elements(plain).named(tag))
    assert "alert(1)</script" not in html
    assert "onerror=alert(1)>" not in html
    assert "\u2028" not in block(html, "data")
    assert index_of(html)["documents"][0][0] == BAD
    assert index_of(html)["groups"] == [BAD]
    assert body_of(html, 0)["completion"] == completion


@examples(60)
@given(text=st.text(st.characters(categories=("L", "P", "S", "Z", "Cc", "Cs")), max_size=30))
def test_any_text_comes_back(text: str) -> None:
    """Data in a script element reads back as it was and holds nothing that could end the element."""
    made = safe_json([text, {text: 1}])
    assert json.loads(made) == [text, {text: 1}]
    assert not set("<>&\u2028\u2029") & set(made)
    assert made.isascii()


def test_intervals_are_drawn_and_said() -> None:
    """Intervals of scores and fields stand beside them; a name that no score has is an error."""
    evaluation, pages = report_of(PREDS, GOLDS)
    spans = {name: (0.5, 0.4321, 0.6789) for name in HEADLINES if name not in ("ted", "anls")}
    html = render_html(
        evaluation, pages, intervals=spans, field_intervals={"a": (0.5, 0.1234, 0.9876)},
        interval_note="95 % bootstrap interval",
    )  # fmt: skip
    assert html.count("0.4321 – 0.6789") == 10
    assert html.count("0.1234 – 0.9876") == 1
    assert html.count('class="whisker"') == 11
    assert "95 % bootstrap interval" in html
    with pytest.raises(InputError, match="intervals: there is no score named 'f2'"):
        render_html(evaluation, pages, intervals={"f2": (0, 0, 0)})
    with pytest.raises(InputError, match="field_intervals: there is no score named 'q'"):
        render_html(evaluation, pages, field_intervals={"q": (0, 0, 0)})


def test_groups_have_a_heat_map() -> None:
    """With groups there is a heat map of fields by group, without there is none."""
    with_groups = render_html(*report_of(PREDS, GOLDS, ["lab", "ct", "ct"]))
    cells = set(re.findall(r'data-field="([^"]*)" data-group="([^"]*)"', with_groups))
    assert cells == {("a", "ct"), ("a", "lab"), ("L[].r", "lab"), ("L[].n", "lab")}
    assert "data-group" not in render_html(*report_of(PREDS, GOLDS))


ODD_IMAGES = [
    "javascript:alert(1)", " javascript:alert(1)", "http://x/y.png", "//x/y.png", "/etc/x", "C:\\x", "a\\b",
    "", "data:text/html;base64,AAAA", 'data:image/png;base64,AA"><script>', "a\nb",
]  # fmt: skip


@pytest.mark.parametrize("image", ODD_IMAGES)
def test_odd_images_are_refused(image: str) -> None:
    """An image is a data: URI of an image or a relative link, nothing else."""
    evaluation, pages = report_of(PREDS[:1], GOLDS[:1])
    with pytest.raises(InputError, match="page image: expected a data: URI of a PNG"):
        render_html(evaluation, [pages[0]._replace(images=(image,))])


def test_images_are_embedded_or_linked() -> None:
    """Bytes stand in an element of their own, links in the document's data, and the policy allows files."""
    evaluation, pages = report_of(PREDS[:1], GOLDS[:1])
    html = render_html(evaluation, [pages[0]._replace(images=(PIXEL, "../scans/a%20b.png"))])
    assert body_of(html, 0)["images"] == [None, "../scans/a%20b.png"]
    assert block(html, "image-0-0") == PIXEL
    assert "img-src data: &#39;self&#39; file:;" in html
    assert "file:" not in render_html(evaluation, [pages[0]._replace(images=(PIXEL,))])


def test_pages_and_documents_go_together() -> None:
    """Fewer pages than documents is an error, not a shorter report."""
    evaluation, pages = report_of(PREDS, GOLDS)
    with pytest.raises(InputError, match="a page for each of 3 documents, got 2"):
        render_html(evaluation, pages[:2])


def test_published_metrics_have_their_place() -> None:
    """What was asked for beside F1 is among the scores, of the whole and of a document."""
    from medvie_reward import evaluate
    from medvie_reward.corpus import score_document
    from medvie_reward.reports._document_views import page_of
    from medvie_reward.spec._spec import resolve

    spec, metrics = resolve("strict"), ("f1", "ted", "anls")
    pages = [page_of(score_document({"a": "1"}, {"a": "1"}, spec, "1", leaves=True, metrics=metrics), spec)]
    html = render_html(evaluate([{"a": "1"}], [{"a": "1"}], "strict", metrics=metrics), pages)
    texts = " ".join(" ".join(Elements(html).texts).split())
    assert "nTED accuracy 1.0000 1.0000 mean of documents" in texts
    assert "ANLS* 1.0000 1.0000 mean of documents" in texts
    assert body_of(html, 0)["scores"][2:] == [["ted", 1.0], ["anls", 1.0]]


def test_the_example_in_the_documents_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of docs/report.md gives a report with its interval."""
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).parents[2] / "docs" / "report.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code[1], names)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    found = names["evaluation"].intervals().figures["micro_f1"]
    assert f"{found.low:.4f} – {found.high:.4f}" in html
    assert body_of(html, 0)["completion"] == names["preds"][0]
