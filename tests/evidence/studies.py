"""An initiative whose orders are registered, and somebody who studies them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from provefirst.evidence import Kind
from provefirst.lifecycle.holding import Registration, register_data
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Stage
from tests import world
from tests.world import World, done


def orders(rows: int = 300, seed: int = 0, start: int = 0) -> pd.DataFrame:
    """Orders whose size goes with two columns; a note is written once the parcel came back."""
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame(generator.normal(size=(rows, 3)).round(6), columns=["height", "weight", "age"])
    frame.insert(0, "order", [f"o{start + number}" for number in range(rows)])
    tall = frame["height"] + frame["weight"] + generator.normal(0, 0.5, rows) > 0
    return frame.assign(note=np.where(tall, 1.0, 0.0), size=np.where(tall, "L", "M"))


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def prepared(here: World, **prereg: object) -> str:
    """An initiative at data analysis with a preregistration."""
    key = here.bring_to(here.open(), Stage.DATA_ANALYSIS)
    done(submit(here.workspace, key, Kind.PREREGISTRATION, world.preregistration(**prereg), by="dana"))
    return key


def registered(here: World, key: str, frame: pd.DataFrame, **changes: object) -> None:
    fields: dict[str, object] = {"name": "Orders", "target": "size", "identifier": "order"}
    fields["known_at"] = {"note": "after_outcome"}
    request = Registration.model_validate(fields | changes)
    done(register_data(here.workspace, key, request, csv(frame), by="hans"))


def ready(here: World, frame: pd.DataFrame | None = None, **prereg: object) -> str:
    """An initiative with orders to study."""
    key = prepared(here, **prereg)
    registered(here, key, orders() if frame is None else frame)
    return key
