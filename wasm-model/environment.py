"""
The virtual environment that training runs in, made when it is needed. Only the standard library.

$ python3 environment.py          # packages of requirements.txt; prints the path of its Python
$ python3 environment.py --dev    # and those of the checks
"""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE / ".venv"
PACKAGES, CHECKS = "requirements.txt", "requirements-dev.txt"


def main() -> None:
    """Makes the environment as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dev", action="store_true", help="with the packages that the checks need")
    print(ready(checks=parser.parse_args().dev))


def ready(checks: bool = False, folder: Path = FOLDER) -> Path:
    """The Python of an environment that has every required package; installs what is missing or out of date."""
    python = folder / "bin" / "python"
    wanted = _hash(CHECKS if checks else PACKAGES)
    stamp = folder / "installed.txt"
    if _runs(python) and stamp.exists() and wanted in stamp.read_text().split():
        return python
    print(f"installing the packages of training in {folder} (once)", file=sys.stderr, flush=True)
    if not _runs(python):
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    stamp.unlink(missing_ok=True)
    requirements = HERE / (CHECKS if checks else PACKAGES)
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)])
    # The packages of the checks include the others.
    stamp.write_text("\n".join([_hash(PACKAGES), wanted]) + "\n")
    return python


def _hash(name: str) -> str:
    """Names a state of a requirements file, with the one that it includes."""
    content = (HERE / PACKAGES).read_bytes() + (HERE / name).read_bytes()
    return hashlib.sha256(content).hexdigest()


def _runs(python: Path) -> bool:
    try:
        return subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _run(command: list[str]) -> None:
    # What pip prints is for people; standard output is for the path alone.
    if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0:
        raise SystemExit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    main()
