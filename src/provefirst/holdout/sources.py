"""Data by its place: a file, or any URL that fsspec knows. What is too large to hold is sampled, and says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
from pyarrow import parquet

from provefirst.errors import InvalidInputError, nearest, shorten
from provefirst.holdout.tables import EXPANDED, CsvOptions, cleaned, csv_from, frame_of, read_table, refusing
from provefirst.holdout.unpacking import measured, parquet_batches, parquet_table

WHOLE = 3 * 2**29
"""Bytes (unpacked) that are read whole; larger data is sampled while it streams by."""
WHOLE_CELLS = 100_000_000
"""Cells of Parquet that are read whole: a column of one value takes no bytes."""
CELLS = 20_000_000
"""Cells of a sample."""
_HEAD = 1 << 16


@dataclass(frozen=True)
class Loaded:
    """A table, and the number of rows it was drawn from where it is a sample."""

    frame: pd.DataFrame
    rows: int

    @property
    def is_sample(self) -> bool:
        return self.rows > len(self.frame)


def load(source: str | Path | bytes | pd.DataFrame, *, seed: int = 0, whole: int | None = None) -> Loaded:
    """The table at a path or URL, in bytes, or as it is. InvalidInputError where it can't be read."""
    if isinstance(source, pd.DataFrame):
        frame = cleaned(source)
        return Loaded(frame, len(frame))
    if isinstance(source, bytes):
        frame = read_table(source)
        return Loaded(frame, len(frame))
    whole = WHOLE if whole is None else whole
    opened, size, where = _opener(str(source))
    with refusing(where):
        return _read(opened, size, where, seed, whole)


def _read(opened: Callable[[], Any], size: int, where: str, seed: int, whole: int) -> Loaded:
    with opened() as file:
        head = file.read(_HEAD)
    if head[:4] == b"PAR1":
        return _parquet(opened, where, seed, whole)
    is_csv = head[:6] != b"ARROW1"
    if size > whole and is_csv:
        return _streamed(_csv_batches(opened, head, where), _csv_rows(head, size), seed, where)
    if size > whole:
        return _arrow(opened, where, seed)
    if is_csv and head[:2] not in (b"\xff\xfe", b"\xfe\xff") and _is_plain(head):
        frame = frame_of(csv_from(opened, head, where), where=where)
    else:
        with opened() as file:
            frame = read_table(file.read(), where=where)
    return Loaded(frame, len(frame))


def shown_place(source: str) -> str:
    """The path or URL as it can be kept: without password, query and fragment, in which secrets travel."""
    if "://" not in source:
        return Path(source).name
    bare = re.split(r"[?#]", source, maxsplit=1)[0]
    return shorten(re.sub(r"(://)[^/@]*@", r"\1", bare), 300)


def _is_plain(head: bytes) -> bool:
    return bool(head.strip()) and not head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"))


def _opener(source: str) -> tuple[Callable[[], Any], int, str]:
    """How to open it anew, its size in bytes, and what to call it in an error."""
    if "://" not in source:
        path = Path(source)
        if not path.is_file():
            beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
            raise InvalidInputError("data", source, "no such file", nearest=nearest(path.name, beside))
        return lambda: path.open("rb"), path.stat().st_size, path.name
    from fsspec.core import url_to_fs

    name = source.rpartition("/")[2] or source
    try:
        place, inside = url_to_fs(source)
        size = int(place.info(inside)["size"] or 0)
    except Exception as problem:  # every kind of place has errors of its own
        raise InvalidInputError("data", source, f"a URL that can be read ({type(problem).__name__})") from None
    return lambda: place.open(inside, "rb"), size, name


def _parquet(opened: Callable[[], Any], where: str, seed: int, whole: int) -> Loaded:
    with opened() as file:
        metadata = parquet.ParquetFile(file).metadata
        size = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
        if size <= whole and metadata.num_rows * metadata.num_columns <= WHOLE_CELLS:
            file.seek(0)
            frame = frame_of(parquet_table(file, EXPANDED), where=where)
            return Loaded(frame, len(frame))
        file.seek(0)
        return _streamed(parquet_batches(file), metadata.num_rows, seed, where)


def _arrow(opened: Callable[[], Any], where: str, seed: int) -> Loaded:
    """A sample of an Arrow file, batch by batch."""
    with opened() as file:
        reader = pa.ipc.open_file(file)
        count = reader.num_record_batches
        about = reader.get_batch(0).num_rows * count if count else 1
        return _streamed((reader.get_batch(number) for number in range(count)), about, seed, where)


def _csv_batches(opened: Callable[[], Any], head: bytes, where: str) -> Iterator[pa.RecordBatch]:
    """Batches of columns of bytes: what a later block holds can't contradict what the first one looked like."""
    options = CsvOptions.told_by(head, where)
    convert = arrow_csv.ConvertOptions(
        strings_can_be_null=True, column_types=dict.fromkeys(options.columns, pa.binary())
    )
    with opened() as file:
        reading = arrow_csv.ReadOptions(block_size=8 << 20)
        try:
            yield from arrow_csv.open_csv(file, reading, options.parse, convert)
        except pa.ArrowInvalid as problem:
            told = options.bad[0] if options.bad else str(problem).splitlines()[0][:300]
            raise InvalidInputError(where, "a CSV file that can't be read", told) from None


def _decoded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Words where they are named; columns of bytes as text: UTF-8, or else Latin-1, whichever a block is written in."""
    columns = [_texts(batch.column(n)) for n in range(batch.num_columns)]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _texts(column: pa.Array) -> pa.Array:
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if not pa.types.is_binary(column.type):
        return column
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if one is None else one.decode("latin1") for one in column.to_pylist()], pa.string())


def _csv_rows(head: bytes, size: int) -> int:
    """About how many rows there are, by the length of the first ones."""
    return max(1, size * max(1, head.count(b"\n")) // len(head))


def _streamed(batches: Iterator[pa.RecordBatch], about: int, seed: int, where: str) -> Loaded:
    """Each row is kept with the same chance, so that about the stated number of cells is held."""
    generator = np.random.default_rng(seed)
    rows = 0

    def drawn() -> Iterator[pa.RecordBatch]:
        nonlocal rows
        for batch in batches:
            chance = min(1.0, CELLS / max(1, batch.num_columns) / about)
            rows += batch.num_rows
            yield batch.filter(pa.array(generator.random(batch.num_rows) < chance))

    kept = list(measured(drawn(), EXPANDED))  # words stand where they are named only once it is known how much that is
    frame = frame_of(pa.Table.from_batches(map(_decoded, kept)), where=where)
    return Loaded(frame.assign(**{str(name): _typed(frame[name]) for name in frame}), rows)


def _typed(values: pd.Series[Any]) -> pd.Series[Any]:
    """Text as numbers or moments where all of it reads so."""
    if values.dtype != "str":
        return values
    known = values.dropna()
    numbers = pd.to_numeric(known, errors="coerce")
    if len(known) and numbers.notna().all():
        return pd.to_numeric(values)
    if len(known) and known.head(1000).str.match(r"^\d{4}-\d{2}-\d{2}").all():
        moments = pd.to_datetime(values, errors="coerce", format="ISO8601")
        return moments if moments.notna().sum() == len(known) else values
    return values
