"""The extension in VS Code itself: packaged, installed, and looked at in a browser.

    npm install --prefix /some/folder code-server@4.100.3
    python tests/editors/vscode.py /some/folder/node_modules/code-server [--picture editor.png]

code-server is VS Code served to a browser; it builds native modules and is too large for every run
of the tests, so that this is a command of its own. What it does is what a user would: open a plan,
look at its colours, at what is underlined, at what is offered and told.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "grammar" / "editors" / "vscode"
PLAN = """plan "seen in VS Code"

# A store of three nodes.
cluster store {
  nodes 3 of ghost
}

let patience = 2s + 500ms

scenario "nothing is lost" {
  wait patience
}
"""
SETTINGS = {
    "planc.command": str(Path(sys.executable).with_name("planc")),
    "workbench.startupEditor": "none",
    "security.workspace.trust.enabled": False,
    "editor.hover.delay": 50,
    "telemetry.telemetryLevel": "off",
}
PATIENCE = 120_000
"""Milliseconds that the editor may take for each step, on a busy machine too."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("server", type=Path)
    parser.add_argument("--picture", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        package(home / "planc.vsix")
        with serving(arguments.server, home) as address, sync_playwright() as library:
            browser = library.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1200, "height": 700})
            page.set_default_timeout(PATIENCE)
            expect.set_options(timeout=PATIENCE)
            try:
                look(page, f"{address}/?folder={home / 'project'}")
            finally:
                if arguments.picture:
                    page.screenshot(path=arguments.picture)
                browser.close()


def package(path: Path) -> None:
    command = ["npx", "vsce", "package", "--allow-missing-repository", "--out", str(path)]
    subprocess.run(command, cwd=EXTENSION, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def serving(server: Path, home: Path) -> Iterator[str]:
    (home / "project").mkdir()
    (home / "project" / "planc.yaml").write_text("backend: sim\n")
    (home / "project" / "a.plan").write_text(PLAN)
    settings = home / "data" / "User" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(SETTINGS))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    node = ["node", str(server), "--user-data-dir", str(home / "data")]
    node += ["--extensions-dir", str(home / "extensions"), "--config", str(home / "config.yaml")]
    environment = {**os.environ, "HOME": str(home)}
    install = [*node, "--install-extension", str(home / "planc.vsix")]
    subprocess.run(install, check=True, env=environment)
    address = f"http://127.0.0.1:{port}"
    options = ["--auth", "none", "--bind-addr", f"127.0.0.1:{port}", "--disable-telemetry"]
    with subprocess.Popen([*node, *options], env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(f"{address}/healthz")
            yield address
        finally:
            process.terminate()


def wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def look(page: Page, address: str) -> None:
    """Do what a user does, and see what a user should see."""
    page.goto(address)
    page.get_by_role("treeitem", name="a.plan").dblclick()
    lines = page.locator(".view-lines")
    expect(lines).to_contain_text("nothing is lost")
    expect(page.locator(".squiggly-error").first).to_be_visible()
    seen("what is wrong is underlined")
    colours = {
        word: page.locator(f".view-line span span:text-is('{word}')").first.evaluate(
            "node => getComputedStyle(node).color"
        )
        for word in ("cluster", "patience")
    }
    assert colours["cluster"] != colours["patience"], colours
    seen(f"a keyword has another colour than a name: {colours}")
    page.locator(".view-line span span:text-is('patience')").first.hover()
    expect(page.locator(".monaco-hover:visible").first).to_contain_text("= 2.5s (duration)")
    seen("a pointer at a name shows its value")
    page.keyboard.press("Escape")
    page.locator(".view-line", has_text="wait").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("wait pat")
    page.keyboard.press("Control+Space")
    offered = page.locator(".suggest-widget .monaco-list-row", has_text="patience")
    expect(offered.first).to_be_visible()
    seen("a name is offered while it is written")


def seen(what: str) -> None:
    print(f"seen: {what}", flush=True)


if __name__ == "__main__":
    main()
