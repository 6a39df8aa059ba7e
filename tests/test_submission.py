"""Which labs are meant by the words of a command, and which files lie in whatever folder was named."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.grading import rubric
from checker.grading.submission import AskedWrongly, Submitted, find_root, from_files, locate, select

NAMES = [
    "lab1_echo",
    "lab2_duo",
    "lab3_broadcast",
    "lab4_client",
    "lab5_disconnect",
    "lab6_assignment",
    "lab10_extra",
]


@dataclass(frozen=True)
class Lab:
    name: str
    number: int
    programs: tuple[str, ...]


BOTH = ("server", "client")
LAB1 = Lab("lab1_echo", 1, BOTH)
LAB3 = Lab("lab3_broadcast", 3, ("server",))
LAB4 = Lab("lab4_client", 4, ("client",))
LABS = [LAB1, LAB3, LAB4]


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("print(1)\n")
    return folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = (
        "lab1_echo/server.py",
        "lab1_echo/client.py",
        "lab3_broadcast/server.py",
        "lab4_client/client.py",
    )
    return write(tmp_path / "class" / "Иван Петров" / "labs", *files)


def refused(folder: Path, chosen: tuple[str, ...] = ()) -> str:
    with pytest.raises(AskedWrongly) as wrong:
        locate(folder, LABS, chosen)
    said = str(wrong.value)
    assert "\n" not in said and said
    return said


# Words


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ([], []),
        (["3"], [3]),
        (["03"], [3]),
        (["10"], [10]),
        (["lab3"], [3]),
        (["LAB3"], [3]),
        (["lab3_broadcast"], [3]),
        (["Lab3_Broadcast"], [3]),
        (["labs/lab3_broadcast/"], [3]),
        (["labs\\lab3_broadcast\\"], [3]),
        (["labs/lab3_broadcast/server.py"], [3]),
        (["lab", "3"], [3]),
        (["1-3"], [1, 2, 3]),
        (["lab1-lab3"], [1, 2, 3]),
        (["1–3"], [1, 2, 3]),
        (["1,3"], [1, 3]),
        (["1,", "3"], [1, 3]),
        (["6", "1-2", "2"], [1, 2, 6]),
        (["5-10"], [5, 6, 10]),
    ],
)
def test_words_mean_labs_each_once_in_order(words: list[str], meant: list[int]) -> None:
    assert [int(name[3:].partition("_")[0]) for name in select(words, NAMES)] == meant


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("lab3_brodcast", "did you mean lab3_broadcast?"),
        ("broadcast", "did you mean lab3_broadcast?"),
        ("7", "there is no lab 7: there are lab1_echo"),
        ("1-7", "there is no lab 7"),
        ("0", "there is no lab 0"),
        ("3-1", "write 1-3"),
        ("everything", "there are lab1_echo, lab2_duo"),
        ("-", "there are"),
        ("9" * 5000, "there are"),
        ("3.5", "there are"),
        ("٣", "there are"),
        ("lab", "there are"),
    ],
)
def test_unknown_words_are_answered_with_what_would_be_right(word: str, said: str) -> None:
    with pytest.raises(AskedWrongly) as wrong:
        select([word], NAMES)
    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


# The kit's folder


@pytest.mark.parametrize(
    "where", [".", "notebooks", "labs", "labs/lab3_broadcast", "labs/lab3_broadcast/deep/er"]
)
def test_the_root_is_found_from_anywhere_in_it(tmp_path: Path, where: str) -> None:
    write(tmp_path, "labs/lab3_broadcast/server.py")
    (tmp_path / where).mkdir(parents=True, exist_ok=True)
    assert find_root(tmp_path / where) == tmp_path


def test_the_root_is_found_from_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "labs/lab3_broadcast/server.py")
    monkeypatch.chdir(tmp_path / "labs" / "lab3_broadcast")
    assert find_root(Path()) == tmp_path


def test_a_kit_in_a_folder_called_labs_is_the_root(tmp_path: Path) -> None:
    kit = tmp_path / "labs"
    write(kit, "labs/lab3_broadcast/server.py")
    for where in (kit, kit / "labs", kit / "labs" / "lab3_broadcast"):
        assert find_root(where) == kit


def test_labs_without_any_lab_are_the_last_resort(tmp_path: Path) -> None:
    (tmp_path / "kit" / "labs").mkdir(parents=True)
    assert find_root(tmp_path / "kit") == tmp_path / "kit"
    write(tmp_path, "labs/lab1_echo/server.py")
    assert find_root(tmp_path / "kit") == tmp_path


def test_no_root_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(AskedWrongly, match="no folder labs.*--submission"):
        find_root(tmp_path)


# Trees


def everything_of(tree: Path) -> list[Submitted]:
    return [
        Submitted("lab1_echo", {one: tree / "lab1_echo" / f"{one}.py" for one in BOTH}),
        Submitted("lab3_broadcast", {"server": tree / "lab3_broadcast" / "server.py", "client": None}),
        Submitted("lab4_client", {"server": None, "client": tree / "lab4_client" / "client.py"}),
    ]


def test_a_tree_and_what_contains_it_give_the_same(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert locate(tree, LABS) == everything_of(tree)
    assert locate(tree.parent, LABS) == everything_of(tree)
    monkeypatch.chdir(tree)
    assert locate(Path(), LABS) == everything_of(tree)
    assert locate(Path(".."), LABS) == everything_of(tree)


def test_of_a_tree_the_chosen_labs(tree: Path) -> None:
    assert [one.lab for one in locate(tree, LABS, ["lab3_broadcast"])] == ["lab3_broadcast"]
    assert [one.lab for one in locate(tree, LABS, ["lab4_client", "lab1_echo"])] == [
        "lab1_echo",
        "lab4_client",
    ]


def test_a_lab_that_is_not_there_has_no_files_and_a_reason(tree: Path) -> None:
    (tree / "lab3_broadcast" / "server.py").unlink()
    (tree / "lab3_broadcast").rmdir()
    (found,) = locate(tree, LABS, ["lab3_broadcast"])
    assert found.files == {"server": None, "client": None}
    assert (
        found.missing is not None and "There is no folder" in found.missing and "rename" not in found.missing
    )


@pytest.mark.parametrize(
    "name", ["lab3", "Lab3", "lab03_broadcast", "lab3_brodcast", "lab 3", "3", "03 broadcast"]
)
def test_a_misnamed_lab_is_found(tree: Path, name: str) -> None:
    (tree / "lab3_broadcast").rename(tree / name)
    (found,) = locate(tree, LABS, ["lab3_broadcast"])
    assert found.missing is not None
    assert f"There is {name}: if that is it, rename it to lab3_broadcast." in found.missing


def test_a_file_that_is_not_there_has_a_reason(tree: Path) -> None:
    (tree / "lab1_echo" / "client.py").rename(tree / "lab1_echo" / "client.py.txt")
    (tree / "lab3_broadcast" / "server.py").unlink()
    echo, broadcast, client = locate(tree, LABS)
    assert echo.files == {"server": tree / "lab1_echo" / "server.py", "client": None}
    assert echo.missing is not None and "There is client.py.txt: if that is it, rename it" in echo.missing
    assert broadcast.missing is not None and broadcast.missing.endswith("server.py.")
    assert client.missing is None


def test_what_stands_in_a_files_place_is_left_to_who_reads_it(tree: Path) -> None:
    (tree / "lab3_broadcast" / "server.py").unlink()
    (tree / "lab3_broadcast" / "server.py").mkdir()
    (tree / "lab4_client" / "client.py").unlink()
    (tree / "lab4_client" / "client.py").symlink_to("nowhere.py")
    _echo, broadcast, client = locate(tree, LABS)
    assert broadcast.files["server"] is not None and broadcast.missing is None
    assert client.files["client"] is not None and client.missing is None


def test_the_kits_own_labs_are_found() -> None:
    labs = [rubric.load(name) for name in rubric.names()]
    root = Path(__file__).resolve().parents[1]
    for folder in (root, root / "labs", root / "solutions"):
        found = locate(folder, labs)
        assert [one.lab for one in found] == rubric.names()
        assert [one.missing for one in found] == [None] * len(labs)


# One lab's folder


def test_one_labs_folder_is_known_by_its_name(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = everything_of(tree)[:1]
    assert locate(tree / "lab1_echo", LABS) == wanted
    assert locate(tree / "lab1_echo", LABS, ["lab1_echo"]) == wanted
    monkeypatch.chdir(tree / "lab1_echo")
    assert locate(Path(), LABS) == wanted


def test_one_labs_folder_may_be_empty(tmp_path: Path) -> None:
    (tmp_path / "lab3_broadcast").mkdir()
    (found,) = locate(tmp_path / "lab3_broadcast", LABS)
    assert found.files == {"server": None, "client": None}
    assert found.missing is not None


def test_one_labs_folder_of_another_name_needs_the_lab(tmp_path: Path) -> None:
    folder = write(tmp_path / "my work", "server.py")
    (found,) = locate(folder, LABS, ["lab3_broadcast"])
    assert found == Submitted("lab3_broadcast", {"server": folder / "server.py", "client": None})
    assert "does not tell which" in refused(folder)
    assert "does not tell which" in refused(folder, ("lab1_echo", "lab3_broadcast"))


def test_one_labs_folder_with_its_program_under_another_name(tmp_path: Path) -> None:
    folder = write(tmp_path / "my work", "server.py.txt")
    (found,) = locate(folder, LABS, ["lab3_broadcast"])
    assert found.files["server"] is None
    assert found.missing is not None and "server.py.txt" in found.missing


def test_another_labs_folder_is_refused(tree: Path) -> None:
    assert "is the folder of lab 1" in refused(tree / "lab1_echo", ("lab3_broadcast",))


# No submission


def test_what_is_no_submission_is_refused_with_what_would_be_right(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "is empty" in refused(tmp_path / "empty")
    assert "is empty" in refused(tmp_path / "empty", ("lab3_broadcast",))
    assert "neither labs nor" in refused(write(tmp_path / "other", "notes.txt"))
    assert "there is no folder" in refused(tmp_path / "nowhere")
    assert "did you mean empty?" in refused(tmp_path / "emty")
    assert "--server FILE" in refused(tree / "lab1_echo" / "server.py")
    assert "unpack it" in refused(write(tmp_path, "labs.zip") / "labs.zip")
    assert "there is no folder" in refused(tmp_path / "x\0y")


def test_a_folder_in_a_folder_is_named(tree: Path) -> None:
    assert "Иван Петров does: name that one" in refused(tree.parents[1])


def test_a_tree_of_misnamed_labs_is_told_how_to_name_them(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", "lab3/server.py", "lab4/client.py")
    for chosen in ((), ("lab3_broadcast",)):
        assert "There is lab3: if that is it, rename it to lab3_broadcast." in refused(folder, chosen)


def test_a_closed_folder_is_refused(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_path: Path) -> bool:  # root, who may be running this, is refused nowhere
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", closed)
    assert "cannot be read (Permission denied)" in refused(tree)


# Files one by one


def test_files_by_their_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "моя программа.py", "other.py")
    monkeypatch.chdir(tmp_path)
    found = from_files(LAB1, Path("моя программа.py"), Path("other.py"))
    assert found == Submitted(
        "lab1_echo", {"server": tmp_path / "моя программа.py", "client": tmp_path / "other.py"}
    )
    assert from_files(LAB1, None, Path("other.py")).files == {"server": None, "client": tmp_path / "other.py"}
    assert from_files(LAB1, None, Path("other.py")).missing is None


def test_files_that_are_not_there_or_not_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "server.py.txt", "client.py")
    for server, client, said in (
        (None, None, "--server FILE"),
        (None, tmp_path / "client.py", "lab 3 asks for no client: say --server FILE"),
        (tmp_path / "server.py", None, "There is server.py.txt"),
        (tmp_path, None, "is a folder"),
    ):
        with pytest.raises(AskedWrongly) as wrong:
            from_files(LAB3, server, client)
        assert said in str(wrong.value)
        assert "\n" not in str(wrong.value)
