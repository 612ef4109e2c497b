"""The HTML report as people use it: in Chromium, from its file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.html_report import BAD
from playwright.sync_api import expect

from medvie_reward.cli._main import main_score

EXAMPLES = Path(__file__).parents[2] / "examples" / "lab_reports"
Visit = Callable[..., Any]
NAMES = [f"Item {k}" for k in range(20)]


def gold_of(n: int) -> dict[str, Any]:
    rows = [{"n": name, "r": f"{n + k}.5", "u": "mmol/L"} for k, name in enumerate(NAMES)]
    return {"Name": f"Patient {n}", "L": rows}


def write(path: Path, rows: list[Any]) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def report(folder: Path, preds: list[Any], golds: list[Any], *options: str) -> Path:
    """Write a report of some rows; gives its file."""
    files = write(folder / "pred.jsonl", preds), write(folder / "gold.jsonl", golds)
    target = folder / "report.html"
    assert main_score([*files, "--html", str(target), *options]) == 0
    return target


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a report of five documents, each with a mistake of its own; the last has no answer."""
    gold = {"Name": "Li", "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "140"}]}
    swapped = {"Name": "Li", "L": [{"n": "Na", "r": "4.1"}, {"n": "K", "r": "140"}]}
    preds: list[Any] = [
        gold,
        swapped,
        {"Name": "", "L": gold["L"]},
        {**gold, "Ward": "7"},
        '<think></think><answer>{"Name": "Li',
    ]
    kinds = ["lab", "lab", "ct", "ct", "ct"]
    golds = [
        {"id": f"d{n}", "kind": kind, "text": "Li K 4.1 Na 140", "gold": gold} for n, kind in enumerate(kinds)
    ]
    rows = [{"id": f"d{n}", "pred": pred} for n, pred in enumerate(preds)]
    options = ("--by", "kind", "--lists", "key:n", "--source-key", "text")
    return report(tmp_path_factory.mktemp("few"), rows, golds, *options)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a report of 5,000 documents of 20 rows; of each hundred, the first has a wrong name."""
    golds = [{"id": f"doc-{n}", "gold": gold_of(n)} for n in range(5000)]
    preds = [
        {"id": f"doc-{n}", "pred": {**gold_of(n), **({"Name": "x"} if n % 100 == 0 else {})}}
        for n in range(5000)
    ]
    return report(tmp_path_factory.mktemp("many"), preds, golds)


def listed(page: Any) -> list[str]:
    found: list[str] = page.locator("#document-table tbody td:first-child").all_inner_texts()
    return found


def test_filters_do_what_they_say(few: Path, visit: Visit) -> None:
    """Each filter leaves the documents that it names, and together they narrow."""
    page = visit(few)
    assert page.inner_text("#found") == "5 of 5 documents"
    for outcome, names in {
        "wrong": ["d1"], "missing": ["d4", "d2"], "hallucinated": ["d3"], "invented_field": ["d3"],
        "invented_item": [], "filled_blank": [], "any": ["d0", "d1", "d2", "d3", "d4"],
        "misplaced": ["d1"], "ungrounded": ["d3"], "unparsed": ["d4"], "error": ["d4", "d1", "d3", "d2"],
    }.items():  # fmt: skip
        page.select_option("#outcome", outcome)
        assert sorted(listed(page)) == sorted(names), outcome
    page.select_option("#field", label="Name")
    assert sorted(listed(page)) == ["d2", "d4"]
    page.fill("#search", "D4")
    assert listed(page) == ["d4"]
    page.click("button[type=reset]")
    expect(page.locator("#found")).to_have_text("5 of 5 documents")
    page.select_option("#group", label="lab")
    assert sorted(listed(page)) == ["d0", "d1"]
    page.select_option("#field", label="Ward")
    assert page.inner_text("#found") == "0 of 5 documents"


def test_sorting_does_what_it_says(few: Path, visit: Visit) -> None:
    """The list begins with the worst document; a column's name sorts by it, and once more turns it."""
    page = visit(few)
    scores = [float(x) for x in page.locator("#document-table .score").all_inner_texts()]
    assert scores == sorted(scores)
    head = page.locator("#document-table thead button")
    head.filter(has_text="Document").click()
    assert listed(page) == ["d0", "d1", "d2", "d3", "d4"]
    head.filter(has_text="Document").click()
    assert listed(page) == ["d4", "d3", "d2", "d1", "d0"]
    head.filter(has_text="Missing").click()
    assert listed(page)[:2] == ["d4", "d2"]


def test_fields_sort(few: Path, visit: Visit) -> None:
    """Fields begin with the worst; names sort alphabetically, numbers begin with the largest."""
    page = visit(few)
    rows = page.locator("#field-table tbody")
    scores = [float(x) for x in rows.locator(".score").all_inner_texts()]
    assert scores == sorted(scores)
    page.click("#field-table thead >> text=Field")
    names = rows.locator("th").all_inner_texts()
    assert names == sorted(names)
    page.click("#field-table thead >> text=Gold")
    golds = [int(x) for x in rows.locator("td:nth-child(4)").all_inner_texts()]
    assert golds == sorted(golds, reverse=True)
    assert page.locator("#field-table th[aria-sort]").all_inner_texts()[0].startswith("Gold")


def test_a_document_shows_gold_and_prediction(few: Path, visit: Visit) -> None:
    """Paired items stand on one line with both positions, and outcomes are said in words too."""
    page = visit(few)
    page.click('#document-table >> text="d1"')
    rows = page.locator("table.rows tbody tr")
    expect(rows.locator("th")).to_have_text(["[0] ↔ [1]", "[1] ↔ [0]"])
    first = rows.first.locator("td")
    assert "correct: " in first.nth(0).text_content()
    assert first.nth(1).text_content() == "4.1wrong:  140⇄ misplaced: is [1] r"
    page.check("text=one line per leaf")
    assert page.locator("table.rows").count() == 0
    lines = page.locator("table.plain tr", has_text="misplaced").all_inner_texts()
    assert [line.split("\t")[:3] for line in lines] == [["r", "4.1", "140"], ["r", "140", "4.1"]]
    assert all("wrong" in line for line in lines)
    page.check("text=only what differs")
    assert "correct" not in page.inner_text("#document .leaves")


def test_a_misplaced_value_leads_to_its_place(few: Path, visit: Visit) -> None:
    """A click on a misplaced value lights up the gold leaf that holds it."""
    page = visit(few, "#document-2")
    page.locator(".flag button").first.click()
    lit = page.locator(".lit")
    assert lit.count() == 1
    assert lit.inner_text().startswith("140")
    page.locator(".flag button").nth(1).click()
    assert page.locator(".lit").inner_text().startswith("4.1")


def test_no_answer_is_explained(few: Path, visit: Visit) -> None:
    """A document without an answer says why, and what was written can be unfolded."""
    page = visit(few, "#document-5")
    assert (
        page.inner_text(".alert")
        == "truncated. No answer: every gold leaf is missing. The text ends inside the JSON."
    )
    assert not page.locator(".raw pre").is_visible()
    page.click("text=Raw prediction")
    assert page.inner_text(".raw pre") == '<think></think><answer>{"Name": "Li'


def test_ways_between_documents(few: Path, visit: Visit) -> None:
    """Next follows the list as it is sorted and filtered; back shows the list again; an address opens one."""
    page = visit(few)
    page.select_option("#group", label="ct")
    order = listed(page)
    page.click(f'#document-table >> text="{order[0]}"')
    for name in order[1:]:
        page.click("#document >> text=Next ›")
        expect(page.locator("#document h3")).to_have_text(name)
    assert page.locator("#document button", has_text="Next").is_disabled()
    page.go_back()
    expect(page.locator("#document h3")).to_have_text(order[-2])
    page.click("text=All documents")
    page.wait_for_selector("#list:visible")
    assert listed(page) == order


def test_fields_and_cells_lead_to_documents(few: Path, visit: Visit) -> None:
    """A field's name lists the documents with an error in it, a cell of the heat map those of its group."""
    page = visit(few, "#document-1")
    page.click("#field-table >> text=Name")
    page.wait_for_selector("#list:visible")
    assert sorted(listed(page)) == ["d2", "d4"]
    page.click('.cell[data-field="L[].r"][data-group="lab"]')
    assert listed(page) == ["d1"]


def test_themes(few: Path, visit: Visit) -> None:
    """The page follows the system's theme, and the button chooses another."""
    background = "getComputedStyle(document.body).backgroundColor"
    light, dark = visit(few), visit(few, scheme="dark")
    assert light.evaluate(background) != dark.evaluate(background)
    before = light.evaluate(background)
    for _ in range(2):
        light.click("#theme")
    assert light.inner_text("#theme") == "Theme: dark"
    assert light.evaluate(background) == dark.evaluate(background)
    light.reload()
    assert light.inner_text("#theme") == "Theme: dark"
    light.click("#theme")
    assert light.evaluate(background) == before


def test_the_signature_is_copied(few: Path, visit: Visit) -> None:
    """The button copies the whole signature, or selects it where the clipboard is closed."""
    page = visit(few)
    page.click("#copy")
    expect(page.locator("#copy")).not_to_have_text("Copy")
    if page.inner_text("#copy") != "Copied":
        assert page.evaluate("getSelection().toString()") == page.inner_text("#signature")
    assert page.inner_text("#signature").startswith("medvie|name:clinical|")


def test_markup_in_documents_is_inert(tmp_path: Path, visit: Visit) -> None:
    """Whatever ids, groups, fields, values and completions hold: no dialog, no new element, shown as text."""
    bad = [
        BAD,
        '"><svg onload=alert(1)>',
        "javascript:alert(1)",
        "{{7*7}}${7*7}",
        "<!--<script>",
        "]]>\u2028",
    ]
    golds = [{"id": x, "kind": x, "gold": {x: x, "L": [{x: "1", "n": x}]}} for x in bad]
    preds: list[Any] = [{"id": x, "pred": {x: "<b>wrong</b>", "L": [{x: "2", "n": x}]}} for x in bad[:-1]]
    preds.append({"id": bad[-1], "pred": BAD})
    page = visit(report(tmp_path, preds, golds, "--by", "kind"))
    scripts = page.locator("script").count()
    for n, x in enumerate(bad):
        page.evaluate(f"location.hash = '#document-{n + 1}'")
        expect(page.locator("#document h3")).to_have_text(x)
        assert x in page.locator("#document .leaves").text_content()
        assert page.locator("#document :is(img, b > *, script, svg, iframe, a, object, style)").count() == 0
    page.click("text=Raw prediction")
    assert page.locator(".raw pre").text_content() == BAD
    assert page.locator("script").count() == scripts
    assert page.locator("img, iframe, object, embed, [onload], [onerror]").count() == 0
    options = page.locator("#group option").all_text_contents()
    assert options == ["any", *bad]


def test_the_policy_stops_what_gets_through(few: Path, tmp_path: Path, browser: Any) -> None:
    """Were markup to get into the page, the policy would let neither script, style nor request run."""
    html = few.read_text(encoding="utf-8")
    bad = """<script>document.title="run"</script>
        <img src="http://127.0.0.1:9/x" onerror='document.title="run"'>"""
    target = tmp_path / "bad.html"
    target.write_text(html.replace("<footer", bad + "<footer"), encoding="utf-8")
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(target.as_uri())
    page.wait_for_timeout(300)
    assert page.title() != "run"
    assert sum("Content Security Policy" in text for text in refused) >= 2
    page.close()


def test_5000_documents(many: Path, visit: Visit) -> None:
    """With 5,000 documents the list pages, filters and opens the last but one; the page holds few rows."""
    page = visit(many)
    assert page.inner_text("#found") == "5,000 of 5,000 documents"
    assert page.locator("#document-table tbody tr").count() == 50
    assert page.inner_text("#range") == "1–50"
    page.click("#on")
    assert page.inner_text("#range") == "51–100"
    page.fill("#search", "doc-4998")
    assert listed(page) == ["doc-4998"]
    page.click("#document-table >> text=doc-4998")
    expect(page.locator("#document h3")).to_have_text("doc-4998")
    assert page.locator("table.rows tbody tr").count() == 20
    assert "Patient 4998" in page.inner_text("#document .leaves")
    page.click("text=All documents")
    page.wait_for_selector("#list:visible")
    page.fill("#search", "")
    page.select_option("#outcome", "wrong")
    page.select_option("#field", label="Name")
    assert page.inner_text("#found") == "50 of 5,000 documents"
    assert page.locator("#on").is_disabled()


def test_a_document_of_many_rows_comes_in_parts(tmp_path: Path, visit: Visit) -> None:
    """Rows past the first two hundred are drawn when asked for, and none is lost."""
    gold = {"L": [{"n": str(k), "r": "1"} for k in range(450)]}
    page = visit(report(tmp_path, [{"id": "a", "pred": gold}], [{"id": "a", "gold": gold}]), "#document-1")
    rows = page.locator("table.rows tbody tr")
    page.wait_for_selector("table.rows")
    for n in (200, 400):
        assert rows.count() == n
        page.click("text=Show more rows")
    assert rows.count() == 450
    assert page.locator("text=Show more rows").count() == 0


@pytest.mark.parametrize("images", ["embed", "link"])
def test_page_images_are_shown(images: str, tmp_path: Path, visit: Visit) -> None:
    """A page image stands beside its document, from the report or from its file."""
    target = tmp_path / "report.html"
    files = [str(EXAMPLES / name) for name in ("ocr_rows.jsonl", "gold.jsonl")]
    assert main_score([*files, "--html", str(target), "--images", images]) == 0
    page = visit(target, "#document-2", files=images == "link")
    page.wait_for_selector(".pictures img")
    expect(page.locator(".pictures img")).to_have_js_property("complete", True)
    assert page.evaluate("document.querySelector('.pictures img').naturalWidth") > 100


@pytest.mark.parametrize("hash", ["", "#document-2"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_reaches_past_the_window(width: int, hash: str, tmp_path: Path, visit: Visit) -> None:
    """At any width the page itself does not scroll sideways; wide tables scroll in their panels."""
    target = tmp_path / "report.html"
    files = [str(EXAMPLES / name) for name in ("ocr_rows.jsonl", "gold.jsonl")]
    assert main_score([*files, "--by", "report_type", "--html", str(target)]) == 0
    page = visit(target, hash, width=width)
    if hash:
        page.wait_for_selector(".doc")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_labels_of_pictures_do_not_overlap(scheme: str, tmp_path: Path, visit: Visit) -> None:
    """No two labels of a picture overlap as drawn, and none reaches out of its picture."""
    target = tmp_path / "report.html"
    files = [str(EXAMPLES / name) for name in ("ocr_rows.jsonl", "gold.jsonl")]
    assert main_score([*files, "--by", "report_type", "--html", str(target)]) == 0
    page = visit(target, scheme=scheme)
    clashes = page.evaluate(
        """() => [...document.querySelectorAll('main svg')].flatMap((svg) => {
          const frame = svg.getBoundingClientRect();
          const texts = [...svg.querySelectorAll('text')];
          const box = (text) => [text.firstChild.textContent, text.getBoundingClientRect()];
          const past = ([, b]) => b.left < frame.left - 1 || b.right > frame.right + 1
            || b.top < frame.top - 1 || b.bottom > frame.bottom + 1;
          const over = (p, q) => p.left < q.right - 1 && q.left < p.right - 1
            && p.top < q.bottom - 3 && q.top < p.bottom - 3;
          // Slanted labels have boxes that overlap where their letters do not.
          const level = texts.filter((text) => !text.hasAttribute('transform')).map(box);
          return [
            ...texts.map(box).filter(past).map(([name]) => [name, 'outside']),
            ...level.flatMap(([a, p], n) =>
              level.slice(n + 1).filter(([, q]) => over(p, q)).map(([b]) => [a, b])),
          ];
        })"""
    )
    assert clashes == []
