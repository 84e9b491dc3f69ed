"""Wrong input of every kind is answered, and the kernel answers the next cell."""

import os
import random
import signal
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image


def write_table(folder, rows=200_000):
    """A Parquet file of some size in `folder`."""
    table = pa.table({"k": np.arange(rows) % 1000, "x": np.arange(rows, dtype=float)})
    pq.write_table(table, folder / "t.parquet", row_group_size=20_000)


def fail(session, code):
    """The cell fails with exactly one error, in text, and the kernel lives."""
    result = session.run(code)
    assert result.status == "error", result.outputs
    error = result.error
    assert error["evalue"] == result.reply["evalue"]
    assert "\x1b" not in error["evalue"]
    assert "panicked" not in str(error)
    assert session.alive()
    return error


def test_an_unknown_column_is_underlined_and_the_right_one_named(session):
    error = fail(session, '[{metres: 1}] | where metre > 1')
    assert "metre" in error["evalue"]
    traceback = "\n".join(error["traceback"])
    assert "where metre > 1" in traceback.replace("\x1b[0m", "") or "metre" in traceback
    assert "metres" in traceback


def test_several_errors_of_one_cell_are_all_told(session):
    error = fail(session, "range(3)\n| where nope > 1\n| derive a = sqroot(id)\n| sorted id")
    traceback = "\n".join(error["traceback"])
    for word in ("nope", "sqroot", "sorted"):
        assert word in traceback


def test_a_type_mix_up_names_both_types(session):
    error = fail(session, '[{a: 1, b: "x"}] | derive c = a + b')
    told = error["evalue"] + "\n".join(error["traceback"])
    assert "int" in told and "str" in told


def test_a_missing_file_is_named(session):
    assert "nowhere.parquet" in fail(session, 'read_parquet("nowhere.parquet")')["evalue"]


@pytest.mark.parametrize("kept", [0, 3, 4, 100, 5_000, -8, -1])
def test_truncated_parquet(fresh, tmp_path, kept):
    write_table(tmp_path)
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[:kept])
    assert "cut.parquet" in fail(fresh, 'read_parquet("cut.parquet")')["evalue"]


def test_parquet_with_damaged_pages(fresh, tmp_path):
    write_table(tmp_path)
    whole = bytearray((tmp_path / "t.parquet").read_bytes())
    middle = len(whole) // 3
    whole[middle : middle + 4_000] = random.Random(1).randbytes(4_000)
    (tmp_path / "bad.parquet").write_bytes(whole)
    fail(fresh, 'read_parquet("bad.parquet") | agg { n = count(x), s = sum(x), k = max(k) }')


def test_ragged_csv_names_file_and_line(fresh, tmp_path):
    (tmp_path / "r.csv").write_text("a,b\n1,2\n3,4,5\n6\n")
    error = fail(fresh, 'read_csv("r.csv")')
    assert "r.csv" in error["evalue"] and "3" in error["evalue"]


def test_a_corrupt_picture(fresh, tmp_path):
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "good.jpg")
    data = (tmp_path / "good.jpg").read_bytes()
    (tmp_path / "bad.jpg").write_bytes(b"not a picture")
    (tmp_path / "cut.jpg").write_bytes(data[: len(data) // 3])
    error = fail(fresh, 'glob("bad.jpg") | derive img = path.download().decode_image()')
    assert "picture" in error["evalue"] and "bad.jpg" in error["evalue"], error
    result = fresh.run(
        'glob("*.jpg") | derive img = path.download().decode_image(on_error: null)'
        " | where img is null | agg { bad = count() }"
    )
    assert result.status == "ok", result.reply
    # Some decoders show what there is of a picture that was cut.
    assert result.data["application/vnd.dataresource+json"]["data"] in ([{"bad": 1}], [{"bad": 2}])


def test_a_cell_of_a_megabyte(session):
    assert session.run("# " + "x" * 1_000_000 + "\n1 + 1").text == "2"
    fail(session, "(" * 1_000_000)
    fail(session, "range(3) | where id > 1 " + "and id > 1 " * 90_000 + "and")


def test_binary_garbage(session):
    rng = random.Random(7)
    for _ in range(20):
        code = "".join(chr(rng.randrange(0x1, 0xD7FF)) for _ in range(300))
        assert session.run(code).status in ("ok", "error")
    fail(session, "\x00\x01\x02 range(3) \x7f |||")
    assert session.alive()


def test_a_hundred_thousand_rows_are_previewed(session):
    result = session.run("range(100_000)")
    assert result.status == "ok"
    assert len(result.html) < 500_000
    assert "100" in result.html


def test_garbage_on_the_sockets_is_dropped(session):
    shell = session.client.shell_channel.socket
    for frames in (
        [b""],
        [b"no delimiter"],
        [b"<IDS|MSG>"],
        [b"<IDS|MSG>", b"", b"{}", b"{}", b"{}", b"{}"],
        [b"<IDS|MSG>", b"0" * 64, b'{"msg_type":"execute_request"}', b"{}", b"{}", b"{}"],
        [b"<IDS|MSG>", b"\xff\xfe", b"\xff", b"\xff", b"\xff", b"\xff"],
    ):
        shell.send_multipart(frames)
    assert session.alive()


def test_a_wrongly_signed_cell_does_not_run(session):
    wire = session.client.session
    key = wire.key
    try:
        wire.key = b"another key"
        session.start("let stolen = range(1)")
    finally:
        wire.key = key
    assert session.alive()
    assert "stolen" in fail(session, "stolen")["evalue"]


@pytest.mark.parametrize("how", ["message", "signal"])
def test_an_interrupt_ends_the_query_and_keeps_the_session(fresh, tmp_path, how):
    write_table(tmp_path, rows=50_000)
    assert fresh.run("let kept = range(7)").status == "ok"
    heavy = "range(2_000_000_000) | derive k = id * 7 % 100_003 | group k { s = sum(id) } | agg { max(s) }"
    msg_id = fresh.start(heavy)
    time.sleep(1.0)
    begun = time.monotonic()
    if how == "message":
        fresh.manager.interrupt_kernel()
    else:
        os.kill(fresh.manager.provisioner.process.pid, signal.SIGINT)
    result = fresh.finish(msg_id, timeout=20)
    took = time.monotonic() - begun
    assert result.status == "error"
    assert "interrupt" in (result.error["ename"] + result.error["evalue"]).lower()
    assert took < 2.0, f"{took:.2f} s from interrupt to prompt"
    assert fresh.run("kept | agg { n = count() }").status == "ok"
    assert fresh.alive()
