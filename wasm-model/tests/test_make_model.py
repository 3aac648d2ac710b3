"""Which traces are learned from, and the environment. The step `model` of `npm test` runs the whole."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import commands
import environment
import make_model


def _trace(folder: Path, name: str, **meta: object) -> Path:
    (folder / name).mkdir(parents=True)
    (folder / name / "meta.json").write_text(json.dumps({"name": name, **meta}))
    return folder / name


def test_learns_from_those_traces_that_allow_it(tmp_path: Path) -> None:
    _trace(tmp_path, "b", train=True)
    _trace(tmp_path, "a", train=True)
    _trace(tmp_path, "private", train=False)
    _trace(tmp_path, "silent")
    (tmp_path / "no-trace").mkdir()
    assert [trace.name for trace in make_model.learned(tmp_path)] == ["a", "b"]
    assert [trace.name for trace in make_model.learned(tmp_path / "a")] == ["a"]


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        (None, "holds no trace"),
        ('{"train": false}', "may be learned from"),
        ("{", "cannot be read"),
        ("1", "no JSON obj"),
    ],
)
def test_says_what_is_wrong_with_a_folder(tmp_path: Path, meta: str | None, message: str) -> None:
    (tmp_path / "one").mkdir()
    if meta is not None:
        (tmp_path / "one" / "meta.json").write_text(meta)
    with pytest.raises(SystemExit, match=message):
        make_model.learned(tmp_path)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="nowhere is no folder"):
        make_model.learned(tmp_path / "nowhere")


def test_trains_on_the_features_of_the_chosen_traces_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "foresync.py"
    script.write_text(
        "import pathlib, sys\n"
        "assert sys.argv[1] == 'features' and sys.argv[-1] == '--reuse'\n"
        "folder = pathlib.Path(sys.argv[4])\n"
        "folder.mkdir(parents=True, exist_ok=True)\n"
        "(folder / 'meta.json').write_text(sys.argv[2])\n"
    )
    monkeypatch.setenv("FORESYNC_COMMAND", f"{sys.executable} {script}")
    one, two = _trace(tmp_path / "traces", "one", train=True), _trace(tmp_path / "traces", "two", train=True)
    for name in ("both", "last"):
        (tmp_path / name).mkdir()
    make_model.features_of(commands.traces_in(tmp_path / "traces"), tmp_path / "out", tmp_path / "both")
    chosen = make_model.features_of(commands.traces_in(two), tmp_path / "out", tmp_path / "last")
    assert {file.parent.name: file.read_text() for file in chosen.glob("*/meta.json")} == {"two": str(two)}
    assert (tmp_path / "out/features/one/meta.json").read_text() == str(one)


def test_a_failed_command_ends_the_program_with_its_code(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as failure:
        commands.run([sys.executable, "-c", "raise SystemExit(3)"])
    assert failure.value.code == 3
    with pytest.raises(SystemExit, match="cannot be run"):
        commands.run([tmp_path / "nothing"])


def test_an_environment_is_made_once_and_again_for_other_requirements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands_run: list[list[str]] = []
    actually = environment._run
    monkeypatch.setattr(environment, "_run", lambda command: (commands_run.append(command), actually(command)))
    monkeypatch.setattr(environment, "HERE", tmp_path)
    (tmp_path / "requirements.txt").write_text("# none\n")
    (tmp_path / "requirements-dev.txt").write_text("# none either\n")
    folder = tmp_path / "made"

    python = environment.ready(folder=folder)
    assert python.exists()
    assert len(commands_run) == 2
    assert environment.ready(folder=folder) == python
    assert len(commands_run) == 2
    environment.ready(checks=True, folder=folder)
    environment.ready(folder=folder)
    assert len(commands_run) == 3
    (tmp_path / "requirements.txt").write_text("# still none\n")
    environment.ready(folder=folder)
    assert len(commands_run) == 4


@pytest.mark.parametrize("found", [None, "#!/bin/sh\nexit 1\n"])
def test_says_in_one_line_that_python_is_missing_or_too_old(tmp_path: Path, found: str | None) -> None:
    for tool in ("sh", "dirname"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    if found is not None:
        (tmp_path / "python3").write_text(found)
        (tmp_path / "python3").chmod(0o755)
    command = [tmp_path / "sh", commands.HERE / "python.sh", "make_model.py", "--help"]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(r"the model needs python3 .*apt install .*python3-venv\)\n", done.stderr)
