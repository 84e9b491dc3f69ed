"""The questions: for each a Weft file and the SQL for the peers, of the same name."""

from dataclasses import dataclass
from pathlib import Path

from support import ROOT

SETS = {"tpch": ROOT / "tests" / "tpch", "frames": Path(__file__).parent}


@dataclass(frozen=True)
class Query:
    """A question and the set it is from."""

    set: str
    weft: Path

    @property
    def name(self):
        return self.weft.stem

    @property
    def sql(self):
        return self.weft.with_suffix(".sql").read_text()


def queries(name):
    """The questions of a set, in order."""
    return [Query(name, path) for path in sorted(SETS[name].glob("*.weft"))]
