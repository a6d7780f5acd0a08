"""Bad input, all of it: each table is either assessed with its flaw found, or refused with a sentence that names it."""

from __future__ import annotations

import gzip
import io
import resource
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from provefirst.checks.asking import Question
from provefirst.checks.assessment import Assessment, assess
from provefirst.errors import InvalidInputError
from provefirst.holdout import sources
from provefirst.holdout.sources import load
from tests.checks.cases import shop


def asked(data: pd.DataFrame | bytes | Path, **more: object) -> Assessment:
    return assess(data, Question("y", 0.7, **more))  # type: ignore[arg-type]


def level(found: Assessment, code: str) -> tuple[str, str]:
    return next((one.level.value, one.message) for one in found.findings if one.code == code)


def crashed(found: Assessment) -> list[str]:
    return [one.code for one in found.findings if one.level.value == "crashed"]


def csv(frame: pd.DataFrame, **more: object) -> bytes:
    return frame.to_csv(index=False, **more).encode()  # type: ignore[call-overload, no-any-return]


def as_parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    return sink.getvalue()


def test_a_missing_target_is_told_with_the_nearest() -> None:
    with pytest.raises(InvalidInputError, match="target: 'yy'"):
        assess(shop(100), Question("yy", 0.7))


def test_one_class_is_told() -> None:
    with pytest.raises(InvalidInputError, match="1 distinct value"):
        asked(csv(shop(100).assign(y="yes")))


def test_one_row_is_told() -> None:
    with pytest.raises(InvalidInputError, match="1 rows with a target"):
        asked(csv(shop(1)))


def test_a_column_of_nothing_is_found_and_stops_nothing() -> None:
    found = asked(csv(shop(600).assign(nothing=None)))
    assert level(found, "PF104")[0] == "warning"
    assert "nothing" in level(found, "PF104")[1]
    assert crashed(found) == []


def test_a_million_categories_are_read_and_none_of_them_becomes_a_column() -> None:
    rows = 1_000_000
    frame = pd.DataFrame({"word": pd.array([f"w{n}" for n in range(rows)], dtype="str"), "a": np.arange(rows) % 7})
    frame["y"] = (np.arange(rows) // 3) % 2
    found = assess(frame, Question("y", 0.7), codes=frozenset({"PF104", "PF201"}))
    assert level(found, "PF104")[0] == "warning"
    assert "word" in level(found, "PF104")[1]
    assert crashed(found) == []


def test_two_encodings_in_one_file_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = shop(20_000).assign(city="Zürich")
    lines = csv(frame).split(b"\n")
    old = [line.decode().encode("latin1") for line in lines[15_000:]]
    content = b"\n".join([*lines[:15_000], *old])
    (tmp_path / "mixed.csv").write_bytes(content)
    assert len(load(content).frame) == 20_000
    monkeypatch.setattr(sources, "WHOLE", 1000)
    streamed = load(tmp_path / "mixed.csv").frame
    assert (len(streamed), "Zürich" in set(streamed["city"])) == (20_000, True)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'a,y\n1,0\n2,"1\n3,0\n4,1\n', "runs over several lines to the end"),
        (b'a,y\n"1,0\n2,1\n3,0\n', "can't be read"),
        (b'a,y\n1,0\n"2""x",1\n3\n', "line 4: 1 fields where the header has 2"),
    ],
)
def test_wrong_quotes_are_told_with_their_place(content: bytes, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        asked(content)


@pytest.mark.parametrize("nested", [[[1], [2]], [{"b": 1}, {"b": 2}], [[("k", 1)], [("k", 2)]]])
def test_parquet_of_nested_types_is_told_by_column(nested: list[object]) -> None:
    kind = pa.map_(pa.string(), pa.int64()) if isinstance(nested[0], list) and isinstance(nested[0][0], tuple) else None
    table = pa.table({"deep": pa.array(nested, kind), "y": [0, 1]})
    with pytest.raises(InvalidInputError, match="nested column 'deep'"):
        asked(as_parquet(table))


def test_infinite_values_are_gaps_in_a_column_and_no_target() -> None:
    frame = shop(600).astype({"y": "float64"})
    frame.loc[:9, "y"] = np.inf
    frame["a"] = frame["a"].where(frame.index % 5 > 0, -np.inf)
    found = asked(frame)
    assert (found.rows["without_target"], crashed(found)) == (10, [])


@pytest.mark.parametrize("style", ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S+01:00"])
def test_dates_as_text_split_by_time(style: str) -> None:
    days = pd.date_range("2024-01-01", periods=600).strftime(style).astype("str")
    assert asked(csv(shop(600).assign(ordered_at=days))).split["by"] == "time"


def test_a_date_that_is_none_among_dates_is_told_where_time_is_named() -> None:
    days = pd.date_range("2024-01-01", periods=600).strftime("%Y-%m-%d").to_series(index=range(600))
    days[300] = "soon"
    with pytest.raises(InvalidInputError, match="'soon'"):
        asked(csv(shop(600).assign(ordered_at=days)), time="ordered_at")


def test_ids_that_are_there_twice_are_told_where_they_are_said_to_name_rows() -> None:
    frame = shop(600).assign(order_id=lambda f: f.index // 2)
    with pytest.raises(InvalidInputError, match="order_id, of which 300 rows repeat a value"):
        asked(frame, identifier="order_id")
    assert crashed(asked(frame)) == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("zip", b"PK\x03\x04" + b"\0" * 100, "a zip archive"),
        ("gzip", gzip.compress(b"a,y\n" + b"0,1\n" * 10**7, mtime=0), "a gzip file"),
    ],
)
def test_what_would_grow_is_refused_before_it_does(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    for given in (content, tmp_path / name):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(InvalidInputError, match=told):
            asked(given)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_a_small_parquet_file_of_very_many_rows_is_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "WHOLE_CELLS", 100_000)
    monkeypatch.setattr(sources, "CELLS", 40_000)
    frame = pd.concat([shop(1000)] * 200, ignore_index=True)
    parquet.write_table(pa.Table.from_pandas(frame), tmp_path / "many.parquet", compression="zstd")
    found = asked(tmp_path / "many.parquet")
    assert found.rows["total"] == 200_000
    assert found.rows["read"] < 20_000


def test_cells_that_are_formulas_are_text_wherever_they_are_shown() -> None:
    from provefirst.checks.assessment_page import html

    evil = '=HYPERLINK("http://x","<script>alert(1)</script>")'
    frame = shop(600).assign(**{evil: 1.0}).assign(colour=lambda f: f["colour"].where(f.index % 50 > 0, evil))
    found = asked(frame, sensitive=("colour",))
    page = html(found, name=evil)
    assert crashed(found) == []
    assert "<script>alert" not in page


def test_five_gigabytes_take_the_path_that_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same path as bench/large.py takes with a real file of 5 GB, at a thousandth of the size."""
    block = csv(shop(5000)).split(b"\n", 1)
    with (tmp_path / "large.csv").open("wb") as file:
        file.write(block[0] + b"\n")
        for _ in range(20):
            file.write(block[1])
    monkeypatch.setattr(sources, "WHOLE", 1_000_000)
    monkeypatch.setattr(sources, "CELLS", 100_000)
    found = asked(tmp_path / "large.csv")
    assert found.rows["total"] == 100_000
    assert 0.7 < found.rows["read"] / (100_000 / len(shop(1).columns)) < 1.3
    assert crashed(found) == []
