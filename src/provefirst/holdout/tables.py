"""Tables from outside: CSV, Parquet or Arrow bytes become a data frame, or a sentence that says what is wrong.

Nothing is unpickled, and nothing grows beyond the limits given here, however small the file was.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
from pyarrow import parquet

from provefirst.errors import InvalidInputError, shorten
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
    try:
        if content[:4] == b"PAR1":
            table = _parquet(content, where)
        elif content[:6] == b"ARROW1":
            table = pa.ipc.open_file(io.BytesIO(content)).read_all()
        else:
            table = csv_table(content, where)
    except (pa.ArrowException, OSError, ValueError) as problem:
        if isinstance(problem, InvalidInputError):
            raise
        told = shorten(str(problem).splitlines()[0], 300)
        raise InvalidInputError(where, "a file that can't be read", f"CSV, Parquet or Arrow ({told})") from None
    return frame_of(table, where=where)


def frame_of(table: pa.Table, *, where: str = "data") -> pd.DataFrame:
    """An Arrow table as a data frame of plain columns; nested or repeated columns are refused by name."""
    names = [_name(str(name), where) for name in table.column_names]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidInputError(where, doubled[0], "column names that occur once each")
    nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
    if nested:
        raise InvalidInputError(where, f"nested column {nested[0]!r}", "plain columns: numbers, text, dates")
    if len(names) > COLUMNS or len(names) * table.num_rows > CELLS:
        raise InvalidInputError(
            where, f"{table.num_rows} rows of {len(names)} columns", f"{COLUMNS} columns, {CELLS} cells"
        )
    frame: pd.DataFrame = table.to_pandas(date_as_object=False, ignore_metadata=True)
    frame.columns = pd.Index(names)
    if not len(frame.columns) or len(frame) == 0:
        raise InvalidInputError(where, "no rows", "a table with a header and at least one row")
    return frame.assign(**{str(name): _plain(frame[name]) for name in frame if frame[name].dtype == object})


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
            return pd.Series(numbers.astype(np.int64).astype(str), index=values.index, dtype="str")
        words = [str(int(x)) if whole else repr(float(x)) for x, whole in zip(numbers, rounded, strict=True)]
        return pd.Series(words, index=values.index, dtype="str")
    stripped = values.astype("str").str.strip()
    lowered = stripped.str.lower()
    return stripped.mask(lowered.isin(["true", "false"]), lowered)


def csv_table(content: bytes, where: str = "data") -> pa.Table:
    """CSV bytes as an Arrow table: UTF-8 or else Latin-1, delimiter from the header, the first bad line named."""
    try:
        content.decode("utf-8")
        encoding = "utf8"
    except UnicodeDecodeError:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            content, encoding = content.decode("utf-16").encode(), "utf8"
        else:
            encoding = "latin1"
    if b"\x00" in content[:65536]:
        raise InvalidInputError(where, "bytes that are not text", "CSV, Parquet or Arrow")
    header = content.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode(encoding)
    bad: list[str] = []

    def refuse(row: Any) -> str:
        bad.append(f"line {row.number}: {row.actual_columns} fields where the header has {row.expected_columns}")
        return "error"

    delimiter = max(_DELIMITERS, key=header.count) if any(d in header for d in _DELIMITERS) else ","
    try:
        return arrow_csv.read_csv(
            io.BytesIO(content),
            arrow_csv.ReadOptions(use_threads=not bad, encoding=encoding, block_size=8 << 20),
            arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=refuse),
            arrow_csv.ConvertOptions(strings_can_be_null=True),
        )
    except pa.ArrowInvalid as problem:
        told = bad[0] if bad else shorten(str(problem).splitlines()[0], 300)
        raise InvalidInputError(
            where, "a CSV file that can't be read", f"regular rows and closed quotes ({told})"
        ) from (None)


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
    file = parquet.ParquetFile(io.BytesIO(content))
    groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
    grown = sum(group.total_byte_size for group in groups)
    if grown > EXPANDED or file.metadata.num_rows * file.metadata.num_columns > CELLS:
        raise InvalidInputError(where, f"{file.metadata.num_rows} rows, {grown} bytes unpacked", f"{EXPANDED} bytes")
    return file.read()


def _plain(values: pd.Series[Any]) -> pd.Series[Any]:
    """A column of objects (dates, decimals, bytes, a mix) as numbers where all are, else as text."""
    kinds = set(map(type, values.dropna()))
    if kinds <= {bool}:
        return values.astype("boolean").astype("float64") if values.isna().any() else values.astype(bool)
    if kinds and all(issubclass(kind, int | float) for kind in kinds):
        return pd.to_numeric(values, errors="coerce")
    decimal = all(kind.__name__ == "Decimal" for kind in kinds) and bool(kinds)
    return values.astype(float) if decimal else values.where(values.isna(), values.astype(str)).astype("str")
