"""
Trains the network on feature folders, several traces at once, and writes a checkpoint.

$ python train.py --features DIR --out DIR                     # the shipped model
$ python train.py --features DIR --out DIR --hold-out bpic2013 # without a trace, to judge on the unseen
$ python train.py --features DIR --out DIR --start DIR         # goes on from a checkpoint: a team's own log
$ python train.py --features DIR --out DIR --smoke             # seconds, to see that everything runs
"""

import argparse
import time
from pathlib import Path
from typing import Any

import jax
import numpy as np

import checkpoint
import learn
import logistic
from batches import Corpus
from checkpoint import Checkpoint
from data import RIVALS, Trace, load_all, split
from model import Hyper, Params, init, inputs_of, scale_of, with_logarithms
from validate import Validator

SEED = 1
SEEN = 0.8  # share of a trace's steps that training may know of: the product is measured on the rest
VALIDATION = 0.1  # the last part of what is seen: early stopping and calibration
HORIZON = 10  # a row is positive if its item is opened within so many of the user's own next steps

EPOCHS = 8
FLOOR_ROWS = 200_000  # rows on which the linear part starts
FLOOR_RIDGE = 1e-3


def main() -> None:
    """Trains as the command line says."""
    given = arguments()
    started = time.monotonic()
    traces = load_all(given.features)
    held_out = set(filter(None, given.hold_out.split(",")))
    if unknown := held_out - {t.name for t in traces}:
        raise SystemExit(f"--hold-out: no such trace: {', '.join(sorted(unknown))}")
    seen = 1.0 if given.all else SEEN
    splits = [split(t, given.horizon, seen, VALIDATION, t.train and t.name not in held_out) for t in traces]
    corpus = Corpus(splits)
    first = traces[0]
    rng = np.random.default_rng(given.seed)
    hyper, scales, params = resume(given.start, first) if given.start else start(given, corpus, rng)
    validator = Validator(hyper, splits, given.seed)
    epochs = 2 if given.smoke else given.epochs
    say(f"{len(corpus.splits)} traces, {corpus.steps} steps, {len(corpus.rows)} rows", started)

    best_params, best = params, -1.0
    for epoch, average in enumerate(learn.epochs_of(hyper, corpus, scales, params, given.loss, epochs, rng)):
        figures = validator.figures(validator.logits(scales, average))
        recall = mean_recall(figures, corpus)
        say(f"epoch {epoch}/{epochs}: mean recall at equal bytes {recall:.4f}", started)
        report(figures)
        if recall > best:
            best_params, best = jax.tree.map(np.asarray, average), recall
        if given.minutes and time.monotonic() - started > 60 * given.minutes:
            break

    logits = validator.logits(scales, best_params)
    scale, offset = validator.calibration(logits)
    figures = validator.figures([scale * x + offset for x in logits])
    say(f"best, calibrated: mean recall {best:.4f}", started)
    report(figures)
    training = {
        "feature_spec": first.feature_spec,
        "features": first.features,
        "descriptors": first.descriptors,
        "calibration": {"scale": scale, "offset": offset, "horizon": given.horizon},
        "traces": [{"name": s.trace.name, "licence": s.trace.licence, "steps": s.train_end} for s in corpus.splits],
        "seed": given.seed,
        "settings": settings(given, epochs),
        "validation": figures,
    }
    checkpoint.save(given.out, Checkpoint(hyper, scales, best_params, training))


def arguments() -> argparse.Namespace:
    """The command line; every default is a constant above."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--features", type=Path, required=True, help="folder of feature folders")
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--hold-out", default="", help="traces that are only judged, with commas")
    parser.add_argument("--start", type=Path, help="checkpoint to go on from; it decides the network")
    parser.add_argument("--smoke", action="store_true", help="two epochs")
    parser.add_argument("--all", action="store_true", help="learn from whole traces: no figure on them is then honest")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--minutes", type=float, default=0, help="start no epoch after so long; 0: no limit")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--state", type=int, default=64, choices=range(32, 257, 32), metavar="32..256")
    parser.add_argument("--cell", choices=("gru", "lru"), default="gru")
    parser.add_argument("--loss", choices=("bce", "list", "both"), default="both")
    parser.add_argument("--horizon", type=int, default=HORIZON)
    parser.add_argument("--drop-feature", action="append", default=[], metavar="NAME", help="may be repeated")
    parser.add_argument("--no-recurrent", dest="recurrent", action="store_false", help="the state is zeros")
    return parser.parse_args()


def resume(folder: Path, trace: Trace) -> tuple[Hyper, Params, Params]:
    """The network of a checkpoint, which must have learned from the same columns."""
    found = checkpoint.load(folder)
    if found.training["feature_spec"] != trace.feature_spec:
        raise SystemExit(f"--start: {folder} was trained with another feature specification than {trace.name}")
    return found.hyper, found.scales, found.params


def start(given: argparse.Namespace, corpus: Corpus, rng: np.random.Generator) -> tuple[Hyper, Params, Params]:
    """A network, the scales of its inputs, and parameters whose linear part is a logistic regression: the floor."""
    first = corpus.splits[0].trace
    hyper = Hyper(len(first.descriptors), len(first.features), given.state, cell=given.cell, recurrent=given.recurrent)
    rows = corpus.draw(FLOOR_ROWS, rng)
    features = corpus.features_of(rows)
    scales = {
        "features": scale_of(np.asarray(with_logarithms(features))),
        "descriptors": scale_of(corpus.descriptors),
    }
    if unknown := set(given.drop_feature) - set(first.features):
        raise SystemExit(f"--drop-feature: no such feature: {', '.join(sorted(unknown))}")
    # Without a scale it is a constant to the network, also where a step is described by the mean of it.
    scales["features"]["inverse"][np.tile(np.isin(first.features, given.drop_feature), 2)] = 0
    means = [f"mean-{name}" for name in given.drop_feature]
    scales["descriptors"]["inverse"][np.isin(first.descriptors, means)] = 0
    inputs = np.asarray(inputs_of(scales, features))
    weights = logistic.fit(inputs, corpus.label[rows], corpus.weight[rows], FLOOR_RIDGE).astype(np.float32)
    params = init(hyper, given.seed)
    params["score"]["linear"] = {"w": weights[:-1, None], "b": weights[-1:]}
    return hyper, scales, params


def mean_recall(figures: dict[str, dict[str, float]], corpus: Corpus) -> float:
    """Geometric mean over the traces that are learned from: each counts by factors, like the product's headline."""
    found = [figures[s.trace.name]["recall"] for s in corpus.splits if s.trace.name in figures]
    return float(np.exp(np.mean(np.log(np.maximum(found, 1e-3))))) if found else 0.0


def report(figures: dict[str, dict[str, float]]) -> None:
    """Prints figures as a table, one trace a line."""
    columns = ("cross_entropy", "pr_auc", "ece", "recall", *RIVALS)
    print(f"{'':18}" + "".join(f"{c[:10]:>11}" for c in columns))
    for name, row in figures.items():
        print(f"{name:18}" + "".join(f"{row[c]:11.4f}" for c in columns))


def settings(given: argparse.Namespace, epochs: int) -> dict[str, Any]:
    """What the model card says of the training."""
    return {
        "seen": 1.0 if given.all else SEEN,
        "validation": VALIDATION,
        "horizon": given.horizon,
        "loss": given.loss,
        "epochs": epochs,
        **{name.lower(): value for name, value in vars(learn).items() if name.isupper()},
        "dropped": given.drop_feature,
        "held_out": given.hold_out,
    }


def say(text: str, started: float) -> None:
    """A line with the time since the start."""
    print(f"[{time.monotonic() - started:6.0f} s] {text}", flush=True)


if __name__ == "__main__":
    main()
