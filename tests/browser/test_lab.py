"""JupyterLab in headless Chromium: a person opens the tour and runs it.

Keeps screenshots in `test-results/`; a part of the first is also the README's
picture (`docs/tour.png`), refreshed when `WEFT_UPDATE_PICTURE` is set.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect, sync_playwright

from support import ROOT

RESULTS = ROOT / "test-results"
# Each would set `window.hit`, open a dialog or move its neighbours, if it were more than text.
HOSTILE = [
    "<script>window.hit = 1; alert(1)</script>",
    "<img src=x onerror='window.hit = 2; alert(2)'>",
    "</td></tr></table><svg onload='window.hit = 3'>",
    "\"'><b onmouseover='window.hit = 4'>bold</b>",
    "<iframe srcdoc='<script>parent.hit = 5</script>'></iframe>",
    "<a href='javascript:window.hit = 6'>link</a>",
    "<style>body { display: none }</style>",
    "&lt;i&gt; &amp; &#60;",
    "bell\x07escape\x1b[31mred\x1b[0m",
    "right\u202eto left",
    "tab\tand\r\nline",
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium():
    """The browser to drive; it comes with the machine, not with the tests."""
    path = os.environ.get("WEFT_CHROMIUM") or shutil.which("chromium")
    path = path or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium on the path; WEFT_CHROMIUM names one"
    return path


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab over a copy of the notebooks; yields its address and token."""
    folder = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder)
    write_hostile_notebook(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    RESULTS.mkdir(exist_ok=True)
    with open(RESULTS / "jupyterlab.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
            + [f"--port={port}", "--ServerApp.ip=127.0.0.1", f"--IdentityProvider.token={token}"]
            + [f"--ServerApp.root_dir={folder}", f"--LabApp.user_settings_dir={settings(folder)}"],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_up(server, f"{address}/api/status?token={token}")
            yield address, token
        finally:
            server.terminate()
            server.wait(timeout=20)


def write_hostile_notebook(folder):
    """`hostile.ipynb`, over a table whose names and values would be active content."""
    columns = {f"{i} {text}": [text, None] for i, text in enumerate(HOSTILE)}
    columns["nested"] = [[{"<u>key</u>": text} for text in HOSTILE], []]
    pq.write_table(pa.table(columns), folder / "hostile.parquet")
    table = 'read_parquet("hostile.parquet")'
    cells = [table] + [f"{table} | {stage}" for stage in ("schema", "describe", "explain")]
    cells += [f"print({json.dumps(HOSTILE[1])})", json.dumps(HOSTILE[1])]
    cells += [f"read_parquet({json.dumps(HOSTILE[1])})"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    notebook.cells[-1].metadata["tags"] = ["raises-exception"]
    notebook.metadata["kernelspec"] = {"name": "weft", "display_name": "Weft", "language": "weft"}
    nbformat.write(notebook, folder / "hostile.ipynb")


def settings(folder):
    """JupyterLab's user settings: it asks for no news and looks for no update."""
    home = folder.parent / "settings"
    own = home / "@jupyterlab" / "apputils-extension"
    own.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (own / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    return home


def wait_until_up(server, url, timeout=60):
    """Returns when the server answers; fails when it ends or takes too long."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        assert server.poll() is None, "JupyterLab ended: see test-results/jupyterlab.log"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                json.load(answer)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise AssertionError("JupyterLab did not start: see test-results/jupyterlab.log")


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


def open_notebook(browser, lab, name):
    """A page with this notebook, tall enough that JupyterLab, which renders only
    what is near the view, attaches every cell.
    """
    address, token = lab
    page = browser.new_page(viewport={"width": 1280, "height": 12_000})
    page.goto(f"{address}/lab/tree/{name}?token={token}&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    return page


@pytest.fixture(scope="module")
def page(browser, lab):
    """The tour, opened."""
    page = open_notebook(browser, lab, "tour.ipynb")
    try:
        yield page
    finally:
        page.screenshot(path=RESULTS / "last.png")
        page.close()


def wait_for_kernel(page, lab, timeout=60):
    """Until the server has heard the notebook's kernel, and the page is connected to it."""
    address, token = lab
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        sessions = page.request.get(f"{address}/api/sessions?token={token}").json()
        kernels = [session["kernel"] for session in sessions]
        if any(k["execution_state"] == "idle" and k["connections"] > 0 for k in kernels):
            break
        page.wait_for_timeout(200)
    expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
        "data-status", "idle", timeout=10_000
    )


PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')].map(p => p.textContent)"


def run_all(page):
    """Run > Run All Cells, by the menu; waits until no cell is queued or running.

    While the page is still connecting on a busy machine the command may find nothing to do: it is given again when
    some cell has not run and none is queued or running.
    """
    for attempt in range(3):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        try:
            page.wait_for_function(
                f"() => {{ const p = {PROMPTS}; return p.length > 0 && p.every(t => /\\[\\d+\\]/.test(t)); }}",
                timeout=45_000,
            )
            return
        except PlaywrightTimeout:
            prompts = page.evaluate(f"() => {PROMPTS}")
            if attempt == 2 or any("*" in prompt for prompt in prompts):
                raise


def test_the_tour_runs_in_the_page(page, lab):
    wait_for_kernel(page, lab)
    run_all(page)

    tables = page.locator(".jp-OutputArea-output table")
    assert tables.count() >= 8
    expect(tables.filter(has_text="herringbone").first).to_be_visible()

    thumbnails = page.locator(".jp-OutputArea-output table img")
    assert thumbnails.count() >= 5
    widths = thumbnails.evaluate_all("images => images.map(i => i.complete && i.naturalWidth)")
    assert all(width > 0 for width in widths), widths

    alone = page.locator(".jp-RenderedImage img")
    assert alone.count() >= 1
    assert alone.first.evaluate("i => i.naturalWidth") > 100

    error = page.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]')
    error = error.or_(page.locator('[data-mime-type="application/vnd.jupyter.error"]'))
    assert "metre" in error.first.inner_text()
    keep_picture(page)


def keep_picture(page):
    """The whole notebook, and the part of it that the README shows."""
    last = page.locator(".jp-Notebook .jp-Cell").last.bounding_box()
    page.set_viewport_size({"width": 1280, "height": int(last["y"] + last["height"]) + 40})
    page.wait_for_timeout(300)
    page.screenshot(path=RESULTS / "tour.png")
    if os.environ.get("WEFT_UPDATE_PICTURE"):
        take_readme_picture(page)


def take_readme_picture(page):
    """The notebook without the folder beside it, at the cell that joins sales and pictures."""
    page.locator(".jp-SideBar.jp-mod-left .lm-TabBar-tab.lm-mod-current").click()
    page.set_viewport_size({"width": 960, "height": 760})
    page.wait_for_timeout(500)
    cell = page.locator(".jp-CodeCell").filter(has_text="swatch = picture")
    cell.evaluate("cell => cell.previousElementSibling.scrollIntoView({block: 'start'})")
    page.mouse.move(2, 2)
    page.wait_for_timeout(1_000)
    (ROOT / "docs").mkdir(exist_ok=True)
    page.screenshot(path=ROOT / "docs" / "tour.png")


def test_a_cell_typed_by_hand_completes_and_runs(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.press("Escape")
    page.locator(".jp-Notebook .jp-Cell").last.click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type("range(3) | unl")
    page.keyboard.press("Tab")
    offered = page.locator(".jp-Completer")
    expect(offered).to_be_visible(timeout=10_000)
    expect(offered).to_contain_text("unless")
    expect(offered).to_contain_text("verb")
    page.screenshot(path=RESULTS / "completion.png")
    page.keyboard.press("Enter")
    expect(page.locator(".jp-CodeCell .cm-content").last).to_contain_text("unless", timeout=10_000)
    page.keyboard.type(" id > 0")
    page.keyboard.press("Shift+Enter")
    output = page.locator(".jp-CodeCell").filter(has_text="unless id > 0").locator("table")
    expect(output.first).to_be_visible(timeout=20_000)
    page.screenshot(path=RESULTS / "typed.png")


def test_hostile_values_stay_text(browser, lab):
    page = open_notebook(browser, lab, "hostile.ipynb")
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    try:
        wait_for_kernel(page, lab)
        run_all(page)
        page.wait_for_timeout(500)
        page.set_viewport_size({"width": 1280, "height": 1_600})
        page.screenshot(path=RESULTS / "hostile.png")

        outputs = page.locator(".jp-OutputArea-output")
        # JupyterLab itself makes links of the paths in an error.
        kinds = "script, svg, iframe, style, img, u, a[href^=javascript]"
        active = outputs.locator(f"{kinds}, [onerror], [onload], [onmouseover]")
        assert active.count() == 0, active.first.evaluate("e => e.outerHTML")
        shown = outputs.first.inner_text()
        for text in HOSTILE[:8]:
            assert shown.count(text) >= 2, text  # as a column's name and as its value
        for control in "\x07\x1b\u202e":
            assert control not in shown
        assert page.evaluate("window.hit") is None
        assert dialogs == []
    finally:
        page.close()
