"""Tables from outside: CSV, Parquet or Arrow bytes become a data frame, or a sentence that says what is wrong.

Nothing is unpickled, and nothing grows beyond the limits given here, however small the file was.
"""

from __future__ import annotations

import csv
import io
import re
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
from pyarrow import parquet

from provefirst.errors import InvalidInputError, shorten
from provefirst.holdout.unpacking import TooLargeError, arrow_table, parquet_table
from provefirst.texts import one_line

CELLS = 400_000_000
"""Cells that a table may have; more are read as a sample by whoever can state one."""
COLUMNS = 10_000
EXPANDED = 8 * 2**30
"""Bytes that a compressed file may grow to."""
_COMPRESSED = {b"PK\x03\x04": "a zip archive", b"\x1f\x8b": "a gzip file", b"BZh": "a bzip2 file", b"\xfd7zXZ": "xz"}
_DELIMITERS = ",;\t|"


def read_table(content: bytes, *, where: str = "data") -> pd.DataFrame:
    """The table in `content`; the format is told by its first bytes. InvalidInputError says what is wrong with it."""
    if not content.strip():
        raise InvalidInputError(where, "nothing", "a table with a header and at least one row")
    for magic, what in _COMPRESSED.items():
        if content.startswith(magic):
            raise InvalidInputError(where, what, "CSV, Parquet or Arrow, not compressed as a whole: unpack it first")
    with refusing(where):
        if content[:4] == b"PAR1":
            table = _parquet(content, where)
        elif content[:6] == b"ARROW1":
            table = arrow_table(content, EXPANDED)
        else:
            table = csv_table(content, where)
    return frame_of(table, where=where)


@contextmanager
def refusing(where: str) -> Iterator[None]:
    """InvalidInputError for whatever is wrong with a file that is read within."""
    try:
        yield
    except InvalidInputError:
        raise
    except TooLargeError as problem:
        raise InvalidInputError(where, str(problem), f"at most {EXPANDED} bytes unpacked") from None
    except (pa.ArrowException, OSError, ValueError, struct.error) as problem:
        told = shorten((str(problem).splitlines() or [""])[0], 300)
        raise InvalidInputError(where, "a file that can't be read", f"CSV, Parquet or Arrow ({told})") from None


def frame_of(table: pa.Table, *, where: str = "data") -> pd.DataFrame:
    """An Arrow table as a data frame of plain columns; nested or repeated columns are refused by name."""
    nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
    if nested:
        raise InvalidInputError(where, f"nested column {nested[0]!r}", "plain columns: numbers, text, dates")
    if table.num_columns > COLUMNS or table.num_columns * table.num_rows > CELLS:
        told = f"{table.num_rows} rows of {table.num_columns} columns"
        raise InvalidInputError(where, told, f"{COLUMNS} columns, {CELLS} cells")
    return cleaned(table.to_pandas(date_as_object=False, ignore_metadata=True), where=where)


def cleaned(frame: pd.DataFrame, *, where: str = "data") -> pd.DataFrame:
    """The frame with column names that can be shown, and columns of numbers, text, moments and booleans only."""
    names = [_name(str(name), where) for name in frame.columns]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidInputError(where, doubled[0], "column names that occur once each")
    if not names or len(frame) == 0:
        raise InvalidInputError(where, "no rows", "a table with a header and at least one row")
    frame = frame.set_axis(names, axis=1).reset_index(drop=True)
    strange = [name for name in names if not _is_simple(frame[name].dtype)]
    return frame.assign(**{name: _plain(frame[name], where) for name in strange}) if strange else frame


def _is_simple(dtype: Any) -> bool:
    kinds = pd.api.types
    is_simple = kinds.is_numeric_dtype(dtype) or kinds.is_bool_dtype(dtype) or kinds.is_datetime64_any_dtype(dtype)
    return (is_simple and not kinds.is_complex_dtype(dtype)) or dtype == "str"


def to_parquet(frame: pd.DataFrame, metadata: dict[str, str] | None = None) -> bytes:
    """`frame` as Parquet bytes, the same for the same frame."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), **(metadata or {})})
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def texts(values: pd.Series[Any]) -> pd.Series[str]:
    """Values as the words that name them: 3, 3.0 and "3" are alike, and so are True and "true"."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.map({True: "true", False: "false"}).astype("str")
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        rounded = np.isfinite(numbers) & (numbers == np.floor(numbers)) & (np.abs(numbers) < 2**53)
        if bool(rounded.all()):
            codes, distinct = pd.factorize(numbers.astype(np.int64))  # each number is written once
            names = pd.Series(distinct.astype(str), dtype="str")
            return names.take(codes).set_axis(values.index)
        words = [str(int(x)) if whole else repr(float(x)) for x, whole in zip(numbers, rounded, strict=True)]
        return pd.Series(words, index=values.index, dtype="str")
    stripped = values.astype("str").str.strip()
    lowered = stripped.str.lower()
    return stripped.mask(lowered.isin(["true", "false"]), lowered)


def csv_table(content: bytes, where: str = "data") -> pa.Table:
    """CSV bytes as an Arrow table: UTF-8 or else Latin-1, delimiter from the header, the first bad line named."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16", errors="replace").encode()
    return csv_from(lambda: io.BytesIO(content), content[: 1 << 16], where)


def csv_from(opened: Callable[[], Any], head: bytes, where: str) -> pa.Table:
    """The CSV table that `opened` opens anew each time; `head` is how it begins.

    A column whose later values don't fit the type of its first ones is read as text instead.
    """
    options = CsvOptions.told_by(head, where)
    for _ in range(COLUMNS):
        try:
            with opened() as file:
                table = arrow_csv.read_csv(file, options.read, options.parse, options.convert)
            if any(pa.types.is_binary(field.type) for field in table.schema) and options.encoding == "utf8":
                options = replace(options, encoding="latin1")  # bytes that are no UTF-8 stay bytes without a word
                continue
            _closed(table, where)
            return table
        except pa.ArrowInvalid as problem:
            options = options.mended(str(problem), where)
    raise InvalidInputError(where, "a CSV file that can't be read", "regular rows and closed quotes")


@dataclass(frozen=True)
class CsvOptions:
    """How a CSV file is read, as far as its beginning and the troubles met so far tell."""

    delimiter: str
    encoding: str
    columns: tuple[str, ...]
    as_text: tuple[str, ...] = ()
    is_serial: bool = False
    bad: list[str] = field(default_factory=list)

    @classmethod
    def told_by(cls, head: bytes, where: str) -> CsvOptions:
        """What the first bytes tell; InvalidInputError where they are no text."""
        if b"\x00" in head:
            raise InvalidInputError(where, "bytes that are not text", "CSV, Parquet or Arrow")
        line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("latin1").rstrip("\r")
        delimiter = max(_DELIMITERS, key=line.count)
        names = next(csv.reader([line], delimiter=delimiter), [])
        return cls(delimiter, "utf8", tuple(names))

    @property
    def read(self) -> Any:
        return arrow_csv.ReadOptions(encoding=self.encoding, block_size=8 << 20, use_threads=not self.is_serial)

    @property
    def parse(self) -> Any:
        def refuse(row: Any) -> str:
            told = f"{row.actual_columns} fields where the header has {row.expected_columns}"
            self.bad.append(f"line {row.number}: {told}" if row.number else told)
            return "error"

        return arrow_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=refuse)

    @property
    def convert(self) -> Any:
        types = {name: pa.string() for name in self.as_text}
        return arrow_csv.ConvertOptions(strings_can_be_null=True, column_types=types)

    def mended(self, problem: str, where: str) -> CsvOptions:
        """Options with which that problem doesn't come again; InvalidInputError where there are none."""
        if "UTF8" in problem and self.encoding == "utf8":
            return replace(self, encoding="latin1", bad=[])
        column = re.search(r"In CSV column #(\d+)", problem)
        name = self.columns[int(column[1])] if column and int(column[1]) < len(self.columns) else None
        if name is not None and name not in self.as_text:
            return replace(self, as_text=(*self.as_text, name), bad=[])
        if self.bad and not self.is_serial:
            return replace(self, is_serial=True, bad=[])  # only so is the line's number known
        told = self.bad[0] if self.bad else shorten(problem.splitlines()[0], 300)
        allowed = f"regular rows and closed quotes ({told})"
        raise InvalidInputError(where, "a CSV file that can't be read", allowed) from None


def _closed(table: pa.Table, where: str) -> None:
    """A quote that is never closed swallows the rest of the file into the last row."""
    if table.num_rows == 0:
        return
    last = table.slice(table.num_rows - 1).to_pylist()[0]
    swallowed = [name for name, value in last.items() if isinstance(value, str) and value.count("\n") and "," in value]
    if swallowed and str(last[swallowed[0]]).endswith("\n"):
        told = f"column {swallowed[0]!r} runs over several lines to the end"
        raise InvalidInputError(where, "a CSV file that can't be read", f"regular rows and closed quotes ({told})")


def _name(name: str, where: str) -> str:
    """A column's name as it can be shown; a byte order mark and blanks around it are no part of it."""
    bare = name.removeprefix("\ufeff").strip()
    try:
        one_line(bare)
    except ValueError as problem:
        raise InvalidInputError(where, f"column {name!r}", f"column names of one line ({problem})") from None
    if not 1 <= len(bare) <= 200:
        raise InvalidInputError(where, f"column {name!r}", "column names of 1 to 200 characters")
    return bare


def _parquet(content: bytes, where: str) -> pa.Table:
    metadata = parquet.ParquetFile(io.BytesIO(content)).metadata
    if metadata.num_rows * metadata.num_columns > CELLS:
        told = f"{metadata.num_rows} rows of {metadata.num_columns} columns"
        raise InvalidInputError(where, told, f"{COLUMNS} columns, {CELLS} cells")
    return parquet_table(io.BytesIO(content), EXPANDED)


def _plain(values: pd.Series[Any], where: str) -> pd.Series[Any]:
    """A column of anything else (categories, dates, decimals, bytes, a mix) as numbers where all are, else as text."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return _plain(values.astype(object), where)
    kinds = set(map(type, values.dropna()))
    if any(issubclass(kind, list | tuple | dict | set | np.ndarray) for kind in kinds):
        raise InvalidInputError(where, f"nested column {values.name!r}", "plain columns: numbers, text, dates")
    if kinds == {bool} and not values.isna().any():
        return values.astype(bool)
    if kinds and all(issubclass(kind, int | float | np.number | Decimal) for kind in kinds):
        return pd.to_numeric(values.astype(object).where(values.notna(), np.nan), errors="coerce").astype("float64")
    return values.astype(object).where(values.isna(), values.astype(str)).astype("str")
