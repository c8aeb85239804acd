"""The gate lets in regular files of the project and text in UTF-8, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handout.machine.gate import ManyFiles, Refused, decode_text, list_files, read_bytes


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "content" / "images").mkdir(parents=True)
    (root / "content" / "a.md").write_bytes(b"tekst")
    (tmp_path / "secret").write_bytes(b"secret")
    return root


def test_file_of_the_project_is_read(root: Path) -> None:
    assert read_bytes(root, "content/a.md", 5) == b"tekst"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "../secret",
        "content/../../secret",
        "/etc/passwd",
        "~/secret",
        "content//a.md",
        "./content/a.md",
        "content/a.md/",
        "content\\a.md",
        "C:/secret",
        "file:///etc/passwd",
        "%2e%2e/secret",
        "content/a.md\x00.svg",
        "content/a\n.md",
        "content/a\u202e.md",
    ],
)
def test_path_that_does_not_stay_in_the_project_by_its_words_is_refused(root: Path, path: str) -> None:
    with pytest.raises(Refused) as refused:
        read_bytes(root, path, 100)
    assert refused.value.what.startswith("the path '")
    assert refused.value.fix == "name a file of this project, as images/scan.svg"


@pytest.mark.parametrize("path", ["content/b.md", "content/a.md/x", "nowhere/a.md", "c" * 300])
def test_file_that_is_not_there_is_refused_by_its_name(root: Path, path: str) -> None:
    with pytest.raises(Refused) as refused:
        read_bytes(root, path, 100)
    assert path[:40] in refused.value.what


def test_link_that_leads_out_is_refused(root: Path) -> None:
    (root / "content" / "out.md").symlink_to(root.parent / "secret")
    (root / "content" / "outside").symlink_to(root.parent)
    for path in ("content/out.md", "content/outside/secret"):
        with pytest.raises(Refused, match="is a link that leads out of the project"):
            read_bytes(root, path, 100)


def test_link_inside_the_project_is_followed(root: Path) -> None:
    (root / "content" / "in.md").symlink_to(root / "content" / "a.md")
    assert read_bytes(root, "content/in.md", 100) == b"tekst"


def test_ring_of_links_is_refused(root: Path) -> None:
    (root / "content" / "b.md").symlink_to(root / "content" / "c.md")
    (root / "content" / "c.md").symlink_to(root / "content" / "b.md")
    with pytest.raises(Refused, match="is a link that leads nowhere"):
        read_bytes(root, "content/b.md", 100)


def test_folder_is_refused(root: Path) -> None:
    with pytest.raises(Refused, match="content/images is not a file"):
        read_bytes(root, "content/images", 100)


def test_pipe_without_a_writer_is_refused_at_once(root: Path) -> None:
    os.mkfifo(root / "content" / "pipe.md")
    with pytest.raises(Refused, match=r"content/pipe\.md is not a file"):
        read_bytes(root, "content/pipe.md", 100)


def test_file_over_the_limit_is_refused(root: Path) -> None:
    with pytest.raises(Refused, match=r"content/a\.md is larger than 4 bytes"):
        read_bytes(root, "content/a.md", 4)


def test_many_files_are_let_in_as_one_is(root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    for folder in (outside, root / "own"):
        folder.mkdir(exist_ok=True)
        (folder / "a.md").write_text("Hallo")
    (root / "in").symlink_to(root / "own")
    (root / "out").symlink_to(outside)
    (root / "own/link.md").symlink_to("a.md")
    (root / "own/away.md").symlink_to(outside / "a.md")
    files = ManyFiles(root)
    places = ("own/a.md", "own/link.md", "in/a.md")
    assert [files.read_bytes(place, 5) for place in places] == [b"Hallo"] * 3
    for path in (
        "own/away.md",
        "out/a.md",
        "own",
        "own/b.md",
        "own/a.md/b",
        "gone/a.md",
        "../outside/a.md",
        "",
    ):
        with pytest.raises(Refused) as one:
            read_bytes(root, path, 5)
        with pytest.raises(Refused) as among_many:
            files.read_bytes(path, 5)
        assert among_many.value.args == one.value.args
    with pytest.raises(Refused, match="larger than 4 bytes"):
        files.read_bytes("own/a.md", 4)


def test_files_are_listed_with_those_of_folders_below_and_without_hidden_ones(root: Path) -> None:
    for name in ("content/images/b.svg", "content/.hidden", "content/~$a.md"):
        (root / name).write_bytes(b"")
    (root / "content" / ".git").mkdir()
    (root / "content" / ".git" / "x").write_bytes(b"")
    assert list_files(root, "content") == ("content/a.md", "content/images/b.svg")


def test_folder_that_is_not_there_or_leads_out_is_refused(root: Path) -> None:
    (root / "content" / "more").symlink_to(root.parent)
    with pytest.raises(Refused, match="'fragments' does not exist"):
        list_files(root, "fragments")
    with pytest.raises(Refused, match="content/more is a link to a folder"):
        list_files(root, "content")
    with pytest.raises(Refused, match="the path"):
        list_files(root, "..")


def test_byte_order_mark_and_windows_line_ends_are_taken() -> None:
    assert decode_text(b"\xef\xbb\xbfeen\r\ntwee\rdrie\n") == "een\ntwee\ndrie\n"


def test_text_comes_back_in_nfc() -> None:
    assert decode_text("cafe\u0301".encode()) == "caf\u00e9"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("één\nt".encode("utf-16"), "UTF-16"),
        ("een twee".encode("utf-16-le"), "UTF-16"),
        ("een twee".encode("utf-16-be"), "UTF-16"),
        ("een".encode("utf-32"), "UTF-32"),
        (b"PK\x03\x04....", "an Excel, Word or ZIP file"),
        (b"%PDF-1.7", "a PDF"),
        ("een\n“twee”".encode("cp1252"), "Windows-1252"),
        ("een\ncafé".encode("latin-1"), "Latin-1"),
        (b"een\n\x81\xff", "nor another encoding"),
    ],
)
def test_what_is_not_utf_8_is_named_for_what_it_is(data: bytes, kind: str) -> None:
    with pytest.raises(Refused) as refused:
        decode_text(data)
    assert kind in refused.value.what


def test_byte_that_is_not_utf_8_is_reported_with_its_line() -> None:
    with pytest.raises(Refused) as refused:
        decode_text("een\ntwee\ncafé\n".encode("cp1252"))
    assert refused.value.line == 3


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\x0c", "\x85", "\u2028", "\u202e", "\u2066", "\ufeff"]
)
def test_character_that_a_reader_cannot_see_is_reported_with_its_line(character: str) -> None:
    with pytest.raises(Refused) as refused:
        decode_text(f"een\ntw{character}ee".encode())
    assert refused.value.line == 2
    assert f"U+{ord(character):04X}" in refused.value.what


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_text_or_a_refusal(data: bytes) -> None:
    try:
        text = decode_text(data)
    except Refused as refused:
        text = refused.what + refused.fix
    assert "\r" not in text


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_any_path_gives_bytes_of_the_project_or_a_refusal(path: str) -> None:
    root = Path(__file__).parent
    try:
        data = read_bytes(root, path, 1_000_000)
    except Refused:
        return
    assert data == (root / path).read_bytes()
