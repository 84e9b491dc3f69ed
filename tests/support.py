"""Where things are, for every suite."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def binary():
    """The path of the `weft` to test: `WEFT_BIN`, else the release build."""
    if chosen := os.environ.get("WEFT_BIN"):
        return Path(chosen).resolve()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return (target / "release" / "weft").resolve()


def tpch_folder(scale):
    """The folder of TPC-H's tables at a scale, as Parquet, generated once."""
    folder = ROOT / "tests" / "data" / f"tpch-{scale}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        generator = Path(sys.executable).with_name("tpchgen-cli")
        subprocess.run([generator, "parquet", "--scale-factor", scale, "--output-dir", folder], check=True)
        (folder / "complete").touch()
    return folder
