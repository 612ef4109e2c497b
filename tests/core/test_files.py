"""Files appear whole or not at all, keep what they replace, and never overwrite what is read."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from medvie_reward import InputError
from medvie_reward._core.files import decode_json, read_json, refuse_input, replacing, without_bom


def test_appears_when_whole(tmp_path: Path) -> None:
    """Nothing is there under the name before the end, and nothing beside it afterwards."""
    path = tmp_path / "out"
    with replacing(path) as file:
        file.write(b"a" * 100_000)
        assert not path.exists()
    assert path.read_bytes() == b"a" * 100_000
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("raised", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_what_was_there(tmp_path: Path, raised: type[BaseException]) -> None:
    """Whatever ends the work, the old file stays and no part of the new one."""
    path = tmp_path / "out"
    path.write_bytes(b"old")

    def fail() -> None:
        with replacing(path) as file:
            file.write(b"new")
            raise raised

    with pytest.raises(raised):
        fail()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["out"]


def test_mode_and_link_stay(tmp_path: Path) -> None:
    """A file that is replaced keeps its mode, and a link goes on naming it."""
    (tmp_path / "far").mkdir()
    real, link = tmp_path / "far" / "real", tmp_path / "link"
    real.write_bytes(b"old")
    real.chmod(0o600)
    link.symlink_to(real)
    with replacing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "far") == ["real"]


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    """A file that was not there is as readable as any other new file."""
    (tmp_path / "usual").write_bytes(b"")
    with replacing(tmp_path / "new"):
        pass
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_to_nothing(tmp_path: Path) -> None:
    """A link whose file is not there yet gets it."""
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with replacing(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize("way", ["same", "symbolic", "hard", "output is a link", "in a folder", "dotted"])
def test_an_input_is_never_overwritten(tmp_path: Path, way: str) -> None:
    """It is refused by what it is, not by what it is called, before a byte is written."""
    folder = tmp_path / "docs"
    folder.mkdir()
    read = folder / "in"
    read.write_bytes(b"kept")
    out, given = tmp_path / "out", read
    if way == "same":
        out = read
    elif way == "symbolic":
        given = tmp_path / "link"
        given.symlink_to(read)
        out = read
    elif way == "hard":
        os.link(read, out)
    elif way == "output is a link":
        out.symlink_to(read)
    elif way == "in a folder":
        out, given = read, folder
    else:
        out = folder / ".." / "docs" / "in"
    with (
        pytest.raises(InputError, match=r"would overwrite the input .*: expected another file") as caught,
        replacing(out, [tmp_path / "absent", given]),
    ):
        pytest.fail("it was opened")
    assert caught.value.file == str(out)
    assert read.read_bytes() == b"kept"


def test_standard_input_is_an_input(tmp_path: Path) -> None:
    """A file that is read through standard input is not overwritten either."""
    path = tmp_path / "in"
    path.write_bytes(b"kept")
    program = "import sys; from medvie_reward._core.files import *\nwith replacing(sys.argv[1], ['-']): pass"
    with path.open("rb") as source:
        done = subprocess.run(
            [sys.executable, "-c", program, str(path)], stdin=source, capture_output=True, text=True
        )
    assert "would overwrite the input standard input" in done.stderr
    assert path.read_bytes() == b"kept"


def test_other_files_are_no_inputs(tmp_path: Path) -> None:
    """A new file, another file and a device pass."""
    (tmp_path / "in").write_bytes(b"x")
    (tmp_path / "other").write_bytes(b"x")
    for name in ("new", "other"):
        refuse_input(tmp_path / name, [tmp_path / "in", tmp_path / "absent", "-"])
    refuse_input("/dev/null", ["/dev/null"])


def test_devices_and_pipes_are_written_directly(tmp_path: Path) -> None:
    """A device is no file to be replaced, and a pipe gets what is written."""
    with replacing("/dev/null") as file:
        file.write(b"x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    with replacing(pipe) as file:
        file.write(b"through")
    reader.join()
    assert got == [b"through"]
    assert os.listdir(tmp_path) == ["pipe"]


def test_a_full_disk_names_the_file() -> None:
    """The message of the system alone would not say which file."""
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with (
        pytest.raises(InputError, match=r"^/dev/full: cannot be written: No space left on device$"),
        replacing("/dev/full") as file,
    ):
        file.write(b"x" * 100_000)
    with (
        pytest.raises(InputError, match=r"^/dev/full: cannot be written: No space left on device$"),
        replacing("/dev/full") as file,
    ):
        file.write(b"x")  # which fails only when it is closed


def test_a_file_that_grows_too_large(tmp_path: Path) -> None:
    """A limit that is met half-way leaves nothing behind."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        raises = pytest.raises(InputError, match="out: cannot be written: File too large")
        with raises, replacing(tmp_path / "out") as file:
            file.write(b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert os.listdir(tmp_path) == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """It is said at once, with the name that was given."""
    path = tmp_path / "none" / "out"
    with (
        pytest.raises(InputError, match="cannot be written: No such file or directory") as caught,
        replacing(path),
    ):
        pytest.fail("it was opened")
    assert caught.value.file == str(path)


def test_one_json_value(tmp_path: Path) -> None:
    """With or without a byte order mark; whatever is wrong names the file."""
    path = tmp_path / "x.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n')
    assert read_json(path) == {"a": 1}
    assert without_bom(b"\xef\xbb\xbfx") == without_bom(b"x") == b"x"
    with pytest.raises(InputError, match=r"^x: expected one JSON value: "):
        decode_json(b"{} {}", "x")
    with pytest.raises(InputError, match="none: No such file or directory"):
        read_json(tmp_path / "none")
