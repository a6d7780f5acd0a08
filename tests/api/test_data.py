"""Data, looks and files over HTTP: who may, what comes back, and what never does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO

import pandas as pd
import pytest

from provefirst.evidence import Kind
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Stage
from tests.api.served import Served, served
from tests.databases import Database
from tests.world import World, done, preregistration

OCTETS = {"Content-Type": "application/octet-stream"}
ROWS = pd.DataFrame({"id": range(300), "x": [n * 7 % 300 / 300 for n in range(300)]}).assign(
    y=lambda frame: (frame["x"] > 0.5).astype(int)
)
ABOUT = '{"name": "Loans of last year", "target": "y", "identifier": "id", "share": 0.5}'
FORM = {"data": {"about": ABOUT}, "files": {"table": ("loans.csv", ROWS.to_csv(index=False).encode(), "text/csv")}}


@pytest.fixture
def both(any_world: World) -> Iterator[Served]:
    with served(any_world.workspace) as made:
        yield made


@pytest.fixture
def key(any_world: World) -> str:
    """An initiative that waits for its data."""
    key = any_world.bring_to(any_world.open(), Stage.DATA_ANALYSIS)
    done(submit(any_world.workspace, key, Kind.PREREGISTRATION, preregistration(), by="dana"))
    return key


def test_data_is_registered_by_its_owner_only_and_looked_at_by_its_scientist_only(
    both: Served, any_world: World, key: str
) -> None:
    path = f"initiatives/{key}"
    for other in ("dana", "olga", "rita", "bea", "root", "anna"):
        assert (other, both.post(f"{path}/data", by=other, **FORM).status_code) == (other, 403)
    registered = both.post(f"{path}/data", by="hans", headers={"Idempotency-Key": "data"}, **FORM)
    assert registered.status_code == 200, registered.text
    [evidence] = both.get(f"{path}/evidence?kind=data_registration", by="dana").json()["rows"]
    labels = any_world.initiative(key).current(Kind.DATA_REGISTRATION).derived["labels"]  # type: ignore[union-attr]
    assert labels not in str(evidence)
    for person in ("dana", "hans", "olga", "root", "anna"):
        assert (person, both.get(f"{path}/files/{labels}", by=person).status_code) == (person, 404)
    sealed = pd.read_parquet(BytesIO(both.get(f"{path}/files/{_sealed(evidence)}", by="dana").content))
    assert list(sealed.columns) == ["id", "x"]
    predictions = sealed.assign(prediction=(sealed["x"] > 0.5).astype(int))[["id", "prediction"]]
    content = predictions.to_csv(index=False).encode()
    for other in ("hans", "olga", "rita", "bea", "root", "anna"):
        refused = both.call("POST", f"{path}/looks", by=other, headers=OCTETS, content=content)
        assert (other, refused.status_code) == (other, 403)
    headers = {**OCTETS, "Idempotency-Key": "look"}
    looked = both.call("POST", f"{path}/looks", by="dana", headers=headers, content=content)
    again = both.call("POST", f"{path}/looks", by="dana", headers=headers, content=content)
    assert (looked.status_code, again.status_code, again.content) == (200, 200, looked.content)
    looks = [one for one in any_world.initiative(key).submissions if one.kind is Kind.LOOK]
    assert len(looks) == 1


def test_a_table_that_is_none_and_a_form_that_lacks_a_part_are_bad_input(both: Served, key: str) -> None:
    path = f"initiatives/{key}/data"
    no_table = both.post(path, by="hans", data={"about": ABOUT}, files={"other": b"x"})
    no_about = both.post(path, by="hans", files=FORM["files"])
    garbage = both.post(path, by="hans", data={"about": ABOUT}, files={"table": ("x.parquet", b"PAR1" + b"\0" * 99)})
    assert [answer.status_code for answer in (no_table, no_about, garbage)] == [422, 422, 422]
    assert [answer.json()["problems"][0]["field"] for answer in (no_table, no_about)] == ["table", "about"]


def test_a_form_in_another_character_set_is_bad_input(both: Served, key: str) -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="about"\r\n\r\n+2AA-\r\n--B--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=B; charset=punycode"}
    answer = both.call("POST", f"initiatives/{key}/data", by="hans", content=body, headers=kind)
    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (422, "charset")


def _sealed(evidence: dict[str, dict[str, str]]) -> str:
    return next(digest for name, digest in evidence["attachments"].items() if name.startswith("sealed_features"))


def test_pages_go_on_where_the_one_before_ended_whatever_was_written_meanwhile(
    both: Served, any_world: World, database: Database
) -> None:
    keys = [any_world.open() for _ in range(5)]
    first = both.get("initiatives?sort=opened_at&limit=2", by="anna").json()
    any_world.open()
    second = both.get("initiatives", params={"sort": "opened_at", "limit": 2, "after": first["next"]}, by="anna").json()
    third = both.get("initiatives", params={"sort": "opened_at", "limit": 9, "after": second["next"]}, by="anna").json()
    told = [row["key"] for page in (first, second, third) for row in page["rows"]]
    assert (told[:5], len(told), third["next"]) == (keys, 6, None)
    assert both.get("initiatives?after=nonsense", by="anna").status_code == 422


def test_history_is_told_page_by_page(both: Served, any_world: World) -> None:
    key = any_world.bring_to(any_world.open(), Stage.REPLICATION)
    rows, after = [], 0
    while after is not None:
        page = both.get(f"initiatives/{key}/history?limit=3&after={after}", by="anna").json()
        rows += page["rows"]
        after = page["next"]
    assert [row["version"] for row in rows] == list(range(1, any_world.initiative(key).version + 1))


def test_data_at_a_url_are_asked_for_by_their_owner_and_only_from_where_they_may_be_read(
    both: Served, any_world: World, key: str
) -> None:
    path, wish = f"initiatives/{key}/data-requests", {"url": "s3://warehouse/loans.csv", "about": json.loads(ABOUT)}
    refused = both.post(path, by="hans", json=wish)
    assert (refused.status_code, "nothing, as things are set" in refused.text) == (422, True)
    settings = any_world.workspace.settings
    allowed = settings.data.model_copy(update={"places": ("s3://warehouse/",)})
    any_world.workspace.settings = settings.model_copy(update={"data": allowed})
    for other in ("dana", "olga", "rita", "bea", "root", "anna"):
        assert (other, both.post(path, by=other, json=wish).status_code) == (other, 403)
    for url in ("http://169.254.169.254/latest/", "file:///etc/passwd", "s3://warehouse/../other", ""):
        assert (url, both.post(path, by="hans", json={**wish, "url": url}).status_code) == (url, 422)
    asked = both.post(path, by="hans", json=wish)
    assert (asked.status_code, asked.json()["entries"][0]["event"]) == (200, "data.requested")
    [waiting] = both.get(f"initiatives/{key}", by="hans").json()["arrivals"]
    assert (waiting["place"], waiting["status"], waiting["by"]) == ("s3://warehouse/loans.csv", "waiting", "hans")
