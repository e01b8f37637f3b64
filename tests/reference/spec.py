"""Reads the neutral case files: data, designs with their steps, conditions and small formulae."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import AnalysisError, Design, calibrate_within
from analysis.calibrated import calibrate, rake_design, reweight
from analysis.expressions import parse
from analysis.models.columns import evaluate
from analysis.pps import Pps
from analysis.weights.trimming import trim

COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}
KNOWN_DESIGN = {
    "ids", "strata", "weights", "fpc", "nest", "lonely_psu", "adjust_domain_lonely", "steps",
    "rep", "pps", "pps_variance", "sum_p2_over_n", "joint_file",
}  # fmt: skip


class NotBuilt(Exception):
    """The engine has no such estimator or design feature."""


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    dataset: str
    datasets: tuple[str, ...]
    design: Mapping[str, Any]
    estimator: str
    args: Mapping[str, Any]
    expected: Mapping[str, Any]
    rel: float
    abs: float
    parity: str
    folder: Path

    @property
    def is_undefined(self) -> bool:
        return not self.parity.startswith("match")


def load(path: Path) -> Case:
    raw = json.loads(path.read_text(encoding="utf-8"))
    dataset = raw["dataset"]
    return Case(
        name=raw["name"],
        dataset=as_list(dataset)[0],
        datasets=tuple(as_list(dataset)),
        design=raw["design"] or {},
        estimator=raw["estimator"],
        args=raw["args"] or {},
        expected=raw["expected"],
        rel=raw["tolerance"]["rel"],
        abs=raw["tolerance"]["abs"],
        parity=raw["parity"],
        folder=path.parent.parent,
    )


def data_of(case: Case, dataset: str | None = None) -> pd.DataFrame:
    return pd.read_csv(case.folder / "data" / f"{dataset or case.dataset}.csv")


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def design_of(case: Case) -> Design:
    spec = case.design
    unknown = set(spec) - KNOWN_DESIGN
    if unknown:
        raise NotBuilt(f"design feature {', '.join(sorted(unknown))}")
    if spec.get("rep"):
        design = _replicated(case)
        for step in as_list(spec.get("steps")):
            design = apply(design, step)
        return design
    design = Design.from_frame(
        data_of(case),
        ids=as_list(spec.get("ids")),
        strata=as_list(spec.get("strata")),
        weights=spec.get("weights") or None,
        fpc=as_list(spec.get("fpc")),
        nest=bool(spec.get("nest")),
        pps=_pps(case) if spec.get("pps") else None,
        lonely_psu=spec.get("lonely_psu") or "fail",
        adjust_domain_lonely=bool(spec.get("adjust_domain_lonely")),
    )
    for step in as_list(spec.get("steps")):
        design = apply(design, step)
    return design


def apply(design: Design, step: Mapping[str, Any]) -> Design:
    match step["op"]:
        case "subset":
            return design.subset(condition(design.frame, step["where"]))
        case "postStratify":
            return _raked(design, [step])
        case "rake":
            return _raked(design, step["margins"])
        case "calibrate":
            return _calibrated(design, step)
        case "trimWeights":
            bounds = (step.get("lower", -np.inf), step.get("upper", np.inf))
            is_strict = bool(step.get("strict"))
            return reweight(design, lambda w: trim(w, *bounds, is_strict=is_strict).weights)
        case "as_replicate":
            return design.replicate(
                step["type"],
                rho=step.get("fay_rho") or 0.0,
                mse=bool(step.get("mse")),
                recalibrate=False,
            )
        case other:
            raise NotBuilt(f"design step {other}")


def _pps(case: Case) -> Pps:
    spec, joint = case.design, None
    if spec["pps"] == "joint":
        joint = pd.read_csv(case.folder / "data" / f"{spec['joint_file']}.csv").to_numpy()
    return Pps(
        "HR" if spec["pps"] == "HR_pop" else spec["pps"],
        variance=spec.get("pps_variance") or "HT",
        joint=joint,
        sum_p2_over_n=spec.get("sum_p2_over_n"),
    )


def _replicated(case: Case) -> Design:
    rep = case.design["rep"]
    return Design.from_replicates(
        data_of(case),
        weights=case.design["weights"],
        replicates=pd.read_csv(case.folder / "data" / f"{rep['file']}.csv"),
        method=rep["type"],
        scale=rep.get("scale"),
        rscales=as_list(rep.get("rscales")) or None,
        rho=rep.get("rho"),
        combined_weights=bool(rep.get("combined_weights", True)),
        mse=bool(rep.get("mse")),
    )


def condition(frame: pd.DataFrame, where: Any) -> pd.Series:
    mask = pd.Series(data=True, index=frame.index)
    for part in as_list(where):
        column = frame[part["var"]]
        if part["op"] == "in":
            mask &= column.isin(as_list(part["value"]))
        else:
            mask &= COMPARE[part["op"]](column, part["value"])
    return mask


def event(frame: pd.DataFrame, text: str) -> pd.Series:
    """A small condition such as `sat1>=4`: 1, 0 or missing."""
    try:
        return pd.Series(evaluate(parse(text), frame).values, index=frame.index)
    except AnalysisError as problem:
        raise NotBuilt(f"event {text!r}: {problem}") from None


def _raked(design: Design, margins: list[Mapping[str, Any]]) -> Design:
    frame, known = design.frame, {}
    for margin in margins:
        by = as_list(margin["by"])
        name = "|".join(by)
        if len(by) > 1:
            frame = frame.assign(**{name: frame[by].astype(str).agg("|".join, axis=1)})
        keys = zip(*(margin["totals"][column] for column in by), strict=True)
        labels = [key[0] if len(by) == 1 else "|".join(map(str, key)) for key in keys]
        known[name] = dict(zip(labels, margin["totals"]["Freq"], strict=True))
    return rake_design(replace(design, frame=frame), known)


def _calibrated(design: Design, step: Mapping[str, Any]) -> Design:
    x = model_matrix(design.frame, step["model"])
    if step.get("stage"):
        within = design.ids[int(step["stage"]) - 1]
        known = pd.DataFrame.from_dict(step["totals"], orient="index")
        known.index = known.index.astype(design.frame[within].dtype)
        return calibrate_within(design, x, known, within=within)
    totals = {name: float(step["totals"][name]) for name in x.columns}
    stage = step.get("aggregate_stage")
    return calibrate(
        design,
        x,
        totals,
        distance=step.get("calfun") or "linear",
        bounds=tuple(step["bounds"]) if step.get("bounds") else None,
        trim=tuple(step["trim"]) if step.get("trim") else None,
        same_within=design.ids[int(stage) - 1] if stage else None,
    )


def model_matrix(frame: pd.DataFrame, model: str) -> pd.DataFrame:
    """Intercept, numeric terms, and treatment contrasts for terms that are not numbers."""
    columns = {"(Intercept)": np.ones(len(frame))}
    for term in (part.strip() for part in model.split("+")):
        if term in ("0", "1"):
            columns = {} if term == "0" else columns
            continue
        values = frame[term]
        if pd.api.types.is_numeric_dtype(values):
            columns[term] = values.to_numpy(dtype=float)
        else:
            for label in sorted(values.unique())[1:]:
                columns[f"{term}{label}"] = (values == label).to_numpy(dtype=float)
    return pd.DataFrame(columns)
