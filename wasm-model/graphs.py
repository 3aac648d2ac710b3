"""The network as two ONNX graphs of plain operators, float32. The arithmetic is model.py's, operator by operator."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model import LIMIT, SMALL, Hyper, Params, rotation

OPSET = 17  # old enough for every runtime that may load the graphs
IR_VERSION = 8


class Graph:
    """Collects the nodes and constants of one graph; a value is known by its name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: np.ndarray) -> str:
        """A constant, float32 unless it holds integers."""
        name = f"c{len(self.constants)}"
        value = np.asarray(value)
        kind = value.dtype if value.dtype.kind == "i" else np.float32
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, kind), name))
        return name

    def node(self, operator: str, *inputs: str, name: str = "", **attributes: int) -> str:
        """The result of an operator."""
        name = name or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def split(self, value: str, parts: int, width: int) -> list[str]:
        """Equal parts of the columns of a value."""
        names = [f"v{len(self.nodes)}_{part}" for part in range(parts)]
        widths = self.constant(np.full(parts, width, np.int64))
        self.nodes.append(helper.make_node("Split", [value, widths], names, axis=1))
        return names

    def dense(self, layer: Params, value: str) -> str:
        """A linear layer."""
        return self.node("Gemm", value, self.constant(layer["w"]), self.constant(layer["b"]))

    def standardise(self, scale: Params, value: str) -> str:
        """Values in standard deviations from the mean, cut."""
        centred = self.node("Sub", value, self.constant(scale["mean"]))
        scaled = self.node("Mul", centred, self.constant(scale["inverse"]))
        limits = [self.constant(np.float32(limit)) for limit in (-LIMIT, LIMIT)]
        return self.node("Clip", scaled, *limits)

    def model(
        self, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
    ) -> onnx.ModelProto:
        """The finished, checked graph."""
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="foresync")
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model, full_check=True)
        return model


def advance_graph(hyper: Hyper, scales: Params, params: Params) -> onnx.ModelProto:
    """`states` [users, S], `descriptors` [users, D] → `next` [users, S]."""
    graph = Graph()
    encoded = graph.dense(params["encode"], graph.standardise(scales["descriptors"], "descriptors"))
    cell = _gru if hyper.cell == "gru" else _lru
    cell(graph, hyper, params["cell"], graph.node("Relu", encoded))
    return graph.model(
        "advance",
        [_floats("states", "users", hyper.state), _floats("descriptors", "users", hyper.descriptor)],
        [_floats("next", "users", hyper.state)],
    )


def score_graph(hyper: Hyper, scales: Params, params: Params, calibration: tuple[float, float]) -> onnx.ModelProto:
    """
    `states` [users, S], `features` [rows, F], `owners` int32 [rows] (a row's place in `states`) → `logits` [rows].

    The calibration is folded into the last layers, so that the sigmoid of a logit is a probability.
    """
    graph = Graph()
    part = _calibrated(params["score"], *calibration)
    logarithms = graph.node("Log", graph.node("Add", "features", graph.constant(np.float32(SMALL))))
    inputs = graph.standardise(scales["features"], graph.node("Concat", "features", logarithms, axis=1))
    first = graph.dense(part["first"], inputs)
    if hyper.recurrent:
        gain = graph.node("Gather", graph.dense(part["gain"], "states"), "owners", axis=0)
        shift = graph.node("Gather", graph.dense(part["shift"], "states"), "owners", axis=0)
    else:
        gain, shift = graph.constant(part["gain"]["b"]), graph.constant(part["shift"]["b"])
    first = graph.node("Relu", graph.node("Add", graph.node("Mul", first, gain), shift))
    second = graph.node("Relu", graph.dense(part["second"], first))
    logits = graph.node("Add", graph.dense(part["linear"], inputs), graph.dense(part["last"], second))
    graph.node("Squeeze", logits, graph.constant(np.array([1])), name="logits")
    return graph.model(
        "score",
        [
            _floats("states", "users", hyper.state),
            _floats("features", "rows", hyper.features),
            helper.make_tensor_value_info("owners", TensorProto.INT32, ["rows"]),
        ],
        [_floats("logits", "rows")],
    )


def _gru(graph: Graph, hyper: Hyper, cell: Params, encoded: str) -> None:
    x_keep, x_reset, x_new = graph.split(graph.dense(cell["input"], encoded), 3, hyper.state)
    h_keep, h_reset, h_new = graph.split(graph.dense(cell["state"], "states"), 3, hyper.state)
    keep = graph.node("Sigmoid", graph.node("Add", x_keep, h_keep))
    reset = graph.node("Sigmoid", graph.node("Add", x_reset, h_reset))
    new = graph.node("Tanh", graph.node("Add", x_new, graph.node("Mul", reset, h_new)))
    # keep · h + (1 - keep) · new, with one product less.
    graph.node("Add", new, graph.node("Mul", keep, graph.node("Sub", "states", new)), name="next")


def _lru(graph: Graph, hyper: Hyper, cell: Params, encoded: str) -> None:
    real, imaginary, scale = (np.asarray(part) for part in rotation(cell))
    scaled = {"w": cell["input"]["w"] * scale, "b": cell["input"]["b"] * scale}
    a, b = graph.split("states", 2, hyper.state // 2)
    re, im = graph.constant(real), graph.constant(imaginary)
    turned_a = graph.node("Sub", graph.node("Mul", a, re), graph.node("Mul", b, im))
    turned_b = graph.node("Add", graph.node("Mul", a, im), graph.node("Mul", b, re))
    turned = graph.node("Concat", turned_a, turned_b, axis=1)
    graph.node("Add", turned, graph.dense(scaled, encoded), name="next")


def _calibrated(part: Params, scale: float, offset: float) -> Params:
    linear, last = part["linear"], part["last"]
    return {
        **part,
        "linear": {"w": linear["w"] * scale, "b": linear["b"] * scale + offset},
        "last": {"w": last["w"] * scale, "b": last["b"] * scale},
    }


def _floats(name: str, *shape: str | int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
