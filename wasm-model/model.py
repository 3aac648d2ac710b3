"""
The network, in JAX: a recurrent cell over a user's steps, and a scorer of candidates given the user's state.

Sizes: U users, N rows, S state, D descriptors, F features. Parameters are plain trees of arrays; `Hyper` holds
what decides their shapes. export.py writes the same arithmetic as ONNX graphs and checks that both agree.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

SMALL = 0.01  # added before the logarithm of a feature: shares below it count as none
LIMIT = 6.0  # standard deviations at which inputs are cut, so that a strange trace cannot throw the network far off

Params = dict[str, Any]
Array = jax.Array


@dataclass(frozen=True)
class Hyper:
    """What decides the shapes and the arithmetic of the network."""

    descriptor: int
    features: int
    state: int = 64
    encoded: int = 32  # size of an encoded descriptor
    hidden: tuple[int, int] = (64, 32)  # layers of the scorer
    cell: str = "gru"  # or "lru", a linear recurrent unit
    recurrent: bool = True  # False: the scorer sees zeros instead of the state


def init(hyper: Hyper, seed: int) -> Params:
    """Random parameters; the scorer's last layer is zero, so that training starts from its linear part alone."""
    rng = np.random.default_rng(seed)
    size, (first, second) = hyper.state, hyper.hidden
    return {
        "encode": _dense(rng, hyper.descriptor, hyper.encoded),
        "cell": _gru(rng, hyper) if hyper.cell == "gru" else _lru(rng, hyper),
        "score": {
            "linear": {"w": np.zeros((2 * hyper.features, 1), np.float32), "b": np.zeros(1, np.float32)},
            "first": _dense(rng, 2 * hyper.features, first),
            "shift": _dense(rng, size, first),
            "gain": {"w": np.zeros((size, first), np.float32), "b": np.ones(first, np.float32)},
            "second": _dense(rng, first, second),
            "last": {"w": np.zeros((second, 1), np.float32), "b": np.zeros(1, np.float32)},
        },
    }


def advance(hyper: Hyper, scales: Params, params: Params, states: Array, descriptors: Array) -> Array:
    """States [U, S] after one more step each, with its descriptors [U, D]."""
    encoded = jax.nn.relu(dense(params["encode"], standardise(scales["descriptors"], descriptors)))
    cell = params["cell"]
    if hyper.cell == "gru":
        of_input = dense(cell["input"], encoded)
        of_state = dense(cell["state"], states)
        x_keep, x_reset, x_new = jnp.split(of_input, 3, -1)
        h_keep, h_reset, h_new = jnp.split(of_state, 3, -1)
        keep = jax.nn.sigmoid(x_keep + h_keep)
        reset = jax.nn.sigmoid(x_reset + h_reset)
        return keep * states + (1 - keep) * jnp.tanh(x_new + reset * h_new)
    real, imaginary, scale = rotation(cell)
    a, b = jnp.split(states, 2, -1)
    turned = jnp.concatenate([real * a - imaginary * b, imaginary * a + real * b], -1)
    return turned + scale * dense(cell["input"], encoded)


def score(hyper: Hyper, scales: Params, params: Params, states: Array, features: Array) -> Array:
    """
    Logits [..., N] of rows with features [..., N, F], for users with states [..., S].

    A state acts on the first layer only, as a shift and a gain, so that it is projected once a user.
    """
    part = params["score"]
    inputs = inputs_of(scales, features)
    if not hyper.recurrent:
        states = jnp.zeros_like(states)
    shift = dense(part["shift"], states)[..., None, :]
    gain = dense(part["gain"], states)[..., None, :]
    first = jax.nn.relu(dense(part["first"], inputs) * gain + shift)
    second = jax.nn.relu(dense(part["second"], first))
    return (dense(part["linear"], inputs) + dense(part["last"], second))[..., 0]


def unroll(
    hyper: Hyper, scales: Params, params: Params, states: Array, descriptors: Array, begins: Array
) -> tuple[Array, Array]:
    """
    Runs the cell over T steps of U lanes: descriptors [U, T, D], begins [U, T] (a new user starts from zeros).

    Returns the last states [U, S] and those after each step [U, T, S].
    """

    def step(carried: Array, given: tuple[Array, Array]) -> tuple[Array, Array]:
        descriptor, begin = given
        after = advance(hyper, scales, params, jnp.where(begin[:, None], 0.0, carried), descriptor)
        return after, after

    last, after = jax.lax.scan(step, states, (descriptors.swapaxes(0, 1), begins.swapaxes(0, 1)))
    return last, after.swapaxes(0, 1)


def standardise(scale: Params, values: Array) -> Array:
    """Values in standard deviations from the mean, cut at `LIMIT`."""
    return jnp.clip((values - scale["mean"]) * scale["inverse"], -LIMIT, LIMIT)


def inputs_of(scales: Params, features: Array) -> Array:
    """What the scorer sees of features [..., F]: themselves and their logarithms, standardised [..., 2 F]."""
    return standardise(scales["features"], with_logarithms(features))


def with_logarithms(features: Array) -> Array:
    """Features [..., F] and their logarithms [..., 2 F]: shares differ by factors as much as by differences."""
    return jnp.concatenate([features, jnp.log(features + SMALL)], -1)


def scale_of(values: np.ndarray) -> Params:
    """Mean and inverse standard deviation of columns [..., n]; a constant column becomes zero."""
    values = values.astype(np.float64)
    deviation = values.std(0)
    inverse = np.where(deviation > 1e-6, 1 / np.maximum(deviation, 1e-6), 0)
    return {"mean": values.mean(0).astype(np.float32), "inverse": inverse.astype(np.float32)}


def dense(layer: Params, values: Array) -> Array:
    """A linear layer."""
    return values @ layer["w"] + layer["b"]


def rotation(cell: Params) -> tuple[Array, Array, Array]:
    """Of a linear recurrent unit: real and imaginary part of its eigenvalues [S/2], and the scale of its input [S]."""
    radius = jnp.exp(-jnp.exp(cell["decay"]))
    scale = jnp.sqrt(1 - radius**2)
    return radius * jnp.cos(cell["angle"]), radius * jnp.sin(cell["angle"]), jnp.concatenate([scale, scale])


def _gru(rng: np.random.Generator, hyper: Hyper) -> Params:
    return {
        "input": _dense(rng, hyper.encoded, 3 * hyper.state),
        "state": _dense(rng, hyper.state, 3 * hyper.state),
    }


def _lru(rng: np.random.Generator, hyper: Hyper) -> Params:
    half = hyper.state // 2
    radius = rng.uniform(0.5, 0.99, half)
    return {
        "input": _dense(rng, hyper.encoded, hyper.state),
        "decay": np.log(-np.log(radius)).astype(np.float32),
        "angle": rng.uniform(0, np.pi / 10, half).astype(np.float32),
    }


def _dense(rng: np.random.Generator, inputs: int, outputs: int) -> Params:
    deviation = 1 / np.sqrt(inputs)
    return {
        "w": rng.normal(0, deviation, (inputs, outputs)).astype(np.float32),
        "b": np.zeros(outputs, np.float32),
    }
