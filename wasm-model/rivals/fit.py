"""
Trains a rival that knows items by their ids on the first 80 % of a trace, and writes its scores for a replay.

$ foresync steps TRACE > steps.jsonl
$ python rivals/fit.py --steps steps.jsonl --kind gru --out scores       # or: --kind attention
$ foresync replay TRACE --in-process --policies model,file:gru4rec=scores

A row of scores uses what the user did up to and including its step, and names only items that had appeared by then. The
epoch is chosen on the last tenth of what is seen.
"""

import argparse
import json
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax

from networks import Params, init, logits
from sequences import Indices, Sequences, read, windows

SEEN = 0.8  # share of the steps that training may know of
VALIDATION = 0.1  # the last part of what is seen
EPOCHS = 30
PATIENCE = 4  # epochs without gain
WIDTH = 64
BATCH = 16  # windows
RATE = 3e-3
DROP = 0.3
TOP = 400
NONE = 0xFFFFFFFF


def main() -> None:
    """Trains and scores as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=Path, required=True, help="what `foresync steps` printed")
    parser.add_argument("--kind", choices=("gru", "attention"), required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the scores")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--drop", type=float, default=DROP)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = read(given.steps)
    params = train(found, given)
    write(found, scores_of(found, params, given.kind), given.out)


def train(found: Sequences, given: argparse.Namespace) -> Params:
    """The parameters of the best epoch. What follows the seen part is not known to it."""
    end = int(len(found.step_user) * SEEN)
    learned = int(end * (1 - VALIDATION))
    follow = following(found.step_user, end)
    parts = windows(found.step_user, end)
    params = init(given.kind, int(found.seen_items[end - 1]) if end else 0, given.width, given.seed)
    optimiser = optax.adam(given.rate)
    state = optimiser.init(params)
    rng = np.random.default_rng(given.seed)
    key = jax.random.key(given.seed)
    best, least, waited = params, np.inf, 0
    for epoch in range(given.epochs):
        for at in np.split(rng.permutation(len(parts)), range(BATCH, len(parts), BATCH)):
            key, drawn = jax.random.split(key)
            batch = _batch(found, follow, parts[np.resize(at, BATCH)], 0, learned)
            params, state = _update(given.kind, optimiser, params, state, batch, given.drop, drawn)
        loss = _mean_loss(found, follow, parts, (learned, end), given.kind, params)
        print(f"epoch {epoch + 1}: validation loss {loss:.4f}", flush=True)
        waited = 0 if loss < least else waited + 1
        if loss < least:
            best, least = params, loss
        if waited == PATIENCE:
            break
    return best


def following(step_user: Indices, end: int) -> Indices:
    """Each step's next one of the same user before `end`, -1 if there is none, [S]."""
    found = np.full(len(step_user), -1)
    order = np.argsort(step_user[:end], kind="stable")
    same = step_user[order[1:]] == step_user[order[:-1]]
    found[order[:-1][same]] = order[1:][same]
    return found


def _batch(found: Sequences, follow: Indices, part: Indices, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Items of the windows' steps, and of those that follow in [begin, end); 0 elsewhere."""
    after = np.where(part >= 0, follow[part], -1)
    wanted = (after >= begin) & (after < end)
    items = np.where((part >= 0)[..., None], found.step_items[part], 0)
    return items, np.where(wanted[..., None], found.step_items[after], 0)


def _loss(
    kind: str, params: Params, batch: tuple[jax.Array, jax.Array], drop: float, key: jax.Array | None
) -> tuple[jax.Array, jax.Array]:
    """Sum of the mean cross-entropy of the items of each following step, and the number of such steps."""
    steps, after = batch
    chance = jax.nn.log_softmax(logits(kind, params, steps, drop, key).at[..., 0].set(-1e9))
    there = after > 0
    each = jnp.take_along_axis(chance, after, -1) * there
    return -(each.sum(-1) / jnp.maximum(there.sum(-1), 1)).sum(), there.any(-1).sum()


@partial(jax.jit, static_argnums=(0, 1))
def _update(
    kind: str,
    optimiser: optax.GradientTransformation,
    params: Params,
    state: optax.OptState,
    batch: tuple[jax.Array, jax.Array],
    drop: float,
    key: jax.Array,
) -> tuple[Params, optax.OptState]:
    def mean(params: Params) -> jax.Array:
        loss, count = _loss(kind, params, batch, drop, key)
        return loss / jnp.maximum(count, 1)

    updates, state = optimiser.update(jax.grad(mean)(params), state)
    return optax.apply_updates(params, updates), state


_judge = jax.jit(partial(_loss, drop=0.0, key=None), static_argnums=0)


def _mean_loss(
    found: Sequences, follow: Indices, parts: Indices, span: tuple[int, int], kind: str, params: Params
) -> float:
    sums = np.zeros(2)
    for at in range(0, len(parts), BATCH):
        part = parts[at : at + BATCH]
        part = np.pad(part, ((0, BATCH - len(part)), (0, 0)), constant_values=-1)
        sums += [float(x) for x in _judge(kind, params, _batch(found, follow, part, *span))]
    return sums[0] / max(1, sums[1])


_logits = jax.jit(logits, static_argnums=0)


def scores_of(found: Sequences, params: Params, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Of each step the likeliest next items, best first, with their probabilities, [S, TOP]; else NONE."""
    known = len(params["bias"]) - 1
    top = min(TOP, known)
    items = np.full((len(found.step_user), TOP), NONE, np.int64)
    chances = np.zeros((len(found.step_user), TOP), np.float32)
    for part in windows(found.step_user, len(found.step_user)):
        steps = np.where((part >= 0)[:, None], found.step_items[part], 0)
        # An item that training did not see has no embedding: as input it is none.
        raw = np.array(_logits(kind, params, np.where(steps <= known, steps, 0)[None])[0])
        # The first half of a later window has its scores from the window before, which knew more of the past.
        for place in np.flatnonzero((part >= 0) & (items[part, 0] == NONE)):
            step = part[place]
            row = np.full(known + 1, -np.inf, np.float32)
            there = min(known, int(found.seen_items[step]))
            row[1 : there + 1] = raw[place, 1 : there + 1]
            chance = np.exp(row - row.max())
            best = np.argsort(-chance, kind="stable")[: min(top, there)]
            items[step, : len(best)] = best - 1
            chances[step, : len(best)] = chance[best] / chance.sum()
    return items, chances


def write(found: Sequences, scores: tuple[np.ndarray, np.ndarray], out: Path) -> None:
    """Writes what `--policies file:NAME=DIR` reads."""
    out.mkdir(parents=True, exist_ok=True)
    items, chances = scores
    np.stack([found.step_user, found.own_step], 1).astype("<u4").tofile(out / "rows.u32")
    items.astype("<u4").tofile(out / "items.u32")
    chances.astype("<f4").tofile(out / "scores.f32")
    meta = {"format": 1, "rows": len(items), "top": TOP, "users": found.users, "items": found.items}
    (out / "meta.json").write_text(json.dumps(meta) + "\n")


if __name__ == "__main__":
    main()
