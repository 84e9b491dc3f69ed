"""Values that look like markup stay text: in cells, in names, in errors."""

import json
import os
from html.parser import HTMLParser

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></tr></table><svg onload=alert(1)>",
    "\"><b onmouseover='x'>",
    "&lt;i&gt; &amp; &#60;",
    "javascript:alert(1)",
    "`$(touch x)`\\",
    "bell\x07escape\x1b[31mred\x1b[0m",
    "right\u202eto left\u202c",
    "zero\u200bwidth\ufeff",
    "tab\tand\nline\r\nends",
    "\U0001f9f5 na\u00efve e\u0301",
]
ALLOWED = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "div", "span", "style", "details"}
ALLOWED |= {"summary", "br", "img", "p", "small", "pre", "code", "ul", "li", "b", "i", "em", "caption"}
ALLOWED |= {"strong", "col", "colgroup", "dl", "dt", "dd"}


class Audit(HTMLParser):
    """Fails on any element or attribute that a table has no need of."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.words = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        assert tag in ALLOWED, tag
        for name, value in attributes:
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "href"):
                assert value.startswith("data:image/"), (tag, name, value)

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return "".join(self.words)


@pytest.fixture
def hostile_file(tmp_path):
    """Every hostile string as a column's name and as its value, also nested."""
    columns = {f"{i} {name}": [name] for i, name in enumerate(HOSTILE)}
    columns["nested"] = [[{"<u>key</u>": value} for value in HOSTILE]]
    pq.write_table(pa.table(columns), tmp_path / "<b>hostile<b>.parquet")


def test_cells_and_names_are_escaped(fresh, hostile_file):
    result = fresh.run('read_parquet("<b>hostile<b>.parquet")')
    assert result.status == "ok", result.reply
    page = Audit(result.html)
    for value in HOSTILE[:7]:
        assert page.text.count(value) >= 2, value  # as name and as value
    for control in "\x07\x1b\x00":
        assert control not in result.html


def test_schema_and_plan_are_escaped(fresh, hostile_file):
    for stage in ("schema", "describe", "explain"):
        result = fresh.run(f'read_parquet("<b>hostile<b>.parquet") | {stage}')
        assert result.status == "ok", (stage, result.reply)
        Audit(result.data.get("text/html", ""))
        assert "\x1b" not in result.text


@pytest.mark.parametrize("value", HOSTILE[:7])
def test_errors_repeat_hostile_text_as_text(fresh, value):
    result = fresh.run(f"read_parquet({json.dumps(value)})")
    assert result.status == "error"
    assert all(o["msg_type"] == "error" for o in result.outputs)
    assert fresh.alive()


def test_a_row_of_the_table_cannot_end_the_table(fresh, hostile_file):
    page = fresh.run('read_parquet("<b>hostile<b>.parquet")').html
    assert page.count("<table") == page.count("</table>")
    assert page.count("<tr") == page.count("</tr>")


def naughty():
    """The hostile strings, and the big list of naughty strings where the machine has it."""
    corpora = os.environ.get("WEFT_CORPORA")
    if not corpora:
        return HOSTILE
    with open(os.path.join(corpora, "naughty-strings", "blns.json"), encoding="utf-8") as file:
        return HOSTILE + json.load(file)


def test_naughty_strings_are_shown_as_they_are(fresh, tmp_path):
    strings = naughty()
    table = pa.table({"id": range(len(strings)), "value": strings})
    pq.write_table(table, tmp_path / "naughty.parquet")
    for start in range(0, len(strings), 10):
        stop = start + 10
        result = fresh.run(f'read_parquet("naughty.parquet") | where id in {start}..<{stop}')
        assert result.status == "ok", result.reply
        page = Audit(result.html)
        for value in strings[start:stop]:
            if len(value) < 60 and value.isprintable() and " " * 2 not in value:
                assert value in page.text, value
