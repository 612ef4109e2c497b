"""A browser, and a visit of a report that fails on any complaint, request or dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.chromium import chromium
from playwright.sync_api import expect

Visit = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    """Open a report from its file; afterwards there must have been nothing but what the file links itself."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(
        path: Path, hash: str = "", scheme: str = "light", width: int = 1280, files: bool = False
    ) -> Any:
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        address = path.resolve().as_uri()

        def on_request(request: Any) -> None:
            linked = files and request.url.startswith("file:") and request.resource_type == "image"
            if request.url.split("#")[0] != address and not request.url.startswith("data:") and not linked:
                complaints.append(f"request: {request.url}")

        def on_dialog(dialog: Any) -> None:
            complaints.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("request", on_request)
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", on_dialog)
        page.goto(address + hash)
        expect(page.locator("#found")).to_contain_text("documents")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
