"""The data that the demo's data scientists work on, and the models they make of it.

Breast cancer and diabetes come with scikit-learn; the shop's orders are simulated, and say so.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd

PLANE = ["mean texture", "worst area", "worst smoothness"]
"""The three features of the separating plane of Street, Wolberg and Mangasarian (1993)."""

SIZES = ("S", "M", "L", "XL")


def as_csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def breast_cancer() -> pd.DataFrame:
    """569 fine-needle aspirates (Wisconsin diagnostic set), one a row, with `diagnosis` as the target."""
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer(as_frame=True)
    frame = pd.DataFrame(bunch.data)
    frame.insert(0, "case", [f"case-{number:03d}" for number in range(len(frame))])
    frame["diagnosis"] = bunch.target.map({0: "malignant", 1: "benign"})
    return frame


def diabetes() -> pd.DataFrame:
    """442 patients (Efron, Hastie, Johnstone, Tibshirani 2004), with `progression` after a year as the target."""
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(as_frame=True)
    frame = pd.DataFrame(bunch.data)
    frame.insert(0, "patient", [f"patient-{number:03d}" for number in range(len(frame))])
    frame["progression"] = bunch.target
    return frame


def orders(rows: int = 4000, *, seed: int) -> pd.DataFrame:
    """Simulated orders of an online shop: the size each customer kept.

    Body measures explain part of it; how loosely somebody likes to wear things, which no shop knows, the rest.
    """
    random = np.random.default_rng(seed)
    height = random.normal(172, 9, rows)
    weight = random.normal(74, 13, rows) + 0.5 * (height - 172)
    age = random.integers(18, 80, rows)
    body = (weight - 74) / 13 + 0.4 * (height - 172) / 9
    taste = random.normal(0, 1.1, rows)
    kept = np.digitize(body + taste, [-1.1, 0.1, 1.2])
    return pd.DataFrame(
        {
            "order": [f"order-{number:04d}" for number in range(rows)],
            "height_cm": height.round(),
            "weight_kg": weight.round(),
            "age": age,
            "colour": random.choice(["black", "blue", "red", "white"], rows),
            "kept_size": np.array(SIZES)[kept],
        }
    )


def plane() -> Any:
    """One separating plane in the three features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=1e6, max_iter=5000))


def size_model() -> Any:
    """Gradient boosting on the body measures."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=8, random_state=0)


def forest() -> Any:
    """A forest grown to purity: it remembers every row it saw."""
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(n_estimators=60, random_state=0)


def line() -> Any:
    """Ordinary least squares."""
    from sklearn.linear_model import LinearRegression

    return LinearRegression()


def out_of_fold(model: Any, frame: pd.DataFrame, features: list[str], target: str, identifier: str) -> bytes:
    """Ten-fold out-of-fold predictions as CSV: id, truth, prediction."""
    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict

    is_classes = frame[target].dtype == object or isinstance(frame[target].dtype, pd.StringDtype)
    folds: Any = (StratifiedKFold if is_classes else KFold)(10, shuffle=True, random_state=0)
    predicted = cross_val_predict(model, frame[features], frame[target], cv=folds)
    return _predictions(frame[identifier], predicted, frame[target])


def in_sample(model: Any, frame: pd.DataFrame, features: list[str], target: str) -> float:
    """The score of a model on the very rows it learnt from: what must not count."""
    return float(model.fit(frame[features], frame[target]).score(frame[features], frame[target]))


def on_sealed(model: Any, work: bytes, sealed: bytes, features: list[str], target: str, identifier: str) -> bytes:
    """Learn from the work set, predict the sealed rows: id, prediction as CSV."""
    known, hidden = _table(work), _table(sealed)
    model.fit(known[features], known[target])
    return _predictions(hidden[identifier], model.predict(hidden[features]), None)


def _predictions(identifiers: Any, predicted: Any, truth: Any) -> bytes:
    columns = {"id": identifiers} | ({} if truth is None else {"truth": truth}) | {"prediction": predicted}
    return as_csv(pd.DataFrame(columns))


def _table(content: bytes) -> pd.DataFrame:
    return pd.read_parquet(BytesIO(content)) if content[:4] == b"PAR1" else pd.read_csv(BytesIO(content))


def production(week: int, *, is_changed: bool) -> tuple[bytes, bytes]:
    """A simulated week of 120 cases in production: what the plane said of each with the truth, and its inputs.

    Cases are drawn from the real ones. A changed microscope shows more texture and rougher nuclei than there are.
    """
    frame = breast_cancer()
    drawn = frame.sample(120, replace=True, random_state=100 + week)
    seen = drawn[PLANE].copy()
    if is_changed:
        seen["mean texture"] *= 1.35
        seen["worst smoothness"] *= 1.15
    said = plane().fit(frame[PLANE], frame["diagnosis"]).predict(seen)
    return as_csv(pd.DataFrame({"truth": drawn["diagnosis"], "prediction": said})), as_csv(seen)
