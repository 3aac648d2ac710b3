"""
Trains the network on feature folders, several traces at once, and writes a checkpoint.

$ python train.py --features DIR --out DIR                     # the shipped model
$ python train.py --features DIR --out DIR --hold-out bpic2013 # without a trace, to judge on the unseen
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

EPOCHS = 12
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
    hyper = Hyper(
        descriptor=len(first.descriptors),
        features=len(first.features),
        state=given.state,
        cell=given.cell,
        recurrent=given.recurrent,
    )
    rng = np.random.default_rng(given.seed)
    scales, params = start(hyper, corpus, dropped(first, given.drop_feature), rng, given.seed)
    validator = Validator(hyper, splits, given.seed)
    say(
        f"{len(corpus.splits)} traces, {sum(map(len, corpus.sequences))} steps, {len(corpus.rows)} rows, start",
        started,
    )
    report(validator.figures(validator.logits(scales, params)))

    epochs = 2 if given.smoke else given.epochs
    best_params, best = params, -1.0
    for epoch, average in enumerate(learn.epochs_of(hyper, corpus, scales, params, given.loss, epochs, rng)):
        figures = validator.figures(validator.logits(scales, average))
        recall = mean_recall(figures, corpus)
        say(f"epoch {epoch + 1}/{epochs}: mean recall at equal bytes {recall:.4f}", started)
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


def dropped(trace: Trace, names: list[str]) -> np.ndarray:
    """1 for each feature that is used [F], 0 for those named."""
    if unknown := set(names) - set(trace.features):
        raise SystemExit(f"--drop-feature: no such feature: {', '.join(sorted(unknown))}")
    return np.array([name not in names for name in trace.features], np.float32)


def start(hyper: Hyper, corpus: Corpus, used: np.ndarray, rng: np.random.Generator, seed: int) -> tuple[Params, Params]:
    """Scales of the inputs, and parameters whose linear part is a logistic regression: the floor."""
    rows = corpus.draw(FLOOR_ROWS, rng)
    features = corpus.features_of(rows)
    scales = {
        "features": scale_of(np.asarray(with_logarithms(features))),
        "descriptors": scale_of(corpus.descriptors),
    }
    # A feature without scale is a constant to the network.
    scales["features"]["inverse"] *= np.concatenate([used, used])
    inputs = np.asarray(inputs_of(scales, features))
    weights = logistic.fit(inputs, corpus.label[rows], corpus.weight[rows], FLOOR_RIDGE)
    params = init(hyper, seed)
    params["score"]["linear"] = {
        "w": weights[:-1, None].astype(np.float32),
        "b": weights[-1:].astype(np.float32),
    }
    return scales, params


def mean_recall(figures: dict[str, dict[str, float]], corpus: Corpus) -> float:
    """Mean over the traces that are learned from."""
    names = [s.trace.name for s in corpus.splits if s.trace.name in figures]
    return float(np.mean([figures[name]["recall"] for name in names])) if names else 0.0


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
