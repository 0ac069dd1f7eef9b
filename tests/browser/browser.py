"""One tab, and what has to hold for every page that is shown in it."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Download, Page, Request, Response

SCREENSHOTS = Path("out/browser")


class Browser:
    """Opens pages, works them by keyboard, and remembers whatever no page may do."""

    def __init__(self, page: Page, width: str, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self._width = width
        self._home = urlsplit(address).hostname
        page.on("console", self._says)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asks)

    def _says(self, message: ConsoleMessage) -> None:
        """A page of another status than 200 is reported as an error too, which it is not."""
        if message.type in {"error", "warning"} and "status of" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _asks(self, request: Request) -> None:
        """Chromium's own PDF reader asks for its own parts, which come from no network."""
        where = urlsplit(request.url)
        is_a_part = where.scheme in {"chrome", "chrome-extension"}
        if not is_a_part and where.hostname != self._home:
            self.complaints.append(f"asks {request.url}")

    def open(self, address: str, name: str, language: str = "fr") -> str:
        """Open a page, look at it, and return what it says."""
        self.page.goto(address)
        return self.look(name, language)

    def look(self, name: str, language: str = "fr") -> str:
        """Take a picture of the page that is shown, and check what holds for every page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}_{self._width}.png", full_page=True)
        html = self.page.locator("html")
        assert html.get_attribute("lang") == language
        assert self.page.locator("h1").count() == 1
        heading, desk = (self.page.locator(part).inner_text() for part in ("h1", "header p"))
        assert self.page.title() == f"{heading} – {desk}"
        assert self.overflow() == 0
        return self.text()

    def text(self) -> str:
        """What the page says, with plain spaces and hyphens."""
        return plain(self.page.locator("body").inner_text())

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(self.page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth"))

    def tab_to(self, name: str) -> None:
        """Press Tab until the link or button of this name has the focus, and is seen to have it."""
        for _ in range(30):
            self.page.keyboard.press("Tab")
            focused = self.page.locator(":focus-visible")
            if focused.count() and focused.inner_text() == name:
                return
        raise AssertionError(f"no Tab leads to {name}")

    def press(self, name: str) -> None:
        """With the keyboard alone: Tab to it, Enter."""
        self.tab_to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def press_for_document(self, name: str) -> Response:
        """The same, for a document that stands elsewhere."""
        self.tab_to(name)
        with self.page.expect_response(_is_redirected) as answer:
            self.page.keyboard.press("Enter")
        return answer.value

    def press_for_file(self, name: str) -> Download:
        """The same, for what is saved as a file."""
        self.tab_to(name)
        with self.page.expect_download() as download:
            self.page.keyboard.press("Enter")
        return download.value


def plain(text: str) -> str:
    """Text as one searches for it: in one line, with plain spaces and hyphens."""
    return re.sub(r"\s+", " ", text).replace("\N{NON-BREAKING HYPHEN}", "-")


def _is_redirected(response: Response) -> bool:
    return response.request.redirected_from is not None
