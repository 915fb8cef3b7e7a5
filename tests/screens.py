"""Pages from a file, in Chromium without a network: what must hold at every width and in every light."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

SCREENS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]


def check(browser, path: Path, width: int, scheme: str, charts: int, shot: Path) -> None:
    """The page draws its charts, asks for nothing, fits the width, and axe finds nothing serious."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page, problems = context.new_page(), []
    page.on("console", lambda message: problems.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or problems.append(asked.url))
    page.goto(path.as_uri())
    page.wait_for_function(f"document.querySelectorAll('svg[aria-hidden=true] path').length >= {charts}")
    page.wait_for_function(f"document.querySelectorAll('svg[aria-hidden=true]').length == {charts}")
    page.screenshot(path=shot, full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    drawn = "[...document.querySelectorAll('svg[aria-hidden=true]')]"
    sizes = page.evaluate(f"{drawn}.map(one => one.clientWidth)")
    assert min(sizes) > 150
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert serious(page) == []
    assert problems == []
    context.close()


def serious(page) -> list[str]:
    """The rules of axe that the page breaks, but for those that hardly matter."""
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]
