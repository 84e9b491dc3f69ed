"""The wheel in `dist/`, installed into an environment that has nothing else of ours."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support import ROOT

CELL = """
import json, sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="weft")
seen = []
reply = client.execute_interactive(
    "range(4) | agg { total = sum(id) }", timeout=30, output_hook=seen.append)
client.stop_channels()
manager.shutdown_kernel()
data = [m["content"]["data"] for m in seen if m["msg_type"] == "execute_result"]
json.dump({"status": reply["content"]["status"], "data": data}, sys.stdout)
"""


@pytest.fixture(scope="module")
def wheel():
    (path,) = (ROOT / "dist").glob("weft-*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """The Python of a clean environment with the wheel and jupyter_client; runs without activation."""
    folder = tmp_path_factory.mktemp("clean") / "env"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    path = folder / "bin" / "python"
    subprocess.run(
        [path, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        + ["--constraint", ROOT / "requirements" / "constraints.txt", wheel, "jupyter_client"],
        check=True,
    )
    return path


def clean(python, *arguments):
    """Run that Python with nothing of ours in its surroundings; returns its output."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "WEFT", "PYTHON"))}
    kept["PATH"] = "/usr/bin:/bin"
    done = subprocess.run(
        [python, *arguments], env=kept, cwd="/", capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_carries_binary_spec_logos_and_licence(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for end in (
        "scripts/weft",
        "share/jupyter/kernels/weft/kernel.json",
        "share/jupyter/kernels/weft/logo-32x32.png",
        "share/jupyter/kernels/weft/logo-64x64.png",
        "share/jupyter/kernels/weft/logo-svg.svg",
        "licenses/LICENSE",
    ):
        assert any(name.endswith(end) for name in names), (end, names)


def test_jupyter_finds_the_kernel(python):
    specs = json.loads(clean(python, "-m", "jupyter", "kernelspec", "list", "--json"))
    spec = specs["kernelspecs"]["weft"]
    assert spec["spec"]["display_name"] == "Weft"
    assert Path(spec["resource_dir"]).is_relative_to(python.parent.parent)


def test_a_cell_runs(python):
    answer = json.loads(clean(python, "-c", CELL))
    assert answer["status"] == "ok"
    (data,) = answer["data"]
    assert "6" in data["text/plain"]
    assert "<table" in data["text/html"]


def test_doctor_is_content(python):
    surroundings = os.environ | {"VIRTUAL_ENV": str(python.parent.parent)}
    done = subprocess.run(
        [python.parent / "weft", "doctor"], env=surroundings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
