"""
From traces to a model: an environment, features of each trace, a training, the graphs. Only the standard library.

$ python3 make_model.py --traces DIR                        # every trace in DIR whose meta.json says "train": true
$ python3 make_model.py --traces DIR --out DIR --epochs 20  # what is not known here is an option of train.py
$ python3 make_model.py --traces DIR --start CHECKPOINT     # goes on from a model
"""

import argparse
import tempfile
from pathlib import Path

import environment
from commands import HERE, OUT, TraceFolder, foresync, run, say, traces_in


def main() -> None:
    """Makes a model as the command line says."""
    given, options = arguments()
    traces = learned(given.traces)
    python = environment.ready()
    out = given.out.resolve()
    checkpoint = out / "checkpoint"
    # train.py knows its options: a wrong one is told now, and not after hours of features.
    parse = "import sys, train; sys.argv[0] = 'train.py'; train.arguments()"
    check = [python, "-c", parse, "--features", OUT, "--out", checkpoint, *options]
    run(["env", f"PYTHONPATH={HERE}", *check])
    with tempfile.TemporaryDirectory() as chosen:
        features = features_of(traces, given.work, Path(chosen))
        run([python, HERE / "train.py", "--features", features, "--out", checkpoint, *options])
    run([python, HERE / "export.py", "--checkpoint", checkpoint, "--out", out])
    say(f"model in {out}: foresync replay TRACE --policies model,blend --model {out}")


def arguments() -> tuple[argparse.Namespace, list[str]]:
    """What concerns this script, and the options of train.py."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--traces", type=Path, required=True, help="folder of traces, or one trace")
    parser.add_argument("--out", type=Path, default=OUT / "model", help="folder of the model (%(default)s)")
    parser.add_argument("--work", type=Path, default=OUT, help="folder that keeps the traces' features (%(default)s)")
    return parser.parse_known_args()


def learned(folder: Path) -> list[TraceFolder]:
    """The traces to learn from; ends the program if there is none."""
    traces = [trace for trace in traces_in(folder) if trace.train]
    if not traces:
        raise SystemExit(f'--traces: no trace in {folder} may be learned from ("train": true in its meta.json)')
    return traces


def features_of(traces: list[TraceFolder], work: Path, chosen: Path) -> Path:
    """Features of these traces and no others, as links in `chosen`; what is current is not written again."""
    for number, trace in enumerate(traces, 1):
        say(f"features of {trace.name} ({number} of {len(traces)})")
        features = work.resolve() / "features" / trace.name
        run(foresync("features", trace.path, "--out", features, "--reuse"))
        (chosen / trace.name).symlink_to(features, target_is_directory=True)
    return chosen


if __name__ == "__main__":
    main()
