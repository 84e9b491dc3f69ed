"""Streams, questions to the user, pages and cleared output, as a front end sees them."""


def answer(session, code, value):
    """Run a cell that asks once; give `value`; return the request and the result."""
    msg_id = session.start(code, allow_stdin=True)
    request = session.client.get_stdin_msg(timeout=10)["content"]
    session.client.input(value)
    return request, session.finish(msg_id)


def test_input_reaches_the_session(session):
    request, result = answer(session, 'let name = input("Name: ")\n$name', "Ada")
    assert request == {"prompt": "Name: ", "password": False}
    assert result.status == "ok"
    assert "Ada" in result.text


def test_a_secret_is_asked_for_as_a_password(session):
    request, result = answer(session, 'let token = input("Token: ", secret: true)', "s3cret")
    assert request == {"prompt": "Token: ", "password": True}
    assert result.status == "ok"
    assert "s3cret" not in str(result.outputs)


def test_input_without_a_user_is_an_error(session):
    result = session.run('let name = input("Name: ")', allow_stdin=False)
    assert result.status == "error"
    assert session.alive()


def test_print_goes_to_the_stream_it_names(session):
    result = session.run('print("to out")\nprint("to err", to: "stderr")')
    streams = {(s["name"], s["text"].strip()) for s in result.of_type("stream")}
    assert streams == {("stdout", "to out"), ("stderr", "to err")}


def test_help_is_a_page_and_no_output(session):
    result = session.run("help where")
    (page,) = result.reply["payload"]
    assert page["source"] == "page"
    assert "where" in page["data"]["text/plain"]
    assert result.outputs == []


def test_show_is_display_data_and_the_last_pipeline_the_result(session):
    result = session.run("range(2) | show\nrange(3)")
    kinds = [o["msg_type"] for o in result.outputs]
    assert kinds == ["display_data", "execute_result"]
    for content in result.of_type("display_data", "execute_result"):
        assert {"text/html", "text/plain"} <= content["data"].keys()
        assert content["metadata"] is not None


def test_silent_cells_say_nothing(session):
    result = session.run("range(3)", silent=True)
    assert result.status == "ok"
    assert result.of_type("execute_result", "display_data", "stream") == []


def test_names_live_as_long_as_the_kernel(session):
    assert session.run("let kept = range(5)").outputs == []
    assert "10" in session.run("kept | agg { total = sum(id) }").text


def test_an_error_stops_the_cells_behind_it(session):
    first = session.start("range(3) | where nope")
    second = session.start("1 + 1")
    assert session.finish(first).status == "error"
    assert session.finish(second).status in ("aborted", "error")
    assert session.alive()
