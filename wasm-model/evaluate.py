"""
Figures of a model by the replay, the only implementation of the protocol. Only the standard library.

$ python3 evaluate.py --traces DIR                                         # the shipped model, budgets 1 and 0.25
$ python3 evaluate.py --traces DIR --model DIR --policies all,model-frozen --budgets 0.25,1,4 --out DIR

Writes figures.json and tables.md to --out, and keeps what it measured there: a run with the same trace, options and
(where it asks the network) model is not repeated, whatever changed in the code since, unless --fresh is given.
"""

import argparse
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands import HERE, OUT, TraceFolder, foresync, run, say, traces_in
from tables import ALL, Measured, figures_of, markdown_of

SHIPPED = HERE / "model"


@dataclass(frozen=True)
class View:
    """What of a trace is replayed, and how; part of the name under which a run is kept."""

    split_devices: int | None
    last_steps: int | None

    @property
    def options(self) -> list[str]:
        """As `foresync replay` takes it."""
        named = {"--split-devices": self.split_devices, "--last-steps": self.last_steps}
        return [part for name, value in named.items() if value is not None for part in (name, str(value))]


def main() -> None:
    """Evaluates as the command line says."""
    given = arguments()
    traces = traces_in(given.traces)
    view = View(given.split_devices, given.last_steps)
    model = model_hash(given.model) if any(map(asks_network, given.policies)) else None
    measured = []
    for budget in given.budgets:
        for number, trace in enumerate(traces, 1):
            say(f"{trace.name} at budget {budget} ({number} of {len(traces)})")
            policies = measure(trace, budget, view, model, given)
            measured.append(Measured(trace.name, budget, policies))
    figures = {
        "model_sha256": model,
        "split_devices": view.split_devices,
        "last_steps": view.last_steps,
        "budgets": figures_of(measured),
    }
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")
    (given.out / "tables.md").write_text(markdown_of(figures))
    say(f"{given.out}: figures.json, tables.md")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=Path, required=True, help="folder of traces, or one trace")
    parser.add_argument("--model", type=Path, default=SHIPPED, help="folder of the model (%(default)s)")
    parser.add_argument("--policies", type=_policies, default=list(ALL), help=f"all ({', '.join(ALL)}), and others")
    parser.add_argument("--budgets", type=_budgets, default=["1", "0.25"], help="with commas (1,0.25)")
    parser.add_argument("--split-devices", type=int, choices=(2,))
    parser.add_argument("--last-steps", type=int, metavar="COUNT")
    parser.add_argument("--workers", type=int, metavar="COUNT", help="policies at the same time (one a core)")
    parser.add_argument("--out", type=Path, default=OUT / "evaluation", help="folder of the figures (%(default)s)")
    parser.add_argument("--fresh", action="store_true", help="repeat what was measured before")
    return parser.parse_args()


def measure(
    trace: TraceFolder, budget: str, view: View, model: str | None, given: argparse.Namespace
) -> dict[str, dict[str, Any]]:
    """Figures of each policy on a trace; replays those that were not measured before."""
    name = "".join(view.options).replace("--", "-")
    folder = given.out / "runs" / f"{trace.name}-{trace_hash(trace.path)[:12]}" / f"budget-{budget}{name}"
    files = {
        policy: folder / f"{policy}{f'-{model[:12]}' if model and asks_network(policy) else ''}.json"
        for policy in given.policies
    }
    missing = [policy for policy, file in files.items() if given.fresh or not file.exists()]
    if missing:
        report = folder / "running.json"
        workers = [] if given.workers is None else ["--workers", given.workers]
        options = ["--policies", ",".join(missing), "--budget", budget, *view.options, *workers, "--json", report]
        using = ["--model", given.model.resolve()] if any(map(asks_network, missing)) else []
        run(foresync("replay", trace.path, "--in-process", *options, *using))
        for policy, figures in json.loads(report.read_text())["policies"].items():
            files[policy].write_text(json.dumps(figures, indent=2) + "\n")
        report.unlink()
    return {policy: json.loads(file.read_text()) for policy, file in files.items()}


def asks_network(policy: str) -> bool:
    """Whether the figures of a policy depend on the model."""
    return policy.split("-")[0] == "model"


def model_hash(folder: Path) -> str:
    """SHA-256 of manifest.json, which has the hashes of the graphs in it; ends the program if there is none."""
    try:
        return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    except OSError as error:
        raise SystemExit(f"--model: {folder} holds no model: {error}") from error


def trace_hash(folder: Path) -> str:
    """Changes with any file of the trace."""
    whole = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        if file.name.removesuffix(".gz") in ("meta.json", "events.csv", "relations.csv", "items.csv"):
            whole.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _policies(text: str) -> list[str]:
    """Names with commas, each once; `all` stands for those of the protocol."""
    names = [name for part in text.split(",") for name in (ALL if part == "all" else (part,))]
    if not all(re.fullmatch("[a-z-]+", name) for name in names):
        raise argparse.ArgumentTypeError("names with commas (scores from files are one trace's: foresync replay)")
    return list(dict.fromkeys(names))


def _budgets(text: str) -> list[str]:
    try:
        return [f"{value:g}" for value in map(float, text.split(","))]
    except ValueError:
        raise argparse.ArgumentTypeError("numbers with commas") from None


if __name__ == "__main__":
    main()
