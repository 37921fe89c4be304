"""Takes the README's pictures: `python docs/screenshot.py [FOLDER]`, by default into docs/images.

Starts the demonstration in a temporary folder, plays a document, an acknowledgement, a question and
a report through the sandbox, and photographs its chat page. Needs the development packages and a
Chromium, found by its usual names or named by the environment's CHROMIUM.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZE: ViewportSize = {"width": 1280, "height": 800}
WAIT = 60
"""Seconds that an answer may take; the sandbox holds a question no longer."""

COORDINATOR = "Điều phối tỉnh"
TEAM, OTHER_TEAM = "Thôn mẫu 1, Phường Hà Giang 1", "Thôn mẫu 2, Phường Hà Giang 2"
NUMBER, ISSUER = "01/KH-MAU", "Ban điều phối mẫu"
SUMMARY = "Văn bản mẫu để chạy thử: mỗi tổ cử một người dự buổi tập huấn kỹ năng số của xã."
DESCRIBED = ("gửi văn bản", NUMBER, "hôm nay", ISSUER, SUMMARY)
QUESTION = "hoi lam sao lay lai mat khau VNeID"
REPORT = ("bao cao", "12 hộ", "muoi hai", "3", "không có", "khoảng 15", "bỏ qua", "Gửi báo cáo")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox's control API, as far as the play needs it."""

    http: httpx.Client

    def bot(self) -> int:
        """The one of Telegram, which the play is written for."""
        bots = self._get("")["bots"]
        return next(int(each["id"]) for each in bots if each["messenger"] == "telegram")

    def person(self, name: str) -> int:
        return int(self._get("/people", search=name)["people"][0]["id"])

    def group(self, title: str) -> tuple[str, int]:
        """The chat of the group whose title ends so, and its founder."""
        found = self._get("/groups", search=title)["groups"]
        chat = next(str(each["id"]) for each in found if each["title"].endswith(title))
        return chat, int(self._get(f"/chats/{chat}")["members"][0]["id"])

    def say(self, person: int, chat: str, text: str, file: tuple[str, bytes] | None = None) -> None:
        """Say it, and wait for an answer."""
        words = {"person": person, "chat": chat, "text": text}
        body: dict[str, Any] = {"data": words, "files": {"file": file}} if file else {"json": words}
        self._hear(chat, self.http.post("/sandbox/say", **body))

    def press(self, person: int, chat: str, label: str, heard: str) -> None:
        """Press the newest button whose text begins so, and wait for a text with `heard`."""
        message, data = self._button(chat, label)
        form = {"person": person, "chat": chat, "message": message, "button": data}
        self._hear(chat, self.http.post("/sandbox/press", json=form), heard)

    def _button(self, chat: str, label: str) -> tuple[int, str]:
        for message in reversed(self._get(f"/chats/{chat}/messages")["messages"]):
            for row in message.get("buttons", []):
                for button in row:
                    if button["text"].startswith(label):
                        return message["id"], button["data"]
        raise LookupError(f"there is no button {label} in {chat}")

    def _hear(self, chat: str, done: httpx.Response, wanted: str = "") -> None:
        after = done.raise_for_status().json()["seq"]
        while news := self._get(f"/chats/{chat}/messages", after=after, wait=WAIT)["messages"]:
            if any(wanted in each["text"] for each in news):
                return
            after = max(each["seq"] for each in news)
        raise TimeoutError(f"nothing with {wanted!r} came in {chat}")

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self.http.get(f"/sandbox{path}", params=query).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def demonstration(folder: str) -> Iterator[str]:
    """The demonstration at work in a folder; its address."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    places = {
        "LOA_DATA_DIR": folder,
        "LOA_WEB__PORT": str(free_port()),
        "LOA_SANDBOX__PORT": str(port),
        "LOA_TELEGRAM_TOKEN": "",
    }
    command = [str(Path(sys.executable).with_name("loa")), "demo"]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **places}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            if process.stdout is None or not any(url in line for line in process.stdout):
                raise RuntimeError("the demonstration ended before it was there")
            yield url
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def announce(sandbox: Sandbox, person: int, chat: str, file: tuple[str, bytes]) -> None:
    """A document goes down to all villages."""
    for text in DESCRIBED:
        sandbox.say(person, chat, text)
    sandbox.say(person, chat, "", file)
    sandbox.say(person, chat, "xong")
    sandbox.press(person, chat, "✓", "cấp nào")
    sandbox.press(person, chat, "Thôn", "Sẽ gửi tới")
    sandbox.press(person, chat, "Gửi ngay", "theo đơn vị")


def answer(sandbox: Sandbox) -> None:
    """A team acknowledges, asks and reports; another one asks what no FAQ knows."""
    chat, founder = sandbox.group(TEAM)
    for text in ("da nhan", QUESTION, *REPORT):
        sandbox.say(founder, chat, text)
    chat, founder = sandbox.group(OTHER_TEAM)
    sandbox.say(founder, chat, "hỏi quạt ở nhà văn hoá hỏng thì báo ai sửa")


def document(browser: Browser) -> bytes:
    """A PDF to send."""
    page = browser.new_page()
    page.set_content(f"<h1>{NUMBER}</h1><p>{ISSUER}</p><p>{SUMMARY}</p>")
    return page.pdf()


def photograph(page: Page, path: Path) -> None:
    page.screenshot(path=path, animations="disabled")


def take(browser: Browser, url: str, folder: Path) -> None:
    """Play, and photograph the groups and the coordinator's chat."""
    sandbox = Sandbox(httpx.Client(base_url=url, timeout=2 * WAIT))
    person = sandbox.person(COORDINATOR)
    chat = f"{person}:{sandbox.bot()}"
    page = browser.new_page(viewport=SIZE, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page.goto(f"{url}/#as={person}&wall")
    page.locator(".wall-head select").select_option("time")
    announce(sandbox, person, chat, ("ke-hoach-tap-huan.pdf", document(browser)))
    answer(sandbox)
    photograph(page, folder / "all-groups.png")
    page.goto(f"{url}/#as={person}&chat={chat}")
    preview = page.locator(".message", has_text=SUMMARY).last
    preview.evaluate("each => each.scrollIntoView({block: 'start'})")
    photograph(page, folder / "chat-page.png")


def main(folder: Path) -> None:
    named = os.environ.get("CHROMIUM") or next(filter(shutil.which, BROWSERS), None)
    if named is None:
        raise SystemExit("There is no Chromium: install it, or name one in CHROMIUM.")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, TemporaryDirectory() as data:
        # Root, as in a container, may start Chromium only without its sandbox.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which(named), args=options)
        with demonstration(data) as url:
            take(browser, url, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
