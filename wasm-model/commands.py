"""Runs commands and finds traces for the scripts that put others together. Only the standard library."""

import json
import os
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE / "out"


@dataclass(frozen=True)
class TraceFolder:
    """A trace by the name of its folder, with what its meta.json says that concerns training."""

    name: str
    path: Path
    train: bool


def traces_in(folder: Path) -> list[TraceFolder]:
    """The folder itself if it is a trace, else every trace folder in it, by name; ends the program if there is none."""
    if not folder.is_dir():
        raise SystemExit(f"--traces: {folder} is no folder")
    metas = [folder / "meta.json"] if (folder / "meta.json").exists() else sorted(folder.glob("*/meta.json"))
    if not metas:
        raise SystemExit(f"--traces: {folder} holds no trace (a folder with meta.json; see foresync import)")
    return [_trace(meta) for meta in metas]


def _trace(meta: Path) -> TraceFolder:
    try:
        content = json.loads(meta.read_text())
    except (OSError, ValueError) as error:
        raise SystemExit(f"{meta}: cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise SystemExit(f"{meta}: is no JSON object")
    path = meta.parent.resolve()
    return TraceFolder(path.name, path, content.get("train") is True)


def foresync(*arguments: str | Path) -> list[str]:
    """The command line of `foresync`: what is built in dist/, or what FORESYNC_COMMAND says."""
    command = os.environ.get("FORESYNC_COMMAND")
    if command:
        return [*shlex.split(command), *map(str, arguments)]
    built = HERE.parent / "dist" / "cli" / "foresync.js"
    if not built.exists():
        raise SystemExit(f"{built} is missing: npm run build")
    return ["node", str(built), *map(str, arguments)]


def run(command: Sequence[str | Path]) -> None:
    """Runs a command that says itself what goes wrong; ends the program with it if it fails."""
    try:
        code = subprocess.run([str(part) for part in command], check=False).returncode
    except OSError as error:
        raise SystemExit(f"{command[0]} cannot be run: {error}") from error
    if code != 0:
        # Negative: ended by a signal.
        raise SystemExit(code if code > 0 else 1)


def say(text: str) -> None:
    """A line of progress, seen at once also where output goes to a file."""
    print(text, flush=True)
