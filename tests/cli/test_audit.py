"""The ledger held against checkpoints, an initiative given away in a file, webhooks kept by an admin."""

from tests.cli.test_keeping import change, with_files


def test_without_a_checkpoint_it_is_said_that_nobody_would_miss_the_newest(terminal):
    terminal.opened()
    assert "no checkpoint says whether the newest were cut off" in terminal.does("audit", "verify")


def test_entries_cut_off_are_missed_by_a_checkpoint(terminal):
    key = terminal.opened()
    signed = terminal.json("checkpoint", "--to", str(terminal.folder / "elsewhere"))
    version = terminal.json("show", key)["version"]
    change(terminal, f"DELETE FROM entry WHERE initiative = '{key}' AND version > {version - 2}")

    answer = terminal.json("audit", "verify", "--checkpoint", signed["file"], "--key", signed["key"])

    first = answer["problems"][0]
    assert (first["initiative"], first["version"]) == (key, version - 1)
    assert terminal.run("audit", "verify", "--checkpoint", signed["file"]).exit_code == 1


def test_another_key_than_the_one_written_down_is_not_believed(terminal):
    terminal.opened()
    signed = terminal.json("checkpoint")

    assert terminal.json("audit", "verify", "--key", signed["key"])["ok"]
    assert not terminal.json("audit", "verify", "--key", "0" * 16)["ok"]


def test_a_rotated_key_leaves_old_checkpoints_good(terminal):
    terminal.opened()
    old = terminal.json("checkpoint")["key"]
    new = terminal.json("audit", "rotate")["key"]
    terminal.opened()

    assert terminal.json("checkpoint")["key"] == new
    assert [key["id"] for key in terminal.json("audit", "keys")["keys"]] == [old, new]
    answer = terminal.json("audit", "verify", "--key", old)
    assert (answer["ok"], answer["checkpoints"]) == (True, 2)


def test_an_export_is_checked_where_there_is_no_data_folder(terminal):
    key = with_files(terminal)
    file = str(terminal.folder / "bundle.zip")
    made = terminal.json("audit", "export", key, file, as_="olga")

    answer = terminal.json("audit", "verify", file, "--key", made["key"], "--home", "nowhere")

    assert (answer["ok"], answer["initiative"], answer["files"]) == (True, key, 1)
    assert "compare its id" in terminal.does("audit", "verify", file, "--home", "nowhere")


def test_a_file_that_is_no_bundle_is_bad_input(terminal):
    (terminal.folder / "notes.txt").write_text("as found" * 10)
    result = terminal.run("audit", "verify", str(terminal.folder / "notes.txt"))
    assert result.exit_code == 2
    assert "a plain zip, with nothing after it" in result.stderr.replace("\n", " ")


def test_a_webhook_is_added_listed_rotated_and_removed_by_an_admin(terminal):
    made = terminal.json("webhooks", "add", "https://example.org/hook", "--event", "gate.opened", as_="root")
    hook = made["webhook"]
    listed = {
        "id": hook,
        "url": "https://example.org/hook",
        "events": ["gate.opened"],
        "is_active": True,
        "problem": "",
    }

    assert terminal.json("webhooks", "list") == {"webhooks": [listed]}
    assert terminal.json("webhooks", "messages", hook) == {"messages": []}
    assert terminal.json("webhooks", "rotate", hook, as_="root")["secret"] != made["secret"]
    assert terminal.run("webhooks", "remove", hook, as_="olga").exit_code == 3
    terminal.does("webhooks", "remove", hook, as_="root")
    assert terminal.json("webhooks", "list") == {"webhooks": []}


def test_a_webhook_inside_is_refused_in_the_clear(terminal):
    assert terminal.run("webhooks", "add", "http://127.0.0.1/hook", as_="root").exit_code == 2
