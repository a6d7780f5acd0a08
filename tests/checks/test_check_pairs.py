"""Each check of the data analysis fires where it should and is quiet where it should be."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from provefirst.checks.material import Claim, Material
from provefirst.checks.registry import all_checks
from provefirst.findings import Level
from tests.checks.cases import answering, found, material, shop

Make = Callable[[], Material]
WARNING, FAILED, PASSED = Level.WARNING, Level.FAILED, Level.PASSED
AUC = Claim("roc_auc", 0.8)


def drawn() -> np.random.Generator:
    """The same draws in each test, whatever ran before it."""
    return np.random.default_rng(11)


def changed(change: Callable[[pd.DataFrame], pd.DataFrame], rows: int = 600, **more: object) -> Material:
    """Orders with something done to them."""
    return material(change(shop(rows)), **more)  # type: ignore[arg-type]


def plain(rows: int = 600, **more: object) -> Material:
    return changed(lambda frame: frame, rows, **more)


def own(given: Material, name: str = "boosted") -> Material:
    """The material with a model of the engine's as the claimed one."""
    fitted = given.fits.sealed(name)  # type: ignore[arg-type]
    return replace(given, own_model=name, answers=given.as_given(fitted))  # type: ignore[arg-type]


def nearly_twice(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame[:300].assign(a=frame["a"] + 1e-6)], ignore_index=True)


def gappy(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(a=frame["a"].mask((frame["y"] == 1) & (frame.index % 3 == 0)))


def randomly_gappy(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(a=frame["a"].mask(pd.Series(drawn().random(len(frame)) < 0.1)))


def noisy(frame: pd.DataFrame) -> pd.DataFrame:
    """A clear rule, of which one label in twelve was written down wrongly."""
    rule = (frame["colour"] == "red").astype(int)
    return frame.assign(y=rule.where(frame.index % 12 != 0, 1 - rule))


def grouped(frame: pd.DataFrame) -> pd.DataFrame:
    """Six rows a person, alike in `b`; the target is the person's own."""
    person = np.arange(len(frame)) // 6
    traits = np.random.default_rng(2)
    return frame.assign(
        person=person,
        b=traits.normal(size=person.max() + 1)[person] + 0.01 * frame["c"],
        y=traits.integers(0, 2, person.max() + 1)[person],
    )


def daily(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(day=pd.date_range("2024-01-01", periods=len(frame)))


def wide(frame: pd.DataFrame) -> pd.DataFrame:
    """A hundred columns of noise and a target of noise."""
    generator = np.random.default_rng(4)
    noise = {f"n{number}": generator.normal(size=len(frame)) for number in range(100)}
    return pd.DataFrame({**noise, "y": generator.integers(0, 2, len(frame))})


def clear(frame: pd.DataFrame) -> pd.DataFrame:
    """A hundred columns, three of which tell the target."""
    given = wide(frame)
    return given.assign(y=(given["n1"] + given["n2"] + given["n3"] > 0).astype(int))


def random_rows(rows: int) -> np.ndarray:
    return np.random.default_rng(8).random(rows) < 0.4


PAIRS: list[tuple[str, Level, Make, Make]] = [
    ("PF101", WARNING, lambda: plain(60), lambda: plain(3000)),
    ("PF102", WARNING, lambda: changed(gappy), lambda: changed(randomly_gappy)),
    ("PF103", WARNING, lambda: changed(lambda f: pd.concat([f, f[:100]], ignore_index=True)), plain),
    ("PF104", WARNING, lambda: changed(lambda f: f.assign(shop="Ulm")), plain),
    ("PF104", WARNING, lambda: changed(lambda f: f.assign(order=[f"o{n}" for n in f.index])), plain),
    ("PF105", WARNING, lambda: changed(lambda f: f.assign(y=(f.index % 50 == 0).astype(int))), plain),
    ("PF106", WARNING, lambda: changed(noisy, 2000), lambda: changed(lambda f: f.assign(y=(f["a"] > 0).astype(int)))),
    ("PF107", WARNING, plain, lambda: plain(known_at=dict.fromkeys(["a", "b", "c", "colour"], "before"))),
    ("PF108", WARNING, lambda: changed(lambda f: f.assign(b=f["b"].astype(str).where(f.index % 9 > 0, "n/k"))), plain),
    ("PF108", WARNING, lambda: changed(lambda f: f.assign(d=[f"{1 + n % 28}.3.2024" for n in f.index])), plain),
    ("PF109", WARNING, lambda: changed(lambda f: f.assign(a=f["a"].where(f.index % 99 > 0, 9999.0))), plain),
    ("PF109", WARNING, lambda: changed(lambda f: f.assign(a=f["a"].where(f.index % 99 > 0, np.inf))), plain),
    ("PF110", WARNING, lambda: changed(lambda f: f.assign(contact=[f"p{n}@example.org" for n in f.index])), plain),
    ("PF110", WARNING, lambda: changed(lambda f: f.assign(first_name="Kim")), plain),
    ("PF201", FAILED, lambda: changed(lambda f: f.assign(rating=f["y"] + 0.2 * drawn().normal(size=len(f)))), plain),
    ("PF202", FAILED, lambda: changed(lambda f: f.assign(size=f["y"].map({0: "M", 1: "L"}))), plain),
    ("PF203", FAILED, lambda: changed(lambda f: pd.concat([f, f[:300]], ignore_index=True)), plain),
    ("PF203", FAILED, lambda: changed(nearly_twice), plain),
    (
        "PF204", FAILED,
        lambda: replace(changed(grouped, group="person", sealed=random_rows(600)), split="stratified"),
        lambda: changed(grouped, group="person"),
    ),
    (
        "PF205", FAILED,
        lambda: changed(daily, time="day", sealed=random_rows(600)),
        lambda: changed(daily, time="day"),
    ),
    ("PF206", WARNING, lambda: changed(wide, 300), lambda: changed(clear, 2000)),
    (
        "PF207", WARNING,
        lambda: changed(lambda f: daily(f).assign(a=f["a"] + f.index / 150), time="day"),
        lambda: changed(daily, time="day"),
    ),
    (
        "PF208", WARNING,
        lambda: changed(grouped, group="person", claim=AUC, positive="1"),
        lambda: changed(lambda f: f.assign(person=drawn().permutation(len(f)) // 6), group="person"),
    ),
    ("PF302", WARNING, lambda: answering(plain(), right=0.5), lambda: answering(plain(), right=0.8)),
    (
        "PF303", WARNING,
        lambda: changed(lambda f: f.assign(y=drawn().integers(0, 2, len(f))), 1000, claim=Claim("accuracy", 0.95)),
        lambda: plain(1000, claim=Claim("accuracy", 0.7)),
    ),
    (
        "PF304", WARNING,
        lambda: changed(lambda f: f.assign(y=drawn().integers(0, 2, len(f))), 1000, claim=Claim("accuracy", 0.95)),
        lambda: plain(claim=Claim("accuracy", 0.7)),
    ),
    ("PF305", WARNING, lambda: plain(60), lambda: plain(2000)),
    (
        "PF401", WARNING,
        lambda: own(changed(lambda f: daily(f).assign(y=f["y"].where(f.index < 400, 1 - f["y"])), time="day")),
        lambda: own(plain()),
    ),
    (
        "PF403", WARNING,
        lambda: own(changed(lambda f: f.assign(y=(f["a"] + drawn().normal(size=len(f)) > 0).astype(int)))),
        lambda: own(plain(2000)),
    ),
    (
        "PF404", WARNING,
        lambda: changed(lambda f: wide(f).assign(y=drawn().integers(0, 2, len(f))), 200),
        plain,
    ),
    (
        "PF405", WARNING,
        lambda: with_scores(answering(plain(2000, positive="1"), right=0.7), 0.98),
        lambda: with_scores(answering(plain(2000, positive="1"), right=0.7), 0.7),
    ),
    (
        "PF601", WARNING,
        lambda: unfair(plain(1000, sensitive=("colour",)), "red"),
        lambda: answering(plain(1000, sensitive=("colour",)), right=0.8),
    ),
    (
        "PF602", WARNING,
        lambda: changed(lambda f: f.assign(sex=np.where(f["a"] + 0.1 * f["c"] > 0, "f", "m")), sensitive=("sex",)),
        lambda: changed(lambda f: f.assign(sex=drawn().choice(["f", "m"], len(f))), sensitive=("sex",)),
    ),
]  # fmt: skip


NAMES = [f"{code}-{number}" for number, (code, *_) in enumerate(PAIRS)]


def with_scores(given: Material, chance: float) -> Material:
    """What was said, each with that chance."""
    assert given.answers is not None
    said = given.answers["prediction"]
    return replace(given, answers=given.answers.assign(score=np.where(said == 1, chance, 1 - chance)))


def unfair(given: Material, colour: str) -> Material:
    """Right for everybody but that colour, of whom it says the opposite in half of the rows."""
    truth, is_hit = given.sealed["y"], (given.sealed["colour"] == colour) & (given.sealed.index % 2 == 0)
    return replace(given, answers=pd.DataFrame({"prediction": truth.where(~is_hit, 1 - truth)}))


@pytest.mark.parametrize(
    ("code", "level", "make", "quiet"), PAIRS, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(PAIRS)]
)
def test_a_check_fires_where_it_should(code: str, level: Level, make: Make, quiet: Make) -> None:
    answer = found(code, make())
    assert answer.level is level, answer.message


@pytest.mark.parametrize(
    ("code", "level", "make", "quiet"), PAIRS, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(PAIRS)]
)
def test_a_check_is_quiet_where_it_should_be(code: str, level: Level, make: Make, quiet: Make) -> None:
    answer = found(code, quiet())
    assert answer.level is PASSED, answer.message


def test_every_check_of_the_data_has_its_pair() -> None:
    elsewhere = {"PF300", "PF301", "PF402", "PF501", "PF502", "PF503", "PF504", "PF505", "PF701"}
    assert {code for code, *_ in PAIRS} | elsewhere == set(all_checks())


def test_a_column_declared_to_be_known_before_is_no_suspect() -> None:
    def rated(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(rating=frame["y"] + 0.2 * np.random.default_rng(1).normal(size=len(frame)))

    assert found("PF201", changed(rated, known_at={"rating": "before"})).level is PASSED


def test_a_column_known_after_the_outcome_is_used_by_no_model() -> None:
    given = changed(lambda f: f.assign(rating=f["y"]), known_at={"rating": "after_outcome"})
    assert "rating" not in given.features


@pytest.mark.parametrize("code", sorted(all_checks()))
def test_a_check_of_a_quantity_or_of_many_classes_never_crashes(code: str) -> None:
    quantity = shop(400).assign(y=lambda f: 10 * f["a"] + f["c"])
    classes = shop(400).assign(y=lambda f: pd.cut(f["a"], 4, labels=["p", "q", "r", "s"]).astype(str))
    for frame, metric in ((quantity, "r2"), (quantity, "mae"), (classes, "accuracy"), (classes, "f1_macro")):
        given = own(material(frame, claim=Claim(metric, 0.5), sensitive=("colour",)), "linear")
        assert found(code, given).level is not Level.CRASHED, found(code, given).message


@pytest.mark.parametrize("code", sorted(all_checks()))
def test_what_a_check_says_can_be_shown_and_carries_its_rows(code: str) -> None:
    answer = found(code, own(plain(claim=AUC, positive="1", sensitive=("colour",))))
    assert answer.message
    if answer.level in (PASSED, WARNING, FAILED) and code not in ("PF107", "PF101"):
        assert "n = " in answer.message, answer.message
