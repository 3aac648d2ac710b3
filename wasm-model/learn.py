"""The optimisation: updates over batches, the loss, and what is hidden from the network while it learns."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from batches import Corpus
from model import Hyper, Params, score, unroll

LANES = 32  # users side by side, at most
UPDATES = 60  # an epoch, at least, as long as there are 4 lanes: little data makes smaller batches
LENGTH = 32  # steps through which gradients flow back
SLOTS = 32  # rows a step, out of about 140
RATE = 2e-3
WARM_UP = 100  # updates
DECAY = 1e-4  # of weights, an update, relative to the rate
CLIP = 1.0  # norm of gradients
AVERAGE = 0.995  # the weights that are kept are a moving average
LIST_SHARE = 0.3  # of the listwise loss, where both are used

# Hidden whole, so that the network works where a source does not exist. By prefix of the features' names.
SOURCES = {
    "dependencies": ("depend",),
    "paths": ("folder", "path"),
    "together": ("together", "lift", "taste", "around"),
    "transitions": ("transitions", "own-transitions"),
}
HIDE_SOURCE = 0.1
HIDE_FEATURE = 0.03


class Progress(NamedTuple):
    """What one update hands to the next."""

    params: Params
    average: Params
    optimiser: optax.OptState
    updates: jax.Array


def epochs_of(
    hyper: Hyper,
    corpus: Corpus,
    scales: Params,
    params: Params,
    loss: str,
    epochs: int,
    rng: np.random.Generator,
) -> Iterator[Params]:
    """Trains, and yields the moving average of the parameters: at the start, and after each epoch."""
    lanes = min(LANES, max(4, corpus.steps // (LENGTH * UPDATES)))
    updates = epochs * -(-corpus.steps // (lanes * LENGTH))
    schedule = optax.warmup_cosine_decay_schedule(0, RATE, min(WARM_UP, updates // 2), max(1, updates))
    optimiser = optax.chain(optax.clip_by_global_norm(CLIP), optax.adamw(schedule, weight_decay=DECAY))
    update = jax.jit(partial(updated, hyper, optimiser, loss, 1 / corpus.positive_share), donate_argnums=(1, 2))
    sources = sources_of(corpus.splits[0].trace.features)
    progress = Progress(params, jax.tree.map(np.copy, params), optimiser.init(params), jnp.zeros(()))
    yield params
    for _ in range(epochs):
        states = jnp.zeros((lanes, hyper.state))
        for batch in corpus.batches(lanes, LENGTH, SLOTS, rng):
            visible = draw_visible(sources, lanes, rng)
            progress, states = update(scales, progress, states, vars(batch), visible)
        yield progress.average


def sources_of(features: tuple[str, ...]) -> np.ndarray:
    """Which features belong to which source, [sources, F]."""
    return np.array([[name.startswith(prefixes) for name in features] for prefixes in SOURCES.values()])


def draw_visible(sources: np.ndarray, lanes: int, rng: np.random.Generator) -> np.ndarray:
    """1 where a lane sees a feature, [lanes, F]."""
    hidden = rng.random((lanes, len(sources))) < HIDE_SOURCE
    single = rng.random((lanes, sources.shape[1])) < HIDE_FEATURE
    return (~(single | (hidden[:, :, None] & sources).any(1))).astype(np.float32)


def updated(
    hyper: Hyper,
    optimiser: optax.GradientTransformation,
    loss: str,
    openings: float,
    scales: Params,
    progress: Progress,
    states: jax.Array,
    batch: dict[str, jax.Array],
    visible: jax.Array,
) -> tuple[Progress, jax.Array]:
    """One update; `states` [B, S] are the lanes' before the batch, those after it are returned."""

    def losses(params: Params) -> tuple[jax.Array, jax.Array]:
        last, after = unroll(hyper, scales, params, states, batch["descriptors"], batch["begins"])
        logits = score(hyper, scales, params, after, batch["features"] * visible[:, None, None])
        return loss_of(loss, openings, logits, batch), last

    gradient, last = jax.grad(losses, has_aux=True)(progress.params)
    change, state = optimiser.update(gradient, progress.optimiser, progress.params)
    params = optax.apply_updates(progress.params, change)
    # Early on the average is over fewer updates, so that it forgets the start.
    kept = jnp.minimum(AVERAGE, (1 + progress.updates) / (10 + progress.updates))
    average = jax.tree.map(lambda a, p: kept * a + (1 - kept) * p, progress.average, params)
    return Progress(params, average, state, progress.updates + 1), last


def loss_of(loss: str, openings: float, logits: jax.Array, batch: dict[str, jax.Array]) -> jax.Array:
    """
    Loss of logits [B, T, R]: both parts are nats an opening, so that they can be mixed.

    Binary: each row by itself. Listwise: each opening against all candidates of the same plan.
    """
    label, weight = batch["label"], batch["weight"]
    each = optax.sigmoid_binary_cross_entropy(logits, label)
    binary = openings * (weight * each).sum() / (weight.sum() + 1e-6)
    listed = weight * batch["own"]
    masses = jnp.where(listed > 0, logits + jnp.log(jnp.maximum(listed, 1e-9)), -jnp.inf)
    # A step without rows has no list: its sum is kept finite, and its weights are 0.
    most = jnp.maximum(jax.lax.stop_gradient(masses).max(-1, keepdims=True), -1e9)
    total = jnp.log(jnp.exp(masses - most).sum(-1, keepdims=True) + 1e-20) + most
    opened = listed * label
    listwise = (opened * (total - logits)).sum() / (opened.sum() + 1e-6)
    share = {"bce": 0.0, "list": 1.0, "both": LIST_SHARE}[loss]
    return (1 - share) * binary + share * listwise
