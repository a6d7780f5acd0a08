"""A released model is watched: what it shows in production decides what may be spent on it."""

import io
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import create_engine

from provefirst.evidence import Kind
from provefirst.gates import Closed
from provefirst.integrity.auditing import verify
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.deciding import Said
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.holding import Registration, look, register_data
from provefirst.lifecycle.keeping import rebuild
from provefirst.lifecycle.pulling import pull_due
from provefirst.lifecycle.remembering import Wanted, search
from provefirst.lifecycle.submitting import submit
from provefirst.lifecycle.watching import Period, observe, shown, thaw
from provefirst.money import Money
from provefirst.production import Health
from provefirst.stages import Outcome, Reason, Stage
from tests import world as w
from tests.world import NOON, World, done

MONEY = Request(amount=Money(amount=10_000_00, currency="EUR"), purpose="Pilot in one ward")
PAID = Expense(amount=Money(amount=100, currency="EUR"), what="Servers", on=NOON.date())
WHY = Said(reason="The camera was changed back.")
DAY = NOON.date()


def csv(truth, prediction, **more) -> bytes:
    columns = {"truth": truth, "prediction": prediction, **more}
    return pd.DataFrame(columns).to_csv(index=False).encode()


def rows(share: float, count: int = 200) -> bytes:
    """Rows of which `share` are right."""
    right = round(share * count)
    truth = ["yes", "no"] * (count // 2)
    return csv(truth, [t if n < right else {"yes": "no", "no": "yes"}[t] for n, t in enumerate(truth)])


def week(number: int, **more) -> Period:
    since = DAY + timedelta(days=7 * (number - 1))
    return Period(since=since, until=since + timedelta(days=6), **more)


def released(world: World, frame: pd.DataFrame | None = None, *, goal: float = 0.9, predict=None) -> str:
    """An initiative that claimed, on a real sealed set, and was released with a first tranche."""
    if frame is None:
        chance = np.random.default_rng(1)
        x = chance.normal(size=1200)
        answer = np.where((x > 0) ^ (chance.random(1200) < 0.04), "yes", "no")
        frame = pd.DataFrame({"id": [f"r{n}" for n in range(1200)], "x": x, "y": answer})
        predict = lambda work, sealed: np.where(sealed["x"] > 0, "yes", "no")  # noqa: E731
    workspace, target = world.workspace, frame.columns[-1]
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    done(submit(workspace, key, Kind.PREREGISTRATION, w.preregistration(goal=goal), by="dana"))
    request = Registration(name="rows", target=target, identifier="id", seed=3, share=0.4)
    content = done(register_data(workspace, key, request, frame.to_csv(index=False).encode(), by="hans"))
    said = next(s.content for s in reversed(content.initiative.submissions) if s.kind is Kind.DATA_REGISTRATION)
    work, sealed = (
        pd.read_parquet(io.BytesIO(workspace.blobs.get(said[part]))) for part in ("work", "sealed_features")
    )
    told = pd.DataFrame({"id": sealed["id"], "prediction": predict(work, sealed)})
    done(look(workspace, key, told.to_csv(index=False).encode(), by="dana"))
    world.bring_to(key, Stage.WATCH)
    done(release(workspace, key, MONEY, by="bea"))
    world.clock.pass_days(365)
    return key


def report(world: World, key: str):
    """The round at the watch gate: a report, and a peer's approval."""
    world.submit_stage(key)
    return done(world.approve(key))


class TestJudging:
    def test_what_is_as_good_as_claimed_holds_and_frees_the_next_tranche(self, world):
        key = released(world)
        for number in range(1, 9):
            assert done(observe(world.workspace, key, week(number), rows(0.96), by="dana"))
        assert world.initiative(key).production.health is Health.HOLDS
        report(world, key)
        done(release(world.workspace, key, MONEY, by="bea"))

    def test_below_the_claim_it_is_degraded_and_money_still_moves(self, world):
        key = released(world, goal=0.7)
        for number in range(1, 9):
            done(observe(world.workspace, key, week(number), rows(0.88), by="dana"))
        state = world.initiative(key)
        assert (state.production.health, state.freeze) == (Health.DEGRADED, None)

    def test_below_the_goal_it_is_broken_and_money_is_frozen(self, any_world):
        key = released(any_world)
        done(observe(any_world.workspace, key, week(1), rows(0.96), by="dana"))
        answer = done(observe(any_world.workspace, key, week(2), rows(0.6), by="dana"))
        assert [entry.event for entry in answer.entries] == [
            "production.observed", "production.judged", "money.frozen", "reminder.raised",
        ]  # fmt: skip
        assert "roll back" in answer.entries[-1].data["about"]
        refused = release(any_world.workspace, key, MONEY, by="bea")
        assert isinstance(refused, Refused)
        assert refused.reasons[0].startswith("money is frozen: production is broken: accuracy 0.78 on 400 rows")
        assert isinstance(report(any_world, key).gate, Closed)
        assert any_world.initiative(key).times_passed(Stage.WATCH) == 0
        rebuild(any_world.workspace)
        assert verify(any_world.workspace).bad == ()

    def test_an_alarm_stays_whatever_comes_after(self, world):
        key = released(world)
        for number, share in enumerate((0.6, 0.99, 0.99), 1):
            done(observe(world.workspace, key, week(number), rows(share), by="dana"))
        assert world.initiative(key).production.health is Health.BROKEN

    def test_invoices_of_before_are_paid_and_later_ones_are_not(self, world):
        key = released(world)
        done(observe(world.workspace, key, week(1), rows(0.5), by="dana"))
        done(spend(world.workspace, key, PAID, by="olga"))
        world.clock.pass_days(3)
        late = PAID.model_copy(update={"on": world.clock().date()})
        assert spend(world.workspace, key, late, by="olga") == Refused(
            ("money stands still since 2027-03-02: only earlier invoices are paid",)
        )

    def test_a_board_member_thaws_it_and_the_watch_begins_anew(self, world):
        key = released(world)
        done(observe(world.workspace, key, week(1), rows(0.5), by="dana"))
        for handle in ("olga", "dana", "rita", "root"):
            assert isinstance(thaw(world.workspace, key, WHY, by=handle), Refused)
        done(thaw(world.workspace, key, WHY, by="bea"))
        done(observe(world.workspace, key, week(2), rows(0.96), by="dana"))
        assert world.initiative(key).production.health is Health.HOLDS

    def test_a_broken_model_is_retired_with_its_lesson(self, world):
        key = released(world)
        done(observe(world.workspace, key, week(1), rows(0.5), by="dana"))
        done(conclude(world.workspace, key, w.lesson(Outcome.RETIRED, Reason.TRENDS_DIFFER), by="dana"))
        world.approve_stop(key)
        [row] = search(world.workspace, Wanted(outcome="retired")).rows
        assert (row["initiative"], row["reasons"]) == (key, ["trends_differ"])

    def test_nothing_is_retired_that_was_never_released(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        refused = conclude(world.workspace, key, w.lesson(Outcome.RETIRED), by="dana")
        assert refused == Refused(("retired: the release gate is not passed",))


class TestWhatComesIn:
    def test_groups_complaints_money_and_drift_are_kept_with_the_period(self, world):
        key = released(world)
        chance = np.random.default_rng(2)
        truth = ["yes", "no"] * 100
        told = csv(truth, truth, site=["a"] * 150 + ["b"] * 40 + ["c"] * 10)
        moved = pd.DataFrame({"x": chance.normal(3, 1, 300)}).to_csv(index=False).encode()
        euros = {"cost": Money(amount=900_00, currency="EUR"), "value": Money(amount=5_000_00, currency="EUR")}
        period = week(1, groups=("site",), complaints=3, opt_outs=1, **euros)
        done(observe(world.workspace, key, period, told, by="dana", inputs=moved))
        facts = shown(world.workspace, world.initiative(key))
        [one] = facts["periods"]
        assert (one["complaints"], one["opt_outs"], facts["cost"], facts["value"]) == (3, 1, 900_00, 5_000_00)
        assert [(group["group"], group["rows"]) for group in one["groups"]] == [("a", 150), ("b", 40)]
        assert one["drift"]["auc"] > 0.9

    @pytest.mark.parametrize(
        ("given", "problem"),
        [
            (b"", "a table with a header"),
            (b"a,b\n1,2\n", "a column 'truth'"),
            (b"truth,prediction\nyes,\n", "a prediction for each row"),
            (b"truth,prediction\n,yes\n", "only rows whose truth is known"),
        ],
    )
    def test_rows_that_can_not_be_judged_are_refused(self, world, given, problem):
        key = released(world)
        with pytest.raises(ValueError, match=problem):
            observe(world.workspace, key, week(1), given, by="dana")
        assert world.initiative(key).observations == ()

    def test_no_day_is_counted_twice_and_none_before_it_came(self, world):
        key = released(world)
        done(observe(world.workspace, key, week(1), rows(0.96), by="dana"))
        again = observe(world.workspace, key, week(1), rows(0.99), by="dana")
        assert again == Refused(("since: 2026-03-02 is counted already, up to 2026-03-08",))
        ahead = observe(
            world.workspace, key, Period(since=date(2030, 1, 1), until=date(2030, 1, 2)), rows(1), by="dana"
        )
        assert isinstance(ahead, Refused)

    def test_what_claims_nothing_is_not_watched(self, world):
        key = world.bring_to(world.open(), Stage.WATCH)
        world.clock.pass_days(30)
        refused = observe(world.workspace, key, week(1), rows(0.96), by="dana")
        assert refused == Refused((f"{key} claims nothing: no sealed set was looked at",))


class TestPulling:
    def database(self, world: World, share: float) -> str:
        url = f"sqlite:///{world.workspace.home / 'production.db'}"
        table = pd.read_csv(io.BytesIO(rows(share)))
        table["day"] = [(DAY + timedelta(days=n % 7)).isoformat() for n in range(len(table))]
        engine = create_engine(url)
        table.to_sql("scored", engine, index=False)
        engine.dispose()
        return url

    def source(self, world: World, key: str, text: str) -> None:
        folder = world.workspace.home / "watch"
        folder.mkdir(exist_ok=True)
        (folder / f"{key}.yaml").write_text(text)

    def test_a_query_is_run_once_for_each_period_that_is_over(self, world, monkeypatch):
        key = released(world)
        monkeypatch.setenv("SCORED_DATABASE", self.database(world, 0.5))
        query = "SELECT truth, prediction FROM scored WHERE day BETWEEN :since AND :until"
        self.source(world, key, f"every_days: 7\ndatabase: $SCORED_DATABASE\nquery: {query}\n")
        assert pull_due(world.workspace, now=world.clock()) == (f"{key}: broken until 2026-03-08",)
        [one] = world.initiative(key).observations
        assert (one.rows, one.more["source"]) == (200, f"pull {key}.yaml")
        told = pull_due(world.workspace, now=world.clock())  # the next week has no rows
        assert told[0].startswith(f"{key}: ")
        assert len(world.initiative(key).observations) == 1

    def test_a_parquet_file_is_read_by_the_days_in_its_name(self, world):
        key = released(world)
        pd.read_csv(io.BytesIO(rows(0.97))).to_parquet(world.workspace.home / "live-2026-03-02.parquet")
        self.source(world, key, f"parquet: {world.workspace.home}/live-{{since}}.parquet\n")
        assert pull_due(world.workspace, now=world.clock()) == (f"{key}: holds until 2026-03-08",)

    @pytest.mark.parametrize(
        "text",
        ["database: sqlite://\nquery: DROP TABLE scored\n", "database: $NOT_SET_ANYWHERE\nquery: SELECT 1\n", "{}\n",
         "database: sqlite://\nquery: SELECT nothing FROM nowhere\n", "parquet: /nowhere.parquet\n"],
    )  # fmt: skip
    def test_what_can_not_be_fetched_is_told_and_stops_nothing(self, world, text):
        key = released(world)
        self.source(world, key, text)
        [told] = pull_due(world.workspace, now=world.clock())
        assert told.startswith(f"{key}: ")
        assert world.initiative(key).observations == ()


def test_digits_of_other_writers_are_found_out_as_drift(world):
    """Real data, bundled with scikit-learn: 1,797 digits in the order of 13 writers. What was learnt from the first
    writers, and sealed among them, is less true of the last."""
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    digits = load_digits(as_frame=True).frame
    digits.insert(0, "id", [f"d{n}" for n in range(len(digits))])
    first, pixels = digits[:600], [name for name in digits if name.startswith("pixel")]
    kept = []

    def predict(work: pd.DataFrame, sealed: pd.DataFrame):
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(work[pixels], work["target"])
        kept.append(model)
        return model.predict(sealed[pixels])

    key = released(world, first, goal=0.8, predict=predict)
    last = digits[600:]
    parts = [last[start : start + 200] for start in range(0, 1197, 200)]
    for number, part in enumerate(parts, 1):
        told = csv(part["target"], kept[0].predict(part[pixels]))
        inputs = part[pixels].to_csv(index=False).encode() if number == 1 else None
        done(observe(world.workspace, key, week(number), told, by="dana", inputs=inputs))
    facts = shown(world.workspace, world.initiative(key))
    assert facts["production"]["verdict"] == "degraded"
    assert facts["claim"]["bound"] > facts["production"]["estimate"]
    assert facts["periods"][0]["drift"]["auc"] > 0.6
