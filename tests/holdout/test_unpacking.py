"""A few kilobytes that stand for terabytes are refused before they are unpacked."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from provefirst.errors import InvalidInputError
from provefirst.holdout.sources import load
from provefirst.holdout.tables import EXPANDED, read_table
from provefirst.holdout.unpacking import TooLargeError, arrow_table, parquet_table

ZEROS = pa.table({"x": pa.array([0] * 1_000_000, pa.int64())})
ONE_WORD = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), ["w" * 10_000])
PLAIN = pa.table({"id": [f"row {n}" for n in range(50_000)], "x": [n / 7 for n in range(50_000)], "y": [None] * 50_000})


def arrow(table: pa.Table, compression: str | None = None) -> bytes:
    stream = io.BytesIO()
    with pa.ipc.new_file(stream, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return stream.getvalue()


def packed(table: pa.Table, **options: object) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(table, stream, **options)
    return stream.getvalue()


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_compressed_buffers_are_measured_by_what_they_become(compression: str) -> None:
    content = arrow(ZEROS, compression)
    assert len(content) < 100_000
    assert arrow_table(content, 9_000_000).equals(ZEROS)
    with pytest.raises(TooLargeError):
        arrow_table(content, 7_000_000)


def test_a_word_that_is_held_once_is_measured_as_often_as_it_is_named() -> None:
    table = pa.table({"s": ONE_WORD})
    for content in (packed(table), arrow(table, "zstd"), arrow(table)):
        assert 1_000_000 * 10_000 > EXPANDED > 1000 * len(content)
        with pytest.raises(InvalidInputError, match="bytes unpacked"):
            read_table(content)


@pytest.mark.parametrize("whole", [None, 100])
def test_a_file_by_its_place_is_measured_as_one_that_is_uploaded(tmp_path: Path, whole: int | None) -> None:
    path = tmp_path / "words.parquet"
    path.write_bytes(packed(pa.table({"s": ONE_WORD})))
    with pytest.raises(InvalidInputError, match="bytes unpacked"):
        load(path, whole=whole)


@pytest.mark.parametrize("whole", [None, 100])
def test_a_file_that_breaks_off_inside_is_refused(tmp_path: Path, whole: int | None) -> None:
    broken = bytearray(packed(PLAIN, use_dictionary=False))
    broken[5000:9000] = b"\xff" * 4000
    for name, content in (("broken.parquet", bytes(broken)), ("empty.arrow", arrow(PLAIN.slice(0, 0)))):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InvalidInputError, match=name):
            load(tmp_path / name, whole=whole)


def test_a_sample_of_words_is_drawn_as_the_file_names_them(tmp_path: Path) -> None:
    words = pa.table({"id": PLAIN["id"], "word": pa.array(["red", None] * 25_000).dictionary_encode()})
    path = tmp_path / "words.parquet"
    path.write_bytes(packed(words))
    assert load(path, whole=100).frame.equals(load(path).frame)


@pytest.mark.parametrize(
    "options",
    [{}, {"use_dictionary": False}, {"compression": "zstd"}, {"row_group_size": 777},
     {"use_dictionary": False, "column_encoding": {"id": "DELTA_BYTE_ARRAY"}}],
)  # fmt: skip
def test_what_is_within_the_limit_is_read_as_it_was_written(options: dict[str, object]) -> None:
    assert parquet_table(io.BytesIO(packed(PLAIN, **options)), 10**8).equals(PLAIN)
    assert arrow_table(arrow(PLAIN, "lz4"), 10**8).equals(PLAIN)


def test_only_what_was_measured_is_read_whatever_the_footer_says() -> None:
    harmless, bomb = arrow(pa.table({"x": pa.array([1], pa.int64())})), arrow(ZEROS, "zstd")
    assert arrow_table(harmless + bomb[8:], 100_000).num_rows == 1


@given(st.data())
def test_a_file_with_a_byte_changed_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(arrow(pa.table({"s": ["a", "b"], "x": [1.5, 2.5]}), "lz4"))
    content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert len(read_table(bytes(content))) > 0
    except InvalidInputError:
        return
