"""Whose hand-ins there are in what an instructor names: one student's, or those of many as platforms give them out."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from made_handins import overlapping, tree, zipped

from checker.grading import rubric
from checker.handin.gathering import gather, is_many
from checker.handin.listing import MOST_FILES
from checker.handin.received import Handed

LABS = {name: rubric.load(name).programs for name in rubric.names()}
TREE = tree(below="")
EVERYTHING = set(TREE)
SERVER = TREE["lab3_broadcast/server.py"]


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def gathered(path: Path, asked: Sequence[str] = ()) -> dict[str, Handed]:
    found = gather([path], LABS, asked)
    assert len({handed.name for handed in found.hand_ins}) == len(found.hand_ins)
    return {handed.name: handed for handed in found.hand_ins}


MOODLE = {
    "Анна Белова_11_assignsubmission_file_/chat-lab.zip": zipped(tree()),
    "Boris Ivanov_12_assignsubmission_file_/hand-in/labs/lab3_broadcast/server.py": SERVER,
    "Boris Ivanov_12_assignsubmission_onlinetext_/onlinetext.html": b"<p>here it is</p>",
    "Clara Text_13_assignsubmission_onlinetext_/onlinetext.html": b"<p>I forgot</p>",
    "Dora Flat_14_assignsubmission_file_my_lab.zip": zipped(tree(below="")),
    "Egor Empty_15_assignsubmission_file_/.DS_Store": b"",
    "__MACOSX/._x": b"",
    "grades.csv": b"",
}


@pytest.mark.parametrize("packed", [False, True])
def test_what_moodle_gives_is_one_hand_in_for_each_student(tmp_path: Path, packed: bool) -> None:
    place = tmp_path / "class"
    if packed:
        place = tmp_path / "class.zip"
        place.write_bytes(zipped(MOODLE))
    else:
        put(place, MOODLE)
        (place / "Egor Empty_15_assignsubmission_file_").mkdir(exist_ok=True)
    assert is_many(place, LABS, [])
    found = gathered(place)
    assert {name: (handed.number, len(handed.files), handed.problem) for name, handed in found.items()} == {
        "Анна Белова": ("11", len(EVERYTHING), None),
        "Boris Ivanov": ("12", 1, None),
        "Clara Text": ("13", 0, "no file was handed in, only onlinetext"),
        "Dora Flat": ("14", len(EVERYTHING), None),
        "Egor Empty": ("15", 0, "it is empty"),
    }
    assert [Path(one).name for one in gather([place], LABS, []).left_out] == ["grades.csv"]


def test_what_canvas_gives_is_put_together_again(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "ivanov_123_77_server-1.py": SERVER,
            "ivanov_123_78_rooms.py": b"",
            "petrova_LATE_124_79_hw.zip": zipped({"server.py": SERVER}),
        },
    )
    found = gathered(tmp_path, ["lab3_broadcast"])
    assert set(found["ivanov"].files) == {"lab3_broadcast/server.py", "lab3_broadcast/rooms.py"}
    assert "server-1.py was taken for server.py" in found["ivanov"].notes
    assert set(found["petrova"].files) == {"lab3_broadcast/server.py"}
    assert found["petrova"].notes == ["late, as its name says"]


@pytest.mark.parametrize(
    ("files", "asked", "names"),
    [
        (["a/labs/lab1_echo/server.py", "b/lab1_echo/server.py"], [], {"a", "b"}),
        (["a.zip", "b.zip", "notes.txt"], [], {"a", "b"}),
        (["student1/server.py", "student2/server.py"], ["lab3_broadcast"], {"student1", "student2"}),
        (["a/labs/lab1_echo/server.py", "b/x.txt", "c/labs/lab1_echo/server.py"], [], {"a", "b", "c"}),
        (["a/hw.zip", "b/hw.rar", "c/hw (1).zip"], [], {"a", "b", "c"}),
        # One hand-in, whatever it looks like:
        (["labs/lab1_echo/server.py", "old/labs/lab1_echo/server.py", "new/labs/lab1_echo/server.py"], [], {"place"}),
        (["lab1_echo/server.py", "a.zip", "b.zip"], [], {"place"}),
        (["server.py", "a/server.py", "b/server.py"], ["lab3_broadcast"], {"place"}),
        (["lab3/server.py", "lab4/client.py", "lab1 echo/server.py"], ["lab1_echo"], {"place"}),
        (["server/server.py", "client/client.py"], ["lab1_echo"], {"place"}),
        (["a/labs/lab1_echo/server.py"], [], {"place"}),
        (["hw.zip"], [], {"place"}),
    ],
)
def test_many_are_told_from_one(tmp_path: Path, files: list[str], asked: list[str], names: set[str]) -> None:
    place = tmp_path / "place"
    put(place, {name: zipped(tree()) if name.endswith(".zip") else SERVER for name in files})
    assert set(gathered(place, asked)) == names
    assert is_many(place, LABS, asked) == (names != {"place"})


def test_a_zip_among_others_is_the_hand_in_of_one(tmp_path: Path) -> None:
    two = zipped({**tree(below="old/labs"), **tree("labs", "new/labs")})
    put(tmp_path, {"a.zip": two, "b.zip": zipped(tree()), "labs/lab1_echo/server.py": SERVER, "Thumbs.db": b""})
    found = gather([tmp_path / name for name in ("a.zip", "b.zip", "labs", "Thumbs.db")], LABS, [])
    assert [handed.name for handed in found.hand_ins] == ["a", "b", tmp_path.name]
    assert "labs were found in new/labs, which is graded" in found.hand_ins[0].notes[0]
    assert len(found.left_out) == 1
    assert {handed.name for handed in gather([tmp_path / "a.zip"], LABS, []).hand_ins} == {"old", "new"}


def test_groups_of_many_keep_their_groups_name(tmp_path: Path) -> None:
    put(tmp_path, {f"{group}/{name}.zip": zipped(tree()) for group in ("one", "two") for name in ("anna", "boris")})
    found = gather([tmp_path / "one", tmp_path / "two"], LABS, [])
    assert [handed.name for handed in found.hand_ins] == ["one/anna", "one/boris", "two/anna", "two/boris"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_one_that_is_bad_stops_nobody(tmp_path: Path) -> None:
    put(tmp_path, {"bomb.zip": overlapping(), "out.zip": zipped({"../x": b""}), "right.zip": zipped(tree()), "x.7z": b"7z"})
    put(tmp_path / "many", {f"{number}.txt": b"" for number in range(MOST_FILES + 1)})
    (tmp_path / "linked").symlink_to(tmp_path)
    found = gather([tmp_path], LABS, [])
    problems = {handed.name: handed.problem for handed in found.hand_ins}
    assert problems["right"] is None
    assert set(problems) == {"bomb", "out", "right", "many", "x"}
    assert "lie over one another" in str(problems["bomb"])
    assert "leads out of it" in str(problems["out"])
    assert "more than 2000 files" in str(problems["many"])
    assert "x.7z is a 7-Zip archive" in str(problems["x"])
    assert [Path(one).name for one in found.left_out] == ["linked"]
    assert not (tmp_path.parent / "x").exists()


def test_an_archive_on_the_disk_may_be_large_as_little_of_it_is_read(tmp_path: Path) -> None:
    environment = {f"kit/.venv/lib/{number}.bin": b"\0" * (1 << 20) for number in range(25)}
    data = zipped({**environment, **tree(below="kit/labs")}, zipfile.ZIP_STORED)
    put(tmp_path, {"alone.zip": data, "A B_1_assignsubmission_file_/kit.zip": data})
    for path in (tmp_path / "alone.zip", tmp_path / "A B_1_assignsubmission_file_"):
        (handed,) = gather([path], LABS, []).hand_ins
        assert handed.problem is None and set(handed.files) == EVERYTHING
    (tmp_path / "of many.zip").write_bytes(zipped({"A B_1_assignsubmission_file_/kit.zip": data}, zipfile.ZIP_STORED))
    (handed,) = gather([tmp_path / "of many.zip"], LABS, []).hand_ins
    assert handed.problem == "kit.zip: it is larger than 20 MiB"
