"""A build is a transaction: whatever happens, the folder ends with the old set or with the new one.

The faults are real ones: a child process is killed or interrupted each time that it touches the disk, runs
without permission, or meets a full disk.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handout.machine import exchange, output_folder
from handout.machine.output_folder import Output
from handout.model.findings import EnvironmentFault, ExitCode, HandoutError

MACHINE = Path(output_folder.__file__).parent

Files = dict[str, bytes]

TOUCHES = frozenset(
    ("open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "os.scandir", "os.utime")
)
"""The audit events of Python that come just before the disk is touched."""

NOBODY = 65534
PRIVATE = {".lock", ".gitignore"}


def manifest(*paths: str, note: str = "") -> bytes:
    return json.dumps({"files": [{"path": path} for path in paths], "note": note}).encode()


OLD = (
    Output("staff/a.pdf", b"old a"),
    Output("staff/gone.pdf", b"old gone"),
    Output("students/a.pdf", b"old s"),
)
OLD_MANIFEST = manifest(*(output.path for output in OLD), "manifest.json", note="old")
NEW = (Output("staff/a.pdf", b"new a"), Output("ict/b.pdf", b"new b"), Output("students/a.pdf", b"new s"))
NEW_MANIFEST = manifest(*(output.path for output in NEW), note="new")
NOTES = {"staff/notities.docx": b"of the user", "mijn.pdf": b"of the user"}


def files_in(folder: Path) -> Files:
    """Return every file under *folder* with its bytes, what is left in a staging folder too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in PRIVATE
    }


def as_files(outputs: tuple[Output, ...], manifest: bytes) -> Files:
    return {**NOTES, **{output.path: output.data for output in outputs}, "manifest.json": manifest}


OLD_FILES, NEW_FILES = as_files(OLD, OLD_MANIFEST), as_files(NEW, NEW_MANIFEST)


def write_old(folder: Path) -> None:
    with output_folder.lock(folder):
        output_folder.write(OLD, OLD_MANIFEST, folder)
    for path, data in NOTES.items():
        (folder / path).write_bytes(data)


def write_new(folder: Path) -> None:
    with output_folder.lock(folder):
        output_folder.recover(folder)
        output_folder.write(NEW, NEW_MANIFEST, folder)


def recover(folder: Path) -> None:
    with output_folder.lock(folder):
        output_folder.recover(folder)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A folder with the old set and two files of the user."""
    folder = tmp_path / "build"
    write_old(folder)
    return folder


# ---- a child process that meets its end -------------------------------------------------------


def run_in_child(work: Callable[[], None]) -> int:
    """Return the exit code of a process that does *work*; minus the signal where one ended it."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            work()
            code = 0
        except HandoutError as error:
            code = int(error.exit_code)
        except KeyboardInterrupt:
            code = int(ExitCode.INTERRUPTED)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def at_touch(number: int, act: Callable[[], None], work: Callable[[], None]) -> None:
    """Do *work*, and *act* just before it touches the disk for the *number*-th time. For a child only."""
    touches = count(1)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in TOUCHES and next(touches) == number:
            act()

    sys.addaudithook(hook)
    work()


def on_entering(function: str, act: Callable[[], None], work: Callable[[], None]) -> None:
    """Do *work*, and *act* where it calls *function* of `machine/`."""

    def trace(frame: FrameType, event: str, argument: object) -> None:
        if Path(frame.f_code.co_filename).parent == MACHINE and frame.f_code.co_name == function:
            act()

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt_self() -> None:
    raise KeyboardInterrupt


def as_ordinary_user(work: Callable[[], None]) -> Callable[[], None]:
    """Return *work*, done without the rights of root: those pass every permission."""

    def work_as_user() -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        work()

    return work_as_user


def stopped_at_each_touch(
    start: Path, act: Callable[[], None], work: Callable[[Path], None], change_user: bool = False
) -> Iterator[Path]:
    """Yield a copy of *start* for each time that *work* touches the disk: there *act* was done."""
    for number in count(1):
        folder = start.parent / "copy"
        subprocess.run(["cp", "-a", start, folder], check=True)
        child_work = partial(at_touch, number, act, partial(work, folder))
        code = run_in_child(as_ordinary_user(child_work) if change_user else child_work)
        yield folder
        shutil.rmtree(folder)
        if code in (ExitCode.DONE, ExitCode.ENVIRONMENT):
            return
        assert code in (-signal.SIGKILL, ExitCode.INTERRUPTED)


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot exchange folders, as Windows and macOS."""
    monkeypatch.setattr(exchange, "_renameat2", lambda: None)


def in_place(folder: Path) -> Files:
    """Return the files of *folder* that a person at the printer sees."""
    return {path: data for path, data in files_in(folder).items() if not path.startswith(".staging-")}


def left_beside(folder: Path) -> list[Path]:
    return list(folder.parent.glob(f".{folder.name}.next-*"))


@pytest.mark.parametrize("act", [kill_self, interrupt_self])
def test_build_stopped_at_any_point_never_shows_a_mix(build: Path, act: Callable[[], None]) -> None:
    outcomes = []
    for folder in stopped_at_each_touch(build, act, write_new):
        assert in_place(folder) in (OLD_FILES, NEW_FILES)
        outcomes.append(in_place(folder) == NEW_FILES)
        recover(folder)
        assert files_in(folder) == (NEW_FILES if outcomes[-1] else OLD_FILES)
        assert not left_beside(folder)
    assert outcomes == sorted(outcomes)
    assert {True, False} == set(outcomes)
    assert len(outcomes) > 29


def test_recovery_after_an_exchange_killed_at_any_point_never_shows_a_mix(build: Path) -> None:
    code = run_in_child(partial(on_entering, "clear", kill_self, partial(write_new, build)))
    assert code == -signal.SIGKILL
    (left,) = left_beside(build)
    (left / "staff/later.docx").write_bytes(b"saved while the folder was filled")
    files = {**NEW_FILES, "staff/later.docx": b"saved while the folder was filled"}

    def start_over() -> Path:
        start = build.parent / "start"
        start.mkdir()
        subprocess.run(["cp", "-a", build, left, start], check=True)
        return start / "build"

    stops = 0
    for number in count(1):
        folder = start_over()
        code = run_in_child(partial(at_touch, number, kill_self, partial(recover, folder)))
        assert in_place(folder).items() >= NEW_FILES.items()
        recover(folder)
        assert files_in(folder) == files
        assert not left_beside(folder)
        shutil.rmtree(folder.parent)
        stops += 1
        if code == ExitCode.DONE:
            break
    assert stops > 10


def test_reader_in_the_middle_of_builds_meets_one_set(build: Path) -> None:
    """A process reads while another builds: by one open folder it sees files of one build alone."""
    child = os.fork()
    if child == 0:
        for _ in range(20):
            write_new(build)
            with output_folder.lock(build):
                output_folder.write(OLD, OLD_MANIFEST, build)
        os._exit(0)
    seen: set[bytes] = set()
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        folder = os.open(build, os.O_RDONLY)
        try:
            read = [bytes_at(folder, path) for path in ("staff/a.pdf", "students/a.pdf")]
        finally:
            os.close(folder)
        seen.add(b"+".join(sorted(data.split()[0] for data in read if data)))
    assert seen <= {b"old+old", b"new+new", b"old", b"new", b""}
    assert {b"old+old", b"new+new"} & seen


def bytes_at(folder: int, path: str) -> bytes:
    """Return the bytes of *path* in the open *folder*; nothing where it is gone, as an old set goes."""
    try:
        descriptor = os.open(path, os.O_RDONLY, dir_fd=folder)
    except FileNotFoundError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def test_exchange_keeps_what_is_not_ours_and_the_folder_as_it_was(build: Path, tmp_path: Path) -> None:
    (build / "leeg").mkdir()
    (build / "foto's/zomer").mkdir(parents=True)
    (build / "foto's/zomer/a.jpg").write_bytes(b"of the user")
    (build / "link").symlink_to("nergens")
    (build / "foto's").chmod(0o750)
    build.chmod(0o705)
    os.mkfifo(build / "pijp")
    identity = (build / "foto's/zomer/a.jpg").stat().st_ino
    with (build / "mijn.pdf").open("ab") as open_file:
        write_new(build)
        open_file.write(b", and more")
    assert files_in(build) == {
        **NEW_FILES,
        "foto's/zomer/a.jpg": b"of the user",
        "mijn.pdf": b"of the user, and more",
    }
    assert (build / "leeg").is_dir()
    assert (build / "link").readlink() == Path("nergens")
    assert (build / "pijp").is_fifo()
    assert (build / "foto's/zomer/a.jpg").stat().st_ino == identity
    assert [path.stat().st_mode & 0o777 for path in (build, build / "foto's")] == [0o705, 0o750]
    assert not build.is_symlink()
    assert not left_beside(build)


def test_file_that_is_saved_while_the_folder_is_filled_stays(build: Path) -> None:
    def save() -> None:
        new = build / "mijn.pdf.part"
        new.write_bytes(b"newer")
        new.replace(build / "mijn.pdf")  # as an editor saves
        (build / "staff/later.docx").write_bytes(b"later")
        (build / "map").mkdir()
        (build / "map/x").write_bytes(b"x")

    assert run_in_child(partial(on_entering, "write_through", save, partial(write_new, build))) == 0
    more = {"mijn.pdf": b"newer", "staff/later.docx": b"later", "map/x": b"x"}
    assert files_in(build) == {**NEW_FILES, **more}
    assert not left_beside(build)


def test_lock_holds_over_an_exchange(build: Path) -> None:
    with output_folder.lock(build):
        output_folder.write(NEW, NEW_MANIFEST, build)
        with pytest.raises(HandoutError, match="another build"), output_folder.lock(build):
            pass


def why_not(build: Path) -> str | None:
    with output_folder.lock(build), output_folder.staging(build, [output.path for output in NEW]) as files:
        for output in NEW:
            files.add(output)
        return files.commit(NEW_MANIFEST)


def test_build_says_nothing_of_an_exchange_that_was_done(build: Path) -> None:
    identity = build.stat().st_ino
    assert why_not(build) is None
    assert build.stat().st_ino != identity


@pytest.mark.usefixtures("one_by_one")
def test_system_that_cannot_exchange_folders_says_so_and_builds(build: Path) -> None:
    assert why_not(build) == "this system cannot exchange two folders"
    assert files_in(build) == NEW_FILES


def test_folder_that_the_command_was_given_in_stays_and_the_set_comes_file_by_file(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(build / "staff")
    assert "the command was given in it" in str(why_not(build))
    assert files_in(build) == NEW_FILES
    assert Path.cwd() == build / "staff"


def test_folder_beside_which_we_may_not_write_is_filled_file_by_file(open_build: Path) -> None:
    open_build.parent.chmod(0o555)
    said = Path(tempfile.mkdtemp()) / "said"

    def work() -> None:
        said.write_text(str(why_not(open_build)))

    said.parent.chmod(0o777)
    assert run_in_child(as_ordinary_user(work)) == 0
    assert said.read_text() == "permission denied"
    assert files_in(open_build) == NEW_FILES
    assert not left_beside(open_build)


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("act", [kill_self, interrupt_self])
def test_build_stopped_at_any_point_leaves_the_old_set_or_the_new_one(
    build: Path, act: Callable[[], None]
) -> None:
    outcomes = []
    for folder in stopped_at_each_touch(build, act, write_new):
        recover(folder)
        assert files_in(folder) in (OLD_FILES, NEW_FILES)
        outcomes.append(files_in(folder) == NEW_FILES)
    assert set(outcomes) == {True, False}
    assert outcomes == sorted(outcomes) or act is interrupt_self


def test_first_build_killed_at_any_point_leaves_nothing_or_all(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    outcomes = set()
    for folder in stopped_at_each_touch(tmp_path / "empty", kill_self, write_new):
        recover(folder)
        found = files_in(folder)
        assert found == {} or found == {path: data for path, data in NEW_FILES.items() if path not in NOTES}
        outcomes.add(bool(found))
    assert outcomes == {True, False}


def write_new_but_one(folder: Path) -> None:
    """Write the new set without one that was staged, one that was not, and one beside the set."""
    with output_folder.lock(folder):
        output_folder.recover(folder)
        names = [*(output.path for output in NEW), "ict/not-made.pdf"]
        with output_folder.staging(folder, names) as files:
            for output in NEW:
                files.add(output)
            files.withdraw(["students/a.pdf", "ict/not-made.pdf", "staff/notities.docx", "jobs/none.html"])
            files.commit(manifest("staff/a.pdf", "ict/b.pdf"))


def test_files_that_are_withdrawn_are_gone_with_the_old_set_wherever_a_build_is_killed(build: Path) -> None:
    left = {output.path: output.data for output in NEW if output.path != "students/a.pdf"}
    expected = {**left, "mijn.pdf": NOTES["mijn.pdf"], "manifest.json": manifest(*left)}
    write_new_but_one(shutil.copytree(build, build.parent / "whole"))
    assert files_in(build.parent / "whole") == expected
    assert not (build.parent / "whole/students").exists()
    outcomes = []
    for folder in stopped_at_each_touch(build, kill_self, write_new_but_one):
        recover(folder)
        assert files_in(folder) in (OLD_FILES, expected)
        outcomes.append(files_in(folder) == expected)
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {True, False}


STAYS = "staff/a.pdf"


def write_new_around_one(folder: Path) -> None:
    """Write the new set, one file of which is the old one that stands there."""
    with output_folder.lock(folder):
        output_folder.recover(folder)
        with output_folder.staging(folder, [output.path for output in NEW]) as files:
            files.leave([STAYS])
            assert files.read(STAYS) == b"old a"
            for output in NEW:
                if output.path != STAYS:
                    files.add(output)
            files.commit(NEW_MANIFEST)


@pytest.mark.parametrize("system", ["at once", "one by one"])
def test_file_that_is_left_stands_with_the_old_set_and_with_the_new_wherever_a_build_is_killed(
    build: Path, system: str, request: pytest.FixtureRequest
) -> None:
    if system == "one by one":
        request.getfixturevalue("one_by_one")
    expected = {**NEW_FILES, STAYS: b"old a"}
    outcomes = []
    for folder in stopped_at_each_touch(build, kill_self, write_new_around_one):
        recover(folder)
        assert files_in(folder) in (OLD_FILES, expected)
        outcomes.append(files_in(folder) == expected)
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {True, False}


def kill_after_marker(build: Path) -> None:
    """Kill a build in *build* that has just written its marker."""
    code = run_in_child(partial(on_entering, "carry_out", kill_self, partial(write_new, build)))
    assert code == -signal.SIGKILL
    assert list(build.glob(".staging-*/commit.json"))


@pytest.mark.usefixtures("one_by_one")
def test_recovery_killed_at_any_point_is_finished_by_the_next(build: Path) -> None:
    kill_after_marker(build)
    for folder in stopped_at_each_touch(build, kill_self, recover):
        recover(folder)
        assert files_in(folder) == NEW_FILES


@pytest.mark.usefixtures("one_by_one")
def test_marker_goes_before_anything_that_it_lists(build: Path) -> None:
    """In which order a folder is emptied is up to the file system: a sweep may never meet the bad one."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.remove" and str(arguments[0]).endswith((".new", ".old")):
            assert not list(build.glob(".staging-*/commit.json"))

    def work() -> None:
        sys.addaudithook(hook)
        write_new(build)

    assert run_in_child(work) == ExitCode.DONE
    assert files_in(build) == NEW_FILES


@pytest.mark.usefixtures("one_by_one")
def test_next_build_finishes_the_killed_one_by_itself(build: Path) -> None:
    kill_after_marker(build)
    with output_folder.lock(build):
        output_folder.write(OLD, OLD_MANIFEST, build)
    assert files_in(build) == OLD_FILES


def test_recovery_of_a_sound_or_missing_folder_changes_nothing(build: Path) -> None:
    recover(build)
    assert files_in(build) == OLD_FILES
    output_folder.recover(build / "missing")
    assert not (build / "missing").exists()


# ---- files of other processes -----------------------------------------------------------------


def test_file_of_a_process_that_was_killed_is_written_anew_by_another(build: Path) -> None:
    first, *others = NEW

    def put_and_die(writer: output_folder.StagingWriter) -> None:
        writer.put(Output(first.path, b"what a process wrote before it was killed"))
        kill_self()

    with output_folder.lock(build), output_folder.staging(build, [output.path for output in NEW]) as files:
        assert run_in_child(partial(put_and_die, files.writer)) == -signal.SIGKILL
        with pytest.raises(KeyError):
            files.read(first.path)  # nobody has told of it
        files.take(files.writer.put(first))
        for output in others:
            files.add(output)
        assert files.read(first.path) == first.data
        files.commit(NEW_MANIFEST)
    assert files_in(build) == NEW_FILES


def test_set_without_one_of_its_files_is_not_put_in_place(build: Path) -> None:
    with output_folder.lock(build), output_folder.staging(build, [output.path for output in NEW]) as files:
        for output in NEW[:2]:
            files.add(output)
        with pytest.raises(ValueError, match=r"not added: students/a\.pdf"):
            files.commit(NEW_MANIFEST)
    assert files_in(build) == OLD_FILES


# ---- the machine refuses ----------------------------------------------------------------------


@pytest.fixture
def open_build() -> Iterator[Path]:
    """The old set in a folder of an ordinary user, whose permissions count."""
    parent = Path(tempfile.mkdtemp())
    folder = parent / "build"
    write_old(folder)
    if os.geteuid() == 0:
        for path in (parent, *parent.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(parent)


def message_of(work: Callable[[], None], folder: Path) -> tuple[int, str]:
    """Return the exit code of *work* in a child, and what it said."""
    said = folder.parent / "said.txt"
    said.touch()
    said.chmod(0o666)

    def work_aloud() -> None:
        try:
            work()
        except HandoutError as error:
            said.write_text(f"{error.what}\n{error.fix}")
            raise

    return run_in_child(work_aloud), said.read_text()


@pytest.mark.parametrize("locked_before", [True, False])
def test_read_only_folder_is_reported_and_stays_as_it_was(open_build: Path, locked_before: bool) -> None:
    if not locked_before:
        (open_build / ".lock").unlink()
    open_build.chmod(0o555)
    code, said = message_of(as_ordinary_user(lambda: write_new(open_build)), open_build)
    assert code == ExitCode.ENVIRONMENT
    assert f"cannot write {open_build}" in said
    assert "permission denied" in said
    assert "allow writing there" in said
    assert files_in(open_build) == OLD_FILES


def test_refusal_halfway_is_undone(open_build: Path) -> None:
    (open_build / "students").chmod(0o555)
    code, said = message_of(as_ordinary_user(lambda: write_new(open_build)), open_build)
    assert code == ExitCode.ENVIRONMENT
    assert "students/a.pdf: permission denied" in said
    assert files_in(open_build) == OLD_FILES
    assert not (open_build / "ict").exists()


def test_undoing_killed_at_any_point_leaves_the_old_set_or_the_new_one(open_build: Path) -> None:
    (open_build / "students").chmod(0o555)
    outcomes = []
    for folder in stopped_at_each_touch(open_build, kill_self, write_new, change_user=True):
        (folder / "students").chmod(0o755)
        recover(folder)
        assert files_in(folder) in (OLD_FILES, NEW_FILES)
        outcomes.append(files_in(folder) == NEW_FILES)
    assert set(outcomes) == {True, False}
    assert not outcomes[-1]


def test_undoing_that_is_refused_too_says_so_and_is_finished_by_the_next_build(open_build: Path) -> None:
    (open_build / "students").chmod(0o555)

    def close_staff() -> None:
        (open_build / "staff").chmod(0o555)

    def work() -> None:
        on_entering("_undo", close_staff, lambda: write_new(open_build))

    code, said = message_of(as_ordinary_user(work), open_build)
    assert code == ExitCode.ENVIRONMENT
    assert "holds a part of the old files and a part of the new ones: permission denied" in said
    assert "the next build then puts the rest in place" in said
    for name in ("staff", "students"):
        (open_build / name).chmod(0o755)
    recover(open_build)
    assert files_in(open_build) == NEW_FILES


def test_limit_on_the_size_of_a_file_is_reported_and_the_old_set_stays(build: Path) -> None:
    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        output_folder.write([Output("staff/a.pdf", b"x" * 5000)], b"{}", build)

    code, said = message_of(work, build)
    assert code == ExitCode.ENVIRONMENT
    assert f"cannot write {build}/staff/a.pdf: file too large" in said
    assert files_in(build) == OLD_FILES


@pytest.fixture(params=["size=128k", "nr_inodes=12"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A disk with the old set, too small for much more, in bytes or in files."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", request.param, "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        write_old(disk)
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_full_disk_is_reported_and_the_old_set_stays(small_disk: Path) -> None:
    outputs = [Output(f"staff/{number}.pdf", b"x" * 20_000) for number in range(10)]
    with (
        output_folder.lock(small_disk),
        pytest.raises(EnvironmentFault, match="no space left on device") as error,
    ):
        output_folder.write(outputs, b"{}", small_disk)
    assert str(small_disk / "staff") in error.value.what
    assert "free some space" in error.value.fix
    assert files_in(small_disk) == OLD_FILES


def test_file_in_place_of_the_folder_is_reported_and_stays(tmp_path: Path) -> None:
    (tmp_path / "build").write_bytes(b"mine")
    with (
        pytest.raises(EnvironmentFault, match="build: file exists") as error,
        output_folder.lock(tmp_path / "build"),
    ):
        pass
    assert "move away the file" in error.value.fix
    assert (tmp_path / "build").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("staff/a.pdf/b.pdf", "staff/a.pdf is a file, and a folder must come there"),
        ("staff", "staff is a folder, and a file must come there"),
    ],
)
def test_file_or_folder_in_the_way_is_reported_and_stays(build: Path, path: str, what: str) -> None:
    with pytest.raises(EnvironmentFault, match=what):
        output_folder.write([Output(path, b"x")], b"{}", build)
    assert files_in(build) == OLD_FILES


# ---- two builds at once -----------------------------------------------------------------------


def test_second_build_is_busy_until_the_first_one_dies(build: Path) -> None:
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        with output_folder.lock(build):
            os.write(write_end, b"held")
            signal.pause()
        os._exit(0)
    try:
        assert os.read(read_end, 4) == b"held"
        with (
            pytest.raises(HandoutError, match="another build is writing to") as error,
            output_folder.lock(build),
        ):
            pass
        assert error.value.exit_code is ExitCode.BUSY
        assert "wait until it is done" in error.value.fix
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    write_new(build)
    assert files_in(build) == NEW_FILES


def test_lock_in_the_same_process_is_busy_too(build: Path) -> None:
    with (
        output_folder.lock(build),
        pytest.raises(HandoutError, match="another build"),
        output_folder.lock(build),
    ):
        pass


def test_lock_is_free_after_an_error_inside_it(build: Path) -> None:
    with pytest.raises(ZeroDivisionError), output_folder.lock(build):
        raise ZeroDivisionError
    write_new(build)


# ---- a folder that is not ours ----------------------------------------------------------------

REPORT = "proof.json"
OURS = b'{"program": "handout 1.0", "files": []}'


@pytest.mark.parametrize(
    "files",
    [
        {"index.html": b"mine"},
        {"manifest.json": b'{"name": "a web application", "files": []}'},
        {"manifest.json": b"[]", "a.pdf": b""},
        {".gitignore": b"*\n!.gitignore\n", "index.html": b"mine"},
        {".staging-abcdefgh/x": b"", "brief.md": b"mine"},
    ],
    ids=lambda files: ",".join(files),
)
def test_folder_that_is_neither_empty_nor_ours_is_refused(tmp_path: Path, files: Files) -> None:
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    with pytest.raises(HandoutError, match="holds what handout did not make: ") as error:
        output_folder.refuse_foreign(tmp_path, [REPORT])
    assert error.value.exit_code is ExitCode.USAGE
    assert "name an empty folder with --output" in error.value.fix


@pytest.mark.parametrize(
    "files",
    [
        {},
        {".lock": b"", ".DS_Store": b""},
        {".gitignore": b"*\r\n!.gitignore\r\n"},
        {".gitignore": b"# Keeps the folder.\n*\n!.gitignore\n", ".gitkeep": b""},
        {"manifest.json": OURS, "index.html": b"of us", "notities.docx": b"mine"},
        {"manifest.json": b"{", REPORT: OURS, "index.html": b"of us"},
        {".staging-abcdefgh/commit.json": b"[]", "staff/a.pdf": b"of a build that was killed"},
    ],
    ids=lambda files: ",".join(files),
)
def test_folder_that_is_empty_or_ours_is_taken(tmp_path: Path, files: Files) -> None:
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    output_folder.refuse_foreign(tmp_path, [REPORT])


# ---- what is written --------------------------------------------------------------------------


def test_files_of_the_previous_set_go_and_those_of_the_user_stay(build: Path) -> None:
    write_new(build)
    assert files_in(build) == NEW_FILES


def test_files_of_the_previous_set_stay_in_a_build_of_a_part(build: Path) -> None:
    both = manifest(*(output.path for output in NEW), "staff/gone.pdf", note="new")
    output_folder.write(NEW, both, build)
    assert files_in(build) == {**as_files(NEW, both), "staff/gone.pdf": b"old gone"}


def test_folder_that_became_empty_goes(build: Path) -> None:
    output_folder.write([], b"{}", build)
    assert sorted(path.name for path in build.iterdir()) == [
        ".gitignore",
        ".lock",
        "manifest.json",
        "mijn.pdf",
        "staff",
    ]


def test_same_build_twice_gives_the_same_files(build: Path) -> None:
    write_new(build)
    write_new(build)
    assert files_in(build) == NEW_FILES


def test_gitignore_keeps_the_folder_and_nothing_in_it(build: Path) -> None:
    assert (build / ".gitignore").read_text() == "*\n!.gitignore\n"


def test_own_gitignore_stays(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine")
    output_folder.write(OLD, OLD_MANIFEST, tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "mine"


def test_written_files_have_the_permissions_of_any_new_file(build: Path, tmp_path: Path) -> None:
    (tmp_path / "any").touch()
    assert (build / "staff/a.pdf").stat().st_mode == (tmp_path / "any").stat().st_mode


@pytest.mark.parametrize(
    ("paths", "what"),
    [
        (["staff/a.pdf", "staff/a.pdf"], "one name: staff/a.pdf and staff/a.pdf"),
        (["staff/a.pdf", "Staff/A.pdf"], "one name: staff/a.pdf and Staff/A.pdf"),
        (["caf\u00e9.pdf", "cafe\u0301.pdf"], "one name: caf\u00e9.pdf and cafe\u0301.pdf"),
        (["strasse.pdf", "stra\u00dfe.pdf"], "one name: strasse.pdf and stra\u00dfe.pdf"),
        (["manifest.json"], "one name: manifest.json and manifest.json"),
        (["staff", "staff/a.pdf"], "staff is a file of this build, and staff/a.pdf needs a folder"),
    ],
)
def test_two_outputs_that_cannot_stand_side_by_side_are_both_named(
    build: Path, paths: list[str], what: str
) -> None:
    with pytest.raises(HandoutError) as error:
        output_folder.write([Output(path, b"x") for path in paths], b"{}", build)
    assert what in error.value.what
    assert "rename one of the two" in error.value.fix
    assert error.value.exit_code is ExitCode.FINDINGS
    assert files_in(build) == OLD_FILES


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("../a.pdf", "only small letters"),
        ("/etc/a.pdf", "only small letters"),
        ("staff//a.pdf", "only small letters"),
        ("staff/./a.pdf", "only small letters"),
        ("staff\\a.pdf", "only small letters"),
        ("c:a.pdf", "only small letters"),
        ("a\x00.pdf", "only small letters"),
        ("a.pdf\n", "only small letters"),
        ("", "only small letters"),
        ("staff/", "only small letters"),
        (".gitignore", "only small letters"),
        ("Staff.pdf", "only small letters"),
        ("a.", "only small letters"),
        ("caf\u00e9.pdf", "only small letters"),
        ("con.pdf", "reserved on Windows"),
        ("aux/a.pdf", "reserved on Windows"),
        ("staff/lpt1.tar.gz", "reserved on Windows"),
        ("a" * 151, "has 151 characters; 150 are allowed"),
    ],
)
def test_output_without_a_plain_name_is_refused_before_anything_is_written(
    build: Path, path: str, what: str
) -> None:
    with pytest.raises(HandoutError, match=what) as error:
        output_folder.write([Output(path, b"x")], b"{}", build)
    assert error.value.exit_code is ExitCode.FINDINGS
    assert files_in(build) == OLD_FILES


# ---- what others left in the folder -----------------------------------------------------------


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"not ours")
    return folder


def test_linked_folder_is_not_written_through(build: Path, outside: Path) -> None:
    (build / "ict").symlink_to(outside)
    with pytest.raises(EnvironmentFault, match="ict is a symbolic link"):
        write_new(build)
    assert files_in(outside) == {"a.pdf": b"not ours"}
    assert files_in(build).items() >= OLD_FILES.items()


def test_linked_file_is_replaced_and_what_it_leads_to_stays(build: Path, outside: Path) -> None:
    (build / "staff/a.pdf").unlink()
    (build / "staff/a.pdf").symlink_to(outside / "a.pdf")
    write_new(build)
    assert files_in(build) == NEW_FILES
    assert not (build / "staff/a.pdf").is_symlink()
    assert files_in(outside) == {"a.pdf": b"not ours"}


def test_obsolete_file_behind_a_link_stays(build: Path, outside: Path) -> None:
    (build / "extra").symlink_to(outside)
    (build / "manifest.json").write_bytes(manifest("extra/a.pdf", "../outside/a.pdf", str(outside / "a.pdf")))
    write_new(build)
    assert files_in(outside) == {"a.pdf": b"not ours"}


def test_linked_manifest_is_not_read(build: Path, outside: Path) -> None:
    (outside / "list.json").write_bytes(manifest("mijn.pdf"))
    (build / "manifest.json").unlink()
    (build / "manifest.json").symlink_to(outside / "list.json")
    write_new(build)
    assert (build / "mijn.pdf").exists()


def test_linked_lock_is_refused(build: Path, outside: Path) -> None:
    (build / ".lock").unlink()
    (build / ".lock").symlink_to(outside / "new")
    with pytest.raises(EnvironmentFault, match=r"cannot write .*\.lock"), output_folder.lock(build):
        pass
    assert not (outside / "new").exists()


def test_linked_staging_folder_is_left_alone(build: Path, outside: Path) -> None:
    (outside / "commit.json").write_bytes(b"[]")
    (build / ".staging-abcdefgh").symlink_to(outside)
    recover(build)
    assert set(files_in(outside)) == {"a.pdf", "commit.json"}


MARKERS = {
    "no JSON": b"{",
    "no list": b"{}",
    "too deep": b"[" * 100_000,
    "no rows": b"[1]",
    "path that leaves": b'[["../outside/a.pdf", true]]',
    "absolute path": b'[["/etc/a.pdf", false]]',
    "new file missing": b'[["staff/never.pdf", false]]',
}


@pytest.mark.parametrize("marker", MARKERS.values(), ids=MARKERS)
def test_strange_marker_is_reported_and_nothing_is_moved(build: Path, outside: Path, marker: bytes) -> None:
    staging = build / ".staging-abcdefgh"
    staging.mkdir()
    (staging / "commit.json").write_bytes(marker)
    with pytest.raises(EnvironmentFault, match=r"what it left in .* is damaged") as error:
        recover(build)
    assert "and build again" in error.value.fix
    shutil.rmtree(staging)
    assert files_in(build) == OLD_FILES
    assert files_in(outside) == {"a.pdf": b"not ours"}


def test_strange_marker_cannot_put_a_link_in_place(build: Path, outside: Path) -> None:
    staging = build / ".staging-abcdefgh"
    staging.mkdir()
    (staging / "0.new").symlink_to(outside / "a.pdf")
    (staging / "commit.json").write_bytes(b'[["staff/a.pdf", false]]')
    with pytest.raises(EnvironmentFault, match="is damaged"):
        recover(build)
    assert not (build / "staff/a.pdf").is_symlink()


def test_strange_marker_cannot_delete_through_a_link(build: Path, outside: Path) -> None:
    (build / "extra").symlink_to(outside)
    staging = build / ".staging-abcdefgh"
    staging.mkdir()
    (staging / "commit.json").write_bytes(b'[["extra/a.pdf", true]]')
    with pytest.raises(EnvironmentFault, match="extra is a symbolic link"):
        recover(build)
    assert files_in(outside) == {"a.pdf": b"not ours"}


@given(
    st.one_of(st.binary(max_size=60), st.sampled_from([b"[" * 100_000, b'{"files": [1, {"path": 2}, {}]}']))
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_as_the_previous_manifest_remove_nothing(tmp_path: Path, found: bytes) -> None:
    (tmp_path / "mine.pdf").write_bytes(b"mine")
    (tmp_path / "manifest.json").write_bytes(found)
    output_folder.write(NEW, NEW_MANIFEST, tmp_path)
    assert (tmp_path / "mine.pdf").read_bytes() == b"mine"
    assert (tmp_path / "manifest.json").read_bytes() == NEW_MANIFEST
