import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from provefirst.errors import InvalidInputError
from provefirst.holdout import sources
from provefirst.holdout.fingerprints import content_fingerprint, schema_fingerprint
from provefirst.holdout.sources import load
from provefirst.holdout.tables import read_table, texts


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.csv", "a\n" + "0\n" * 10**6)
    return file.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    parquet.write_table(table, file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "nothing"),
        (b"  \n", "nothing"),
        (b"a,b\n", "no rows"),
        (b"a,b\n1,2\n3\n", "line 3: 1 fields where the header has 2"),
        (b'a,b\n1,"2\n3,4\n', "column 'b' runs over several lines"),
        (b"a,a\n1,2\n", "column names that occur once each"),
        (b"a,\n1,2\n", "column names of 1 to 200 characters"),
        (b"a,b\x07\n1,2\n", "column names of one line"),
        (zipped(), "a zip archive"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "a gzip file"),
        (b"PAR1 and then nothing", "a file that can't be read"),
        (b"ARROW1 and then nothing", "a file that can't be read"),
        (b"a,b\n\x00\x01,2\n", "bytes that are not text"),
        (as_parquet(pa.table({"a": [[1], [2]]})), "nested column 'a'"),
        (as_parquet(pa.table({"a": [{"b": 1}]})), "nested column 'a'"),
        (as_parquet(pa.table({"a": pa.nulls(10**9 // 2, pa.int8())})), "400000000 cells"),
    ],
)
def test_a_table_that_can_not_be_read_is_refused_with_the_reason(content: bytes, told: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_table(content)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"a;b\n1;x\n2;y\n",
        b"a\tb\n1\tx\n2\ty\n",
        b"a|b\r\n1|x\r\n2|y\r\n",
        b"\xef\xbb\xbfa,b\n1,x\n2,y\n",
        "a,b\n1,x\n2,y\n".encode("utf-16"),
        b'a,b\n1,"x"\n2,"y"\n',
    ],
)
def test_a_table_is_read_whatever_its_delimiter_quotes_and_encoding(content: bytes) -> None:
    found = read_table(content)
    assert found.to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}


def test_latin_letters_in_an_old_encoding_are_read() -> None:
    assert read_table("a,b\n1,Käse\n".encode("latin1"))["b"].tolist() == ["Käse"]


def test_a_column_whose_later_values_are_words_is_read_as_words() -> None:
    content = "a,b\n" + "1,2\n" * 2_000_000 + "x,2\n"
    assert read_table(content.encode())["a"].iloc[-1] == "x"


@pytest.mark.parametrize("values", [[3, 10], [3.0, 10.0], ["3", "10"], [" 3", "10 "], np.array([3, 10], dtype="uint8")])
def test_an_identifier_is_the_same_however_it_is_stored(values: list[object]) -> None:
    assert texts(pd.Series(values)).tolist() == ["3", "10"]


def test_true_is_true_however_it_is_written() -> None:
    assert texts(pd.Series([True, False])).tolist() == texts(pd.Series(["True", "FALSE"])).tolist()


def frame() -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None], "c": pd.to_datetime(["2024-01-01"] * 3)})


def test_a_fingerprint_does_not_depend_on_the_order_of_rows_and_columns() -> None:
    assert content_fingerprint(frame().iloc[::-1][["c", "b", "a"]]) == content_fingerprint(frame())


def test_a_fingerprint_tells_any_other_content() -> None:
    others = [
        frame().assign(a=[1, 2, 4]),
        frame().iloc[:2],
        frame().rename(columns={"a": "d"}),
        frame().assign(a=[2, 1, 3]),
    ]
    assert len({content_fingerprint(other) for other in [frame(), *others]}) == 5


def test_a_fingerprint_stays_when_whole_numbers_are_stored_otherwise() -> None:
    assert content_fingerprint(frame().astype({"a": "float64"})) == content_fingerprint(frame())


def test_a_schema_has_a_fingerprint_of_its_own() -> None:
    assert schema_fingerprint(frame()) != schema_fingerprint(frame().astype({"a": "float64"}))


def test_what_is_too_large_is_sampled_as_it_streams_by_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = 300_000
    made = pd.DataFrame({"n": range(rows), "day": "2024-01-01", "word": "x"})
    made.to_csv(tmp_path / "big.csv", index=False)
    made.to_parquet(tmp_path / "big.parquet", index=False)
    table = pa.Table.from_pandas(made, preserve_index=False)
    with pa.ipc.new_file(tmp_path / "big.arrow", table.schema) as file:
        file.write_table(table, max_chunksize=50_000)
    monkeypatch.setattr(sources, "CELLS", 30_000)
    for name in ("big.csv", "big.parquet", "big.arrow"):
        found = load(tmp_path / name, seed=1, whole=1000)
        assert (found.rows, found.is_sample) == (rows, True)
        assert 7_000 < len(found.frame) < 13_000
        assert abs(float(found.frame["n"].mean()) / rows - 0.5) < 0.02
        assert pd.api.types.is_datetime64_any_dtype(found.frame["day"]) or not name.endswith("csv")


def test_a_file_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("a\n1\n")
    with pytest.raises(InvalidInputError, match=r"did you mean 'orders\.csv'"):
        load(tmp_path / "order.csv")


def test_a_place_that_can_not_be_read_is_told() -> None:
    with pytest.raises(InvalidInputError, match="a URL that can be read"):
        load("memory://nowhere/data.csv")
