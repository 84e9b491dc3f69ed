"""Where things are, for every suite."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def binary():
    """The path of the `weft` to test: `WEFT_BIN`, else the release build."""
    if chosen := os.environ.get("WEFT_BIN"):
        return Path(chosen).resolve()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return (target / "release" / "weft").resolve()
