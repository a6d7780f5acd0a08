"""Unpacking: how large a compressed table becomes, found out before it is unpacked.

A few kilobytes of Parquet or Arrow may stand for terabytes. What a file says of itself is not believed: the lengths
by which its reader would take memory are added up instead.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

_RECORDS, _DICTIONARY = 3, 2  # kinds of message in Arrow's Message.fbs
_ROWS = 16_384


class TooLargeError(ValueError):
    """It would grow beyond what is allowed."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"{size} bytes unpacked")


def arrow_table(content: bytes, most: int) -> pa.Table:
    """The Arrow file in `content`; TooLargeError where its buffers would unpack to more than `most` bytes."""
    stream = content[8:]  # after its magic a file is a stream; what else its footer may name is not read
    size = 0
    for message in _messages(pa.ipc.MessageReader.open_stream(stream)):
        size += _unpacked(message.metadata.to_pybytes(), message.body.to_pybytes() if message.body else b"")
        if size > most:
            raise TooLargeError(size)
    return _within(pa.ipc.open_stream(stream).read_all(), most)


def parquet_table(source: Any, most: int) -> pa.Table:
    """The Parquet file in `source`, open to be read; TooLargeError where its values take more than `most` bytes."""
    named, file = parquet.ParquetFile(source).schema_arrow, _held(source)
    batches = list(measured(file.iter_batches(batch_size=_ROWS), most))
    return pa.Table.from_batches(batches, file.schema_arrow).cast(named)


def parquet_batches(source: Any) -> Iterator[pa.RecordBatch]:
    """The Parquet file in `source`, open to be read, piece by piece, with words as the file holds them."""
    return iter(_held(source).iter_batches(batch_size=_ROWS))


def measured(batches: Iterable[pa.RecordBatch], most: int) -> Iterator[pa.RecordBatch]:
    """The batches, until they take more than `most` bytes: then TooLargeError."""
    size = 0
    for batch in batches:
        size += sum(map(_size, batch.columns))
        if size > most:
            raise TooLargeError(size)
        yield batch


def _held(source: Any) -> parquet.ParquetFile:
    """Words that a file holds once and names often are kept so until it is known how much all of them are."""
    held = _held_once(parquet.ParquetFile(source).metadata)
    source.seek(0)
    return parquet.ParquetFile(source, read_dictionary=held)


def _held_once(metadata: parquet.FileMetaData) -> list[str]:
    """Columns of words of which a file holds each once, everywhere in it."""
    places = range(metadata.num_columns)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    return [
        metadata.schema.column(place).path
        for place in places
        if metadata.schema.column(place).physical_type == "BYTE_ARRAY"
        and all("DICTIONARY" in " ".join(group.column(place).encodings) for group in groups)
    ]


def _within(table: pa.Table, most: int) -> pa.Table:
    size = sum(_size(chunk) for column in table.columns for chunk in column.chunks)
    if size > most:
        raise TooLargeError(size)
    return table


def _size(column: pa.Array) -> int:
    """The bytes that a column takes once each word stands where it is named."""
    if pa.types.is_run_end_encoded(column.type):
        raise ValueError("run-end encoded columns are not read: write them as plain ones")
    if not isinstance(column, pa.DictionaryArray) or not _is_text(column.type.value_type):
        return int(column.nbytes)
    lengths = pc.take(pc.binary_length(column.dictionary), column.indices)
    return int(pc.sum(pc.cast(lengths, pa.int64())).as_py() or 0) + int(column.indices.nbytes)


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind))


def _messages(reader: pa.ipc.MessageReader) -> Iterator[pa.ipc.Message]:
    while True:
        try:
            yield reader.read_next_message()
        except StopIteration:
            return


def _unpacked(metadata: bytes, body: bytes) -> int:
    """How many bytes the buffers of a message become. Each compressed one begins with its length."""
    message = _Table.root(metadata)
    kind, batch = message.number(1, "<B"), message.table(2)
    if kind not in (_RECORDS, _DICTIONARY) or batch is None:
        return 0
    records = batch.table(1) if kind == _DICTIONARY else batch
    if records is None or records.table(3) is None:  # nothing in it is compressed
        return len(body)
    lengths = (struct.unpack_from("<q", body, at)[0] for at, length in records.pairs(2) if length >= 8)
    return sum(int(length) for length in lengths if length > 0) + len(body)


class _Table:
    """A table of a flatbuffer: enough of the format to find a number, a table, or a vector of pairs by its place."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at
        self.fields = at - struct.unpack_from("<i", data, at)[0]

    @classmethod
    def root(cls, data: bytes) -> _Table:
        return cls(data, struct.unpack_from("<I", data, 0)[0])

    def _place(self, number: int) -> int | None:
        size = struct.unpack_from("<H", self.data, self.fields)[0]
        slot = 4 + 2 * number
        offset = struct.unpack_from("<H", self.data, self.fields + slot)[0] if slot + 2 <= size else 0
        return self.at + offset if offset else None

    def _target(self, number: int) -> int | None:
        place = self._place(number)
        return None if place is None else place + int(struct.unpack_from("<I", self.data, place)[0])

    def number(self, number: int, kind: str) -> int:
        place = self._place(number)
        return 0 if place is None else int(struct.unpack_from(kind, self.data, place)[0])

    def table(self, number: int) -> _Table | None:
        target = self._target(number)
        return None if target is None else _Table(self.data, target)

    def pairs(self, number: int) -> list[tuple[int, int]]:
        """A vector of structs of two 64-bit numbers."""
        target = self._target(number)
        if target is None:
            return []
        count = struct.unpack_from("<I", self.data, target)[0]
        return list(struct.iter_unpack("<qq", self.data[target + 4 : target + 4 + 16 * count]))
