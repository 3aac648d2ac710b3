"""What replays of several traces say together: figures for programs, tables for people. Only the standard library."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

RIVALS = ("mirror", "popular", "recent", "frequent", "markov", "covisit", "blend")
ALL = ("none", *RIVALS, "model", "oracle")
GIT = "git-"  # names of traces that were made from git histories begin so

Figures = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """Every policy's figures, as `foresync replay` writes them, on one trace at one budget."""

    trace: str
    budget: str
    policies: dict[str, Figures]


def figures_of(measured: Iterable[Measured]) -> dict[str, Any]:
    """By budget: each trace with its best rival and what each policy reached, and what stands over all traces."""
    by_budget: dict[str, list[Figures]] = {}
    for each in measured:
        by_budget.setdefault(each.budget, []).append(_row(each))
    return {budget: {"traces": rows, "summary": _summaries(rows)} for budget, rows in by_budget.items()}


def _row(measured: Measured) -> Figures:
    policies = measured.policies
    rivals = [name for name in RIVALS if _removed(policies, name) is not None]
    rival = max(rivals, key=lambda name: policies[name]["waits_removed"], default=None)
    best = _removed(policies, rival)
    oracle = _removed(policies, "oracle")
    rated = {
        name: {
            **figures,
            "ratio": _share(figures["waits_removed"], best),
            "reach": _share(figures["waits_removed"], oracle),
        }
        for name, figures in policies.items()
    }
    return {"trace": measured.trace, "best_rival": rival, "policies": rated}


def _summaries(rows: list[Figures]) -> dict[str, Figures]:
    """Of each policy that is neither a rival nor a reference."""
    names = dict.fromkeys(name for row in rows for name in row["policies"])
    return {name: _summary(name, rows) for name in names if name not in RIVALS and name not in ("none", "oracle")}


def _summary(name: str, rows: list[Figures]) -> Figures:
    found = {row["trace"]: row["policies"][name] for row in rows if name in row["policies"]}
    ratios = {trace: figures["ratio"] for trace, figures in found.items() if figures["ratio"] is not None}
    reaches = [f["reach"] for trace, f in found.items() if trace.startswith(GIT) and f["reach"] is not None]
    least = min(ratios, key=lambda trace: ratios[trace], default=None)
    return {
        "geometric_mean_ratio": _geometric_mean(list(ratios.values())),
        "minimum_ratio": None if least is None else ratios[least],
        "minimum_ratio_trace": least,
        "mean_git_reach": sum(reaches) / len(reaches) if reaches else None,
        "traces": len(ratios),
    }


def markdown_of(figures: dict[str, Any]) -> str:
    """The tables of all budgets."""
    view = [f"{name.replace('_', ' ')}: {figures[name]}" for name in ("split_devices", "last_steps") if figures[name]]
    facts = [f"model {figures['model_sha256'] or 'none'}", *view]
    sections = [_section(budget, found) for budget, found in figures["budgets"].items()]
    return "\n".join(["# Evaluation", "", ", ".join(facts), "", *sections])


def _section(budget: str, found: dict[str, Any]) -> str:
    rows, summary = found["traces"], found["summary"]
    variants = [name for name in summary if name != "model"]
    titles = [
        *(
            "trace",
            "best rival",
            "waits removed",
            "model",
            "ratio",
            "oracle",
            "reach",
            "candidate recall",
            "ece",
            "bias",
        ),
        *variants,
    ]
    lines = [titles, ["---"] * len(titles), *(_cells(row, variants) for row in rows)]
    table = ["| " + " | ".join(line) + " |" for line in lines]
    spoken = [_spoken(name, each) for name, each in summary.items()]
    return "\n".join([f"## Budget {budget}", "", *table, "", *spoken, ""])


def _cells(row: Figures, variants: list[str]) -> list[str]:
    policies = row["policies"]
    model = policies.get("model", {})
    shown = ("reach", "candidate_recall", "ece", "pushed_bias")
    return [
        row["trace"],
        row["best_rival"] or "-",
        _number(_removed(policies, row["best_rival"])),
        _number(model.get("waits_removed")),
        _number(model.get("ratio"), 2),
        _number(_removed(policies, "oracle")),
        *(_number(model.get(name), 2 if name in ("reach", "candidate_recall") else 3) for name in shown),
        *(_number(_removed(policies, name)) for name in variants),
    ]


def _spoken(name: str, summary: Figures) -> str:
    ratio, least, reach = (summary[key] for key in ("geometric_mean_ratio", "minimum_ratio", "mean_git_reach"))
    trace = "" if least is None else f" ({summary['minimum_ratio_trace']})"
    return (
        f"- {name}: ratio {_number(ratio)} in the geometric mean of {summary['traces']} traces, "
        f"at least {_number(least)}{trace}; reach over git traces {_number(reach)}"
    )


def _removed(policies: dict[str, Figures], name: str | None) -> float | None:
    return None if name is None else policies.get(name, {}).get("waits_removed")


def _share(part: float | None, whole: float | None) -> float | None:
    """None where nothing is known, or nothing was there to compare with."""
    return None if part is None or whole is None or whole <= 0 else part / whole


def _geometric_mean(values: list[float]) -> float | None:
    """None of nothing; 0 if any policy removed nothing, or less."""
    if not values:
        return None
    return math.exp(sum(map(math.log, values)) / len(values)) if min(values) > 0 else 0.0


def _number(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
