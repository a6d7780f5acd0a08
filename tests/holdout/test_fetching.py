"""Tables at a URL: only from where whoever runs the engine allows, whole, in time, and by no way round."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import fsspec
import pytest

from provefirst.errors import InvalidInputError
from provefirst.holdout.fetching import Places, check_place, fetched
from provefirst.holdout.sources import load
from tests.webhooks.receiver import Receiver, receiving

TABLE = b"id,x,y\n" + b"\n".join(b"%d,%d,%d" % (n, n, n % 2) for n in range(1000)) + b"\n"
ALLOWED = ("https://data.example.org/exports/", "s3://warehouse/", "file:///srv/exports")


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def serves(server: Receiver, content: bytes, status: int = 200, pause: float = 0.0, **headers: str) -> str:
    """The address at which `content` is answered."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        for start in range(0, len(content), 1000):
            request.wfile.write(content[start : start + 1000])
            time.sleep(pause)

    server.answer = answer
    return f"http://localhost:{server.port}/exports/table.csv"


def places(server: Receiver, **changes: object) -> Places:
    fields: dict[str, object] = {"allowed": (f"http://localhost:{server.port}/exports/",)}
    return Places(**{**fields, "private_hosts": ("localhost",), **changes})  # type: ignore[arg-type]


def test_a_table_is_streamed_to_disk_and_away_again(server: Receiver, tmp_path: Path) -> None:
    with fetched(serves(server, TABLE), places(server), tmp_path / "reading") as path:
        assert path.read_bytes() == TABLE
        assert path.name == "table.csv"
    assert not path.exists()


def test_a_private_address_is_refused_though_its_name_is_allowed(server: Receiver, tmp_path: Path) -> None:
    url = serves(server, TABLE)
    with (
        pytest.raises(InvalidInputError, match="not on the open internet"),
        fetched(url, places(server, private_hosts=()), tmp_path),
    ):
        pass
    assert server.got == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(server: Receiver, tmp_path: Path, status: int) -> None:
    url = serves(server, b"", status, Location=f"http://127.0.0.1:{server.port}/exports/other.csv")
    with (
        pytest.raises(InvalidInputError, match=f"says {status}, which is not followed"),
        fetched(url, places(server), tmp_path),
    ):
        pass
    assert len(server.got) == 1


@pytest.mark.parametrize(
    ("changes", "told"), [({"largest": 5000}, "at most 5000"), ({"seconds": 0.3}, "in time|in 0.3 seconds")]
)
def test_what_is_too_large_or_too_slow_ends_and_leaves_nothing(
    server: Receiver, tmp_path: Path, changes: dict[str, float], told: str
) -> None:
    url = serves(server, TABLE, pause=0.1)
    with pytest.raises(InvalidInputError, match=told), fetched(url, places(server, **changes), tmp_path / "reading"):
        pass
    assert list((tmp_path / "reading").iterdir()) == []


def test_an_error_is_told_by_its_status(server: Receiver, tmp_path: Path) -> None:
    with (
        pytest.raises(InvalidInputError, match="this one says 404"),
        fetched(serves(server, b"no", 404), places(server), tmp_path),
    ):
        pass


@pytest.mark.parametrize(
    "url",
    [
        "https://data.example.org/exports/a.csv",
        "https://DATA.example.org:443/exports/2025/a.parquet",
        "s3://warehouse/a.parquet",
    ],
)
def test_what_begins_with_an_allowed_place_is_allowed(url: str) -> None:
    assert check_place(url, Places(ALLOWED)).lower() == url.lower()


@pytest.mark.parametrize(
    "url",
    [
        "https://data.example.org/exportsx/a.csv",
        "https://data.example.org/other/a.csv",
        "https://data.example.org/exports/../other/a.csv",
        "https://data.example.org/exports/%2e%2e/other/a.csv",
        "https://data.example.org/exports/..;/a.csv",
        "https://data.example.org\\@evil.example/exports/a.csv",
        "https://data.example.org:8443/exports/a.csv",
        "https://data.example.org.evil.example/exports/a.csv",
        "https://evil.example/https://data.example.org/exports/a.csv",
        "http://data.example.org/exports/a.csv",
        "http://169.254.169.254/latest/meta-data",
        "https://data.example.org:x/exports/a.csv",
        "s3://warehouse2/a.parquet",
        "simplecache::s3://warehouse/a.parquet",
        "zip://a.csv::s3://warehouse/a.zip",
        "file:///etc/passwd",
        "file:///srv/exports/../../etc/passwd",
        "file://host/srv/exports/a.csv",
        "/srv/exports/a.csv",
        "gopher://data.example.org/exports/a",
        "https://data.example.org/exports/\nx",
        "",
    ],
)
def test_no_way_round_leads_elsewhere(url: str) -> None:
    with pytest.raises(InvalidInputError):
        check_place(url, Places(ALLOWED))


def test_nothing_is_allowed_where_nothing_is_said() -> None:
    with pytest.raises(InvalidInputError, match="nothing, as things are set"):
        check_place("https://data.example.org/exports/a.csv", Places(()))


@pytest.mark.parametrize(
    "url", ["https://ann:secret@data.example.org/exports/a.csv", "https://data.example.org/exports/a.csv?sig=secret"]
)
def test_a_secret_in_a_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(InvalidInputError, match="without password, query and fragment") as problem:
        check_place(url, Places(ALLOWED))
    assert "secret" not in str(problem.value).replace("secrets are", "")


def test_a_file_is_read_where_it_lies_and_a_link_leads_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "a.csv").write_bytes(TABLE)
    (tmp_path / "secret.csv").write_bytes(TABLE)
    (folder / "b.csv").symlink_to(tmp_path / "secret.csv")
    allowed = Places((f"file://{folder}/",), largest=10**6)
    with fetched(f"file://{folder}/a.csv", allowed, tmp_path / "reading") as path:
        assert path.read_bytes() == TABLE
    assert (folder / "a.csv").exists()
    with pytest.raises(InvalidInputError, match="within the folder"):
        check_place(f"file://{folder}/b.csv", allowed)


def test_a_file_that_is_exchanged_while_it_is_read_leads_nowhere_else(tmp_path: Path) -> None:
    folder, secret = tmp_path / "exports", tmp_path / "secret.csv"
    folder.mkdir()
    (folder / "a.csv").write_bytes(TABLE)
    secret.write_bytes(b"secret")
    with fetched(f"file://{folder}/a.csv", Places((f"file://{folder}/",)), tmp_path / "reading") as path:
        (folder / "a.csv").unlink()
        (folder / "a.csv").symlink_to(secret)
        assert (path.read_bytes(), path.name, load(path).rows) == (TABLE, "a.csv", 1000)
    assert list((tmp_path / "reading").iterdir()) == []


def test_a_bucket_is_read_to_the_same_limits(tmp_path: Path) -> None:
    with fsspec.open("memory://warehouse/a.csv", "wb") as file:
        file.write(TABLE)
    allowed = Places(("memory://warehouse/",))
    with fetched("memory://warehouse/a.csv", allowed, tmp_path) as path:
        assert path.read_bytes() == TABLE
    for url, limits, told in (
        ("memory://warehouse/a.csv", Places(allowed.allowed, largest=100), "at most 100"),
        ("memory://warehouse/a.csv", Places(allowed.allowed, seconds=0.0), "read in 0 seconds"),
        ("memory://warehouse/b.csv", allowed, "a URL that can be read"),
    ):
        with pytest.raises(InvalidInputError, match=told), fetched(url, limits, tmp_path):
            pass
    fsspec.filesystem("memory").rm("/warehouse", recursive=True)


def test_a_name_of_any_length_is_a_name(server: Receiver, tmp_path: Path) -> None:
    long = f"{'a' * 400}.csv"
    with fetched(serves(server, TABLE).replace("table.csv", long), places(server), tmp_path) as path:
        assert path.read_bytes() == TABLE
    with pytest.raises(InvalidInputError, match="a file within the folder"):
        check_place(f"file://{tmp_path}/{long}", Places((f"file://{tmp_path}/",)))
