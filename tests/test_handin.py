"""What is handed in, as it is taken in: found wherever it lies, and unable to do harm."""

from __future__ import annotations

import io
import os
import stat
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from made_handins import bomb, in_code_page, locked, nested, overlapping, tree, with_kind, with_link, zipped

from checker.handin import folder, manifest, whose
from checker.handin import zipped as archives
from checker.handin.listing import MOST_FILES, Budget, Entry, Listing, Unreadable, inside
from checker.handin.received import Handed, receive

LABS = {
    "lab1_echo": ("server", "client"),
    "lab3_broadcast": ("server",),
    "lab4_client": ("client",),
    "lab6_assignment": ("server", "client"),
}
TREE = tree(below="")
SERVER = TREE["lab3_broadcast/server.py"]
EVERYTHING = {path for path in TREE if path.partition("/")[0] in LABS}


def from_zip(data: bytes, asked: Sequence[str] = (), levels: int = 1) -> Handed:
    handed = Handed("somebody", "their.zip")
    try:
        with archives.opened(io.BytesIO(data)) as archive:
            return receive(handed, archive.listing(), LABS, asked, levels)
    except Unreadable as reason:
        handed.problem = str(reason)
        return handed


def from_files(names: Sequence[str], asked: Sequence[str] = ()) -> Handed:
    return receive(Handed("somebody", "their.zip"), listing_of(names), LABS, asked, 0)


def listing_of(names: Sequence[str]) -> Listing:
    listing = Listing()
    for name in names:
        listing.add(name, Entry(lambda most, name=name: f"# {name}\n".encode()[:most], 0.0))  # type: ignore[misc]
    return listing.complete()


# Where the labs are


@pytest.mark.parametrize("below", ["", "labs", "chat-lab-kit/labs", "Иванов И.И./домашняя работа/labs", "a/b"])
def test_labs_are_found_wherever_they_lie(below: str) -> None:
    handed = from_zip(zipped(tree(below=below)))
    assert handed.problem is None and not handed.notes
    assert set(handed.files) == EVERYTHING
    assert handed.files["lab3_broadcast/server.py"].data == SERVER


def test_of_several_places_that_nearest_to_the_top_is_taken_and_told() -> None:
    handed = from_zip(zipped({**tree(below="kit/solutions"), **tree("labs", "kit/labs"), **tree(below="kit/old/labs")}))
    assert b"TODO" in handed.files["lab3_broadcast/server.py"].data
    (note,) = handed.notes
    assert note == "labs were found in kit/labs, which is graded, and in kit/solutions, kit/old/labs, which is not"


def test_only_what_is_asked_for_is_read() -> None:
    handed = from_zip(zipped(tree()), ["lab3_broadcast"])
    assert set(handed.files) == {"lab3_broadcast/server.py"}
    assert "lab1_echo" in handed.beside  # an empty folder: the tree is one of labs, whatever is asked for


def test_folders_of_other_names_are_kept_so_that_they_can_be_told() -> None:
    handed = from_files(["labs/lab1_echo/server.py", "labs/lab3/server.py", "labs/notes.txt"])
    assert (set(handed.files), handed.beside) == ({"lab1_echo/server.py"}, ["lab3"])


@pytest.mark.parametrize(
    ("names", "asked", "files"),
    [
        (["server.py"], "lab3_broadcast", {"server.py": "server.py"}),
        (["hw/server.py", "hw/rooms.py"], "lab3_broadcast", {"server.py": "hw/server.py", "rooms.py": "hw/rooms.py"}),
        (["server (1).py"], "lab3_broadcast", {"server.py": "server (1).py"}),
        (["server-1.py", "client-2.py"], "lab1_echo", {"server.py": "server-1.py", "client.py": "client-2.py"}),
        (["server.py", "server (1).py"], "lab3_broadcast", {"server.py": "server.py", "server (1).py": "server (1).py"}),
        (["lab1/server.py", "lab3/server.py"], "lab3_broadcast", {"server.py": "lab3/server.py"}),
        (["a/client.py", "b/server.py"], "lab3_broadcast", {"server.py": "b/server.py"}),
    ],
)
def test_programs_alone_are_taken_for_the_one_lab_that_is_asked_for(
    names: list[str], asked: str, files: dict[str, str]
) -> None:
    handed = from_files(names, [asked])
    assert {path: file.data.decode()[2:-1] for path, file in handed.files.items()} == {
        f"{asked}/{path}": source for path, source in files.items()
    }


def test_programs_alone_do_not_tell_of_which_lab_they_are() -> None:
    assert "ask for one lab" in str(from_files(["server.py"]).problem)
    assert "ask for one lab" in str(from_files(["server.py"], ["lab1_echo", "lab3_broadcast"]).problem)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "it is empty"),
        (["__MACOSX/._labs", ".DS_Store", "Thumbs.db"], "it is empty"),
        (["lab1/x.py", "report.docx"], "no folder like lab1_echo is in it: it holds lab1/, report.docx"),
        (["homework.rar"], "homework.rar is a RAR archive, which is not opened here"),
        (["a/b/c/d/e/f/g/labs/lab1_echo/server.py"], "no folder like lab1_echo"),
    ],
)
def test_what_holds_no_labs_is_told_by_what_it_holds(names: list[str], said: str) -> None:
    assert said in str(from_files(names).problem)


def test_an_archive_in_a_folder_and_one_in_that_are_opened() -> None:
    core = zipped(tree())
    assert set(from_zip(nested(1, core)).files) == EVERYTHING
    assert set(from_zip(nested(2, core), levels=2).files) == EVERYTHING
    assert "it holds inner.zip" in str(from_zip(nested(2, core)).problem)


def test_what_systems_add_is_passed_over() -> None:
    junk = {"__MACOSX/labs/lab1_echo/._server.py": b"\0", "labs/.DS_Store": b"", "labs/lab1_echo/__pycache__/x.pyc": b""}
    modules = {f"labs/lab1_echo/mine/lib/m{number}.py": b"" for number in range(MOST_FILES + 10)}
    handed = from_zip(zipped({**junk, **tree(), "labs/lab1_echo/mine/pyvenv.cfg": b"", **modules}))
    assert handed.problem is None
    assert set(handed.files) == EVERYTHING


# Names


@pytest.mark.parametrize("encoding", ["utf-8", "cp866"])
def test_russian_names_are_read_as_their_maker_saw_them(encoding: str) -> None:
    data = in_code_page({"Папка/labs/lab3_broadcast/server.py": SERVER, "Папка/labs/lab3_broadcast/журнал.txt": b""}, encoding)
    with archives.opened(io.BytesIO(data)) as archive:
        assert set(archive.listing().entries) == {"Папка/labs/lab3_broadcast/server.py", "Папка/labs/lab3_broadcast/журнал.txt"}


def test_names_in_western_letters_stay() -> None:
    with archives.opened(io.BytesIO(in_code_page({"Übung/x.py": b""}, "cp437"))) as archive:
        assert set(archive.listing().entries) == {"Übung/x.py"}


def test_backslashes_are_read_as_windows_meant_them() -> None:
    handed = from_zip(zipped({"labs\\lab3_broadcast\\server.py": SERVER}))
    assert set(handed.files) == {"lab3_broadcast/server.py"}


@pytest.mark.parametrize(
    "name",
    ["../x.py", "labs/../../x.py", "/etc/x.py", "//server/x.py", "C:\\x.py", "c:x.py", "..\\x.py", "labs\\..\\..\\x.py", ".."],
)
def test_a_path_that_leads_out_is_refused_with_all_the_rest(name: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="leads out of it"):
        inside(name)
    handed = from_zip(zipped({**tree(), name: b"print(1)\n"}))
    assert "leads out of it" in str(handed.problem) and not handed.files


@pytest.mark.parametrize("name", ["con.py", "a:b.py", "x\x1b[2J.py", "dot.", "\u202exyp.py", "what?.py", "lpt1"])
def test_names_that_some_system_cannot_have_are_left_out(name: str) -> None:
    handed = from_files(["labs/lab3_broadcast/server.py", f"labs/lab3_broadcast/{name}"])
    assert set(handed.files) == {"lab3_broadcast/server.py"}
    assert "some systems take no such name" in handed.notes[0]


def test_two_files_of_one_name_are_no_submission() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = io.BytesIO(zipped(tree()))
        with zipfile.ZipFile(twice, "a") as archive:
            archive.writestr("labs/lab3_broadcast/server.py", "print(1)\n")
    assert "which are one name" in str(from_zip(twice.getvalue()).problem)
    decomposed = unicodedata.normalize("NFD", "й")
    for one, other in (("Server.py", "server.py"), ("й.py", f"{decomposed}.py")):
        with pytest.raises(Unreadable, match="one name"):
            listing_of([f"labs/lab3_broadcast/{one}", f"labs/lab3_broadcast/{other}"])
    assert len(listing_of(["README.md", "readme.md"]).entries) == 1


def test_a_file_where_others_need_a_folder_is_no_submission() -> None:
    handed = from_zip(zipped({"labs/lab3_broadcast/server.py": SERVER, "labs/lab3_broadcast/server.py/x": b""}))
    assert "twice, as a file and as a folder" in str(handed.problem)


# Harm


def test_links_and_devices_in_an_archive_are_left_out() -> None:
    for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK):
        handed = from_zip(with_kind({}, "labs/lab3_broadcast/server.py", kind, b"/etc/passwd"))
        assert not handed.files and handed.problem == "it is empty"
    handed = from_zip(with_link(tree(), "labs/lab3_broadcast/more.py", "/etc/passwd"))
    assert set(handed.files) == EVERYTHING
    assert handed.notes == ["left out: labs/lab3_broadcast/more.py (a link, and links are not followed)"]


HARM: dict[str, tuple[Callable[[], bytes], str]] = {
    "overlapping": (overlapping, "its files lie over one another"),
    "a bomb of many": (bomb, "more than 20 MiB"),
    "a bomb of one": (lambda: zipped({"labs/lab1_echo/server.py": b"#" * 1_000_000}), "unpacks to far more than a program is"),
    "many files": (lambda: zipped({f"labs/{number}.py": b"" for number in range(MOST_FILES + 1)}), "more than 2000 files"),
    "many long names": (lambda: zipped({f"{number:0900}": b"" for number in range(9_000)}), "its directory is too large"),
    "locked": (lambda: locked(tree()), "locked with a password"),
    "lzma": (lambda: zipped(tree(), zipfile.ZIP_LZMA), "packed in an unusual way"),
    "bzip2": (lambda: zipped(tree(), zipfile.ZIP_BZIP2), "packed in an unusual way"),
    "cut off": (lambda: zipped(tree())[:-100], "no zip archive, or a damaged one"),
    "another archive": (lambda: b"Rar!\x1a\x07\x00", "no zip archive, or a damaged one"),
    "no bytes": (lambda: b"", "no zip archive, or a damaged one"),
    "another inside": (lambda: nested(1, b"nothing"), "inner.zip: it is no zip archive"),
    "many inside": (lambda: zipped({f"{number}.zip": zipped({}) for number in range(11)}), "it holds 11 archives"),
}


@pytest.mark.parametrize("kind", HARM)
def test_an_archive_that_could_do_harm_is_refused(kind: str) -> None:
    make, said = HARM[kind]
    handed = from_zip(make())
    assert said in str(handed.problem)
    assert not handed.files


def test_damage_within_is_told() -> None:
    data = bytearray(zipped({"labs/lab3_broadcast/server.py": SERVER}, zipfile.ZIP_STORED))
    data[data.index(b"import")] ^= 1
    assert "a damaged one (Bad CRC" in str(from_zip(bytes(data)).problem)


def test_a_large_file_is_left_out_and_read_no_further_than_it_may_be() -> None:
    asked: list[int] = []

    def endless(most: int) -> bytes:
        asked.append(most)
        return b"#" * most

    listing = Listing({"labs/lab3_broadcast/server.py": Entry(endless, 0.0)})
    handed = receive(Handed("somebody", "x"), listing, LABS, [], 0)
    assert not handed.files and handed.notes == ["left out: lab3_broadcast/server.py (it is larger than 1 MiB)"]
    assert asked == [(1 << 20) + 1]


def test_bytes_are_counted_as_they_come() -> None:
    budget = Budget(10)
    entry = Entry(lambda most: b"x" * min(6, most), 0.0)
    assert budget.read(entry, 100) == b"xxxxxx"
    with pytest.raises(Unreadable):
        budget.read(entry, 100)


# Folders


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
def test_in_a_folder_links_are_not_followed_and_pipes_not_waited_for(tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("password = 1\n")
    lab = tmp_path / "in" / "labs" / "lab3_broadcast"
    lab.mkdir(parents=True)
    (lab / "server.py").symlink_to(secret)
    os.mkfifo(lab / "client.py")
    (tmp_path / "in" / "labs" / "lab4_client").symlink_to(tmp_path)
    (lab / "real.py").write_bytes(b"print(1)\n")
    handed = receive(Handed("somebody", "in"), folder.listed(tmp_path / "in"), LABS, [], 0)
    assert {path: file.data for path, file in handed.files.items()} == {"lab3_broadcast/real.py": b"print(1)\n"}
    assert handed.notes == [
        "left out: labs/lab4_client (a link, and links are not followed)",
        "left out: labs/lab3_broadcast/client.py (no ordinary file)",
        "left out: labs/lab3_broadcast/server.py (a link, and links are not followed)",
    ]
    with pytest.raises(Unreadable):
        folder.entry(lab / "server.py").read(10)
    with pytest.raises(Unreadable):
        folder.entry(lab / "client.py").read(10)


def test_what_is_written_is_what_came_and_others_may_read_it(tmp_path: Path) -> None:
    handed = from_zip(zipped({**tree("labs"), "labs/lab3/x.py": b""}))
    old = os.umask(0o077)
    try:
        (tmp_path / "new").mkdir()
        handed.write(tmp_path / "new")
    finally:
        os.umask(old)
    written = {path.relative_to(tmp_path / "new").as_posix(): path for path in (tmp_path / "new").rglob("*")}
    assert {name: path.read_bytes() for name, path in written.items() if path.is_file()} == {
        path: file.data for path, file in handed.files.items()
    }
    folders = {path.partition("/")[0] for path in TREE} | {"lab3"}
    assert {name for name, path in written.items() if path.is_dir()} == folders
    assert all(path.stat().st_mode & 0o005 for path in (tmp_path / "new", *written.values()))
    assert os.listdir(tmp_path) == ["new"]


# The manifest


def claimed(files: dict[str, bytes], **facts: object) -> bytes:
    listed = [{"path": f"labs/{path}", "sha256": manifest.digest(data)} for path, data in files.items()]
    return manifest.to_bytes({"kit": "0.1.0", "python": "3.12.1", "packed": "now", "files": listed, **facts})


def test_a_manifest_is_held_against_what_came() -> None:
    files = {path: TREE[path] for path in EVERYTHING}
    packed = tree()
    same = from_zip(zipped({**packed, "manifest.json": claimed(files, labs={"lab1_echo": {"points": 12}})}))
    assert same.claim is not None and same.claim.points == {"lab1_echo": 12} and same.differences() == []
    changed = {**packed, "labs/lab3_broadcast/server.py": b"print(1)\n", "labs/lab1_echo/more.py": b""}
    del changed["labs/lab4_client/client.py"]
    deeper = {f"hand-in/{path}": data for path, data in {**changed, "manifest.json": claimed(files)}.items()}
    other = from_zip(zipped(deeper))
    assert other.differences() == [
        "changed since it was packed: lab3_broadcast/server.py; added since it was packed: lab1_echo/more.py; "
        "packed, and not there: lab4_client/client.py"
    ]
    only = from_zip(zipped({**changed, "manifest.json": claimed(files)}), ["lab6_assignment"])
    assert only.claim is not None and only.differences() == []


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"[]", b"{}", b'{"format": 2, "files": []}', b'{"format": 1, "files": {}}', b"[" * 100_000, b"1" * 10_000],
)
def test_what_is_no_manifest_is_none(data: bytes) -> None:
    assert manifest.read(data) is None


def test_of_a_strange_manifest_what_can_be_read_is_read() -> None:
    labs = {"lab1_echo": {"points": True}, "lab2": {"points": 10**30}, "lab3": {"points": -1}, "lab4": 7, "lab5": {"points": 3}}
    facts = {"kit": ["x"], "python": "x" * 10_000, "files": [1, {"path": 2, "sha256": "0"}, {}], "labs": labs}
    claim = manifest.read(manifest.to_bytes(facts))
    assert claim == manifest.Claim("", "x" * 100, "", {}, {"lab5": 3})


# Whose


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Иван Петров_123_assignsubmission_file_", ("Иван Петров", "123", "", "file", False)),
        ("Name Surname_7_assignsubmission_file", ("Name Surname", "7", "", "file", False)),
        ("Anna_Maria O'Neil_7_assignsubmission_file_chat_lab.zip", ("Anna_Maria O'Neil", "7", "chat_lab.zip", "file", False)),
        ("Name Surname_7_assignsubmission_onlinetext_", ("Name Surname", "7", "", "onlinetext", False)),
        ("surnamename_late_123_456_hw.zip", ("surnamename", "123", "hw.zip", "file", True)),
        ("surnamename_LATE_123_456_server-1.py", ("surnamename", "123", "server-1.py", "file", True)),
        ("surnamename_123_456_my_lab.zip", ("surnamename", "123", "my_lab.zip", "file", False)),
        ("lab3_broadcast", None),
        ("chat-lab-20251125-0259.zip", None),
        ("Иван Петров", None),
    ],
)
def test_platforms_say_whose_it_is(name: str, known: tuple[str, str, str, str, bool] | None) -> None:
    found = whose.of(name)
    assert (found and (found.name, found.number, found.rest, found.kind, found.late)) == known
