"""Tables of texts: rows are padded, and nothing in a text becomes markup."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward._core.tables import Table, html_table

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), max_size=9)


def test_rows_are_padded_at_their_end() -> None:
    """Cells that are left out are empty; cells without a column are an error."""
    table = Table("", ("a", "b", "c"))
    table.add_row("x", "1")
    assert table.rows == [("x", "1", "")]
    with pytest.raises(ValueError, match="expected 3 cells, got 4"):
        table.add_row("x", "1", "2", "3")


def test_html_by_hand() -> None:
    """Names are left-aligned, numbers right-aligned; floats have four decimals."""
    assert html_table("T & U", ("name", "f1"), [("a", 0.5), ("b", 12)]) == (
        '<table><caption>T &amp; U</caption><thead><tr><th scope="col">name</th>'
        '<th scope="col" align="right">f1</th></tr></thead><tbody>'
        '<tr><td>a</td><td align="right">0.5000</td></tr><tr><td>b</td><td align="right">12</td></tr>'
        "</tbody></table>"
    )
    assert "caption" not in html_table(" ", ("a",), [])


@given(title=texts, rows=st.lists(st.tuples(texts, texts)))
def test_texts_stay_texts(title: str, rows: list[tuple[str, str]]) -> None:
    """Whatever the texts hold, the table parses and has them back."""
    table = ElementTree.fromstring(html_table(title, ("<b>", "&amp;"), rows))
    body = table.find("tbody")
    assert body is not None
    assert [tuple(cell.text or "" for cell in row) for row in body] == rows
    assert [cell.text for cell in table.iter("th")] == ["<b>", "&amp;"]
