"""
Networks that know items by their ids: a gated recurrent unit (as in GRU4Rec), causal self-attention (as in SASRec).

Both map windows of steps to a vector a step; the items' own embeddings turn it into logits of what comes next.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from sequences import WINDOW

HEADS = 2
BLOCKS = 2

Params = dict[str, Any]


def init(kind: str, items: int, width: int, seed: int) -> Params:
    """Parameters of a network over items 1 to `items`."""
    rng = np.random.default_rng(seed)

    def dense(inputs: int, outputs: int) -> np.ndarray:
        return rng.normal(0, 1 / np.sqrt(inputs), (inputs, outputs)).astype(np.float32)

    params: Params = {"items": dense(width, items + 1).T, "bias": np.zeros(items + 1, np.float32)}
    if kind == "gru":
        return params | {"input": dense(width, 3 * width), "state": dense(width, 3 * width)}
    names = ("query", "key", "value", "out", "wide", "narrow")
    blocks = [{name: dense(width, width) for name in names} for _ in range(BLOCKS)]
    return params | {"place": 0.1 * dense(width, WINDOW).T, "blocks": blocks}


def logits(kind: str, params: Params, steps: jax.Array, drop: float = 0.0, key: jax.Array | None = None) -> jax.Array:
    """Logits [n, WINDOW, items + 1] after each step of windows [n, WINDOW, items of a step]; nothing looks ahead."""
    inputs = _hidden(_means(params["items"], steps), drop, key)
    outputs = _gru(params, inputs) if kind == "gru" else _attention(params, inputs)
    return outputs @ params["items"].T + params["bias"]


def _means(items: jax.Array, steps: jax.Array) -> jax.Array:
    """Mean embedding of the items of each step."""
    there = (steps > 0)[..., None]
    return (items[steps] * there).sum(-2) / jnp.maximum(there.sum(-2), 1)


def _hidden(inputs: jax.Array, drop: float, key: jax.Array | None) -> jax.Array:
    if key is None:
        return inputs
    return inputs * jax.random.bernoulli(key, 1 - drop, inputs.shape) / (1 - drop)


def _gru(params: Params, inputs: jax.Array) -> jax.Array:
    width = inputs.shape[-1]

    def step(state: jax.Array, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        from_input, from_state = x @ params["input"], state @ params["state"]
        update, reset = jnp.split(jax.nn.sigmoid((from_input + from_state)[:, : 2 * width]), 2, -1)
        fresh = jnp.tanh(from_input[:, 2 * width :] + reset * from_state[:, 2 * width :])
        state = update * state + (1 - update) * fresh
        return state, state

    _, states = jax.lax.scan(step, jnp.zeros((len(inputs), width)), inputs.swapaxes(0, 1))
    return states.swapaxes(0, 1)


def _attention(params: Params, inputs: jax.Array) -> jax.Array:
    x = inputs + params["place"]
    past = jnp.tril(jnp.ones((WINDOW, WINDOW), bool))
    for block in params["blocks"]:
        query, key, value = (_heads(_normal(x) @ block[name]) for name in ("query", "key", "value"))
        weight = jnp.where(past, query @ key.swapaxes(-1, -2) / jnp.sqrt(query.shape[-1]), -1e9)
        mixed = (jax.nn.softmax(weight) @ value).swapaxes(1, 2).reshape(x.shape)
        x = x + mixed @ block["out"]
        x = x + jax.nn.relu(_normal(x) @ block["wide"]) @ block["narrow"]
    return _normal(x)


def _heads(x: jax.Array) -> jax.Array:
    return x.reshape(*x.shape[:2], HEADS, -1).swapaxes(1, 2)


def _normal(x: jax.Array) -> jax.Array:
    return (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-6)
