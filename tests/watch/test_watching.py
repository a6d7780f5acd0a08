"""A released model is watched: what it shows in production decides what may be spent on it."""

import io
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import create_engine

from provefirst.clauses import WatchLimits
from provefirst.evidence import Kind
from provefirst.gates import Closed
from provefirst.integrity.auditing import verify
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.deciding import Said
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.holding import Registration, look, register_data
from provefirst.lifecycle.keeping import rebuild
from provefirst.lifecycle.organisation import add_person
from provefirst.lifecycle.pulling import pull_due
from provefirst.lifecycle.remembering import Wanted, search
from provefirst.lifecycle.reporting import report as write_report
from provefirst.lifecycle.submitting import submit
from provefirst.lifecycle.viewing import view
from provefirst.lifecycle.watching import Period, observe, shown, thaw
from provefirst.money import Money
from provefirst.people import Person, Role
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


def released(
    world: World, frame: pd.DataFrame | None = None, *, goal: float = 0.9, predict=None, metric: str = "accuracy"
) -> str:
    """An initiative that claimed, on a real sealed set, and was released with a first tranche."""
    if frame is None:
        chance = np.random.default_rng(1)
        x = chance.normal(size=1200)
        answer = np.where((x > 0) ^ (chance.random(1200) < 0.04), "yes", "no")
        frame = pd.DataFrame({"id": [f"r{n}" for n in range(1200)], "x": x, "y": answer})
        predict = lambda work, sealed: np.where(sealed["x"] > 0, "yes", "no")  # noqa: E731
    workspace, target = world.workspace, frame.columns[-1]
    key = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
    done(submit(workspace, key, Kind.PREREGISTRATION, w.preregistration(goal=goal, metric=metric), by="dana"))
    request = Registration(name="rows", target=target, identifier="id", seed=3, share=0.4)
    content = done(register_data(workspace, key, request, frame.to_csv(index=False).encode(), by="hans"))
    said = next(s.content for s in reversed(content.initiative.submissions) if s.kind is Kind.DATA_REGISTRATION)
    work, sealed = (
        pd.read_parquet(io.BytesIO(workspace.blobs.get(said[part]))) for part in ("work", "sealed_features")
    )
    said = predict(work, sealed)
    told = pd.DataFrame({"id": sealed["id"], **(said if isinstance(said, dict) else {"prediction": said})})
    done(look(workspace, key, told.to_csv(index=False).encode(), by="dana"))
    world.bring_to(key, Stage.WATCH)
    done(release(workspace, key, MONEY, by="bea"))
    world.clock.pass_days(365)
    return key


def report(world: World, key: str):
    """The round at the watch gate: a report of what was observed, and a peer's approval."""
    done(write_report(world.workspace, key, by="dana"))
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
        assert refused.reasons[0].startswith("money is frozen: production is broken; watch show")
        newcomer = Person(handle="rosa", name="Rosa Name", roles=frozenset({Role.REVIEWER, Role.BOARD_MEMBER}))
        assert add_person(any_world.workspace, newcomer, by="root") is None
        assert "accuracy 0.78" in str(view(any_world.workspace, key, by="bea"))
        assert "0.78" not in str(view(any_world.workspace, key, by="rosa"))
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


class TestTheReport:
    def test_it_is_built_from_all_periods(self, world):
        key = released(world)
        for number, share in enumerate((0.96, 0.94, 0.98), 1):
            done(observe(world.workspace, key, week(number), rows(share), by="dana"))
        done(write_report(world.workspace, key, by="dana"))
        found = world.initiative(key).current(Kind.PRODUCTION_REPORT).content
        assert (found["metric"], found["rows"], found["since"], found["until"]) == (
            "accuracy", 600, week(1).since.isoformat(), week(3).until.isoformat(),
        )  # fmt: skip
        assert (found["low"], found["estimate"], found["high"]) == pytest.approx((0.9410, 0.96, 0.9742), abs=1e-3)

    def test_one_that_was_typed_in_is_refused_and_each_figure_named(self, world):
        key = released(world)
        done(observe(world.workspace, key, week(1), rows(0.6), by="dana"))
        typed = w.production()
        refused = submit(world.workspace, key, Kind.PRODUCTION_REPORT, typed, by="dana")
        assert isinstance(refused, Refused)
        assert f"estimate {typed.estimate} is not what was observed" in refused.reasons
        assert "0.6" not in str(refused.reasons)
        assert refused.reasons[-1] == "a report is built from what was observed: watch report"
        assert world.initiative(key).current(Kind.PRODUCTION_REPORT) is None

    def test_nothing_observed_is_nothing_to_report(self, world):
        key = released(world)
        assert write_report(world.workspace, key, by="dana") == Refused(
            (f"nothing was observed of {key} since it was released: watch observe",)
        )

    def test_only_its_data_scientists_report(self, world):
        key = released(world)
        done(observe(world.workspace, key, week(1), rows(0.96), by="dana"))
        for handle in ("olga", "rita", "bea", "root"):
            assert write_report(world.workspace, key, by=handle).is_forbidden


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


class TestBesideTheMetric:
    """What the watch gate's policy limits is judged as the metric is, and named where it alarms."""

    LIMITS = WatchLimits(drift=0.7, complaints=0.02, opt_outs=0.02, gap=0.1)

    @pytest.fixture
    def limited(self, tmp_path) -> World:
        watch = w.policies().at(Stage.WATCH).model_copy(update={"watch": self.LIMITS})
        return World.make(tmp_path, policy_set=w.policies(watch=watch))

    def judged(self, world: World, weeks: int, told=None, inputs=None, **more):
        key = released(world)
        for number in range(1, weeks + 1):
            table = rows(0.96) if told is None else told(number)
            done(observe(world.workspace, key, week(number, **more), table, by="dana", inputs=inputs))
        return world.initiative(key)

    def test_within_all_limits_it_holds_and_each_is_shown_with_its_evidence(self, limited):
        found = self.judged(limited, 6, complaints=1, opt_outs=1).production
        assert (found.health, found.because) == (Health.HOLDS, ())
        assert [(one.name, one.limit, one.is_alarming) for one in found.signals] == [
            ("complaints", 0.02, False), ("opt_outs", 0.02, False),
        ]  # fmt: skip
        assert found.alarm_at == pytest.approx(np.log(40))
        assert [one.alarm_at for one in found.signals] == pytest.approx([np.log(160), np.log(160)])

    @pytest.mark.parametrize(
        ("name", "told"), [("complaints", "complaints came"), ("opt_outs", "people who left came")]
    )
    def test_too_many_who_complain_or_leave_degrade_it_and_money_still_moves(self, limited, name, told):
        state = self.judged(limited, 4, **{name: 24})
        assert (state.production.health, state.freeze) == (Health.DEGRADED, None)
        assert state.production.because == (f"{told} to 12.0% of the rows, at most 2.0%",)

    def test_inputs_that_are_told_from_the_sealed_ones_degrade_it(self, limited):
        moved = pd.DataFrame({"x": np.random.default_rng(5).normal(2.5, 1, 300)}).to_csv(index=False).encode()
        found = self.judged(limited, 2, inputs=moved).production
        assert found.health is Health.DEGRADED
        [because] = found.because
        assert because.startswith("inputs have drifted: they are told from the sealed ones with an AUC of 0.9")

    def test_inputs_as_they_were_are_no_alarm(self, limited):
        alike = pd.DataFrame({"x": np.random.default_rng(5).normal(0, 1, 300)}).to_csv(index=False).encode()
        assert self.judged(limited, 3, inputs=alike).production.health is Health.HOLDS

    def test_a_group_that_it_serves_worse_degrades_it_though_the_whole_holds(self, limited):
        def told(number: int) -> bytes:
            truth = ["yes", "no"] * 150
            wrong = {"yes": "no", "no": "yes"}
            said = [wrong[t] if n % 10 == 0 and n % 3 else t for n, t in enumerate(truth)]
            site = ["island" if n % 10 == 0 else "mainland" for n in range(300)]
            return csv(truth, said, site=site)

        found = self.judged(limited, 5, told, groups=("site",)).production
        assert found.health is Health.DEGRADED
        [because] = found.because
        assert because == "site island is worse than all others by 0.667, at most 0.1"

    def test_a_limit_that_no_policy_sets_is_shown_and_judges_nothing(self, world):
        found = self.judged(world, 3, complaints=100).production
        assert (found.health, found.signals, found.alarm_at) == (Health.HOLDS, (), pytest.approx(np.log(20)))

    def test_what_was_judged_is_the_same_after_a_rebuild_and_told_at_the_gate(self, limited):
        state = self.judged(limited, 4, complaints=24)
        rebuild(limited.workspace)
        assert limited.initiative(state.key).production == state.production
        facts = shown(limited.workspace, limited.initiative(state.key))
        assert facts["production"]["signals"][0]["is_alarming"]
        assert verify(limited.workspace).bad == ()


class TestSeveralClasses:
    """Chances of three classes and more are scored by the metric that was preregistered."""

    CLASSES = ("a", "b", "c")

    def chances(self, truth, sure: float):
        """For each class the chance that a model gives it that is `sure` of the truth."""
        return {f"score:{name}": [sure if t == name else (1 - sure) / 2 for t in truth] for name in self.CLASSES}

    def frame(self) -> pd.DataFrame:
        chance = np.random.default_rng(3)
        x = chance.integers(0, 3, 1200)
        return pd.DataFrame({"id": [f"r{n}" for n in range(1200)], "x": x, "y": [self.CLASSES[n] for n in x]})

    def key(self, world: World, metric: str, goal: float) -> str:
        return released(
            world, self.frame(), goal=goal, metric=metric,
            predict=lambda work, sealed: {
                "prediction": [self.CLASSES[n] for n in sealed["x"]],
                **self.chances([self.CLASSES[n] for n in sealed["x"]], 0.9),
            },
        )  # fmt: skip

    def week_of(self, sure: float) -> bytes:
        chance = np.random.default_rng(4)
        truth = [self.CLASSES[n] for n in chance.integers(0, 3, 200)]
        noisy = np.clip(sure + chance.normal(0, 0.03, 200), 0.05, 0.98)
        columns = {
            f"score:{name}": [s if t == name else (1 - s) / 2 for t, s in zip(truth, noisy, strict=True)]
            for name in self.CLASSES
        }
        return pd.DataFrame({"truth": truth, **columns}).to_csv(index=False).encode()

    @pytest.mark.parametrize(("metric", "goal"), [("log_loss", 0.5), ("brier", 0.1)])
    def test_chances_as_good_as_claimed_hold_and_worse_ones_are_found_out(self, world, metric, goal):
        key = self.key(world, metric, goal)
        done(observe(world.workspace, key, week(1), self.week_of(0.93), by="dana"))
        assert world.initiative(key).production.health is Health.HOLDS
        for number in range(2, 5):
            done(observe(world.workspace, key, week(number), self.week_of(0.4), by="dana"))
        assert world.initiative(key).production.health is Health.BROKEN

    def test_a_class_without_its_chances_is_refused_by_name(self, world):
        key = self.key(world, "log_loss", 0.5)
        told = pd.read_csv(io.BytesIO(self.week_of(0.9))).drop(columns="score:b").to_csv(index=False).encode()
        with pytest.raises(ValueError, match="no column score:b"):
            observe(world.workspace, key, week(1), told, by="dana")

    def test_labels_of_several_classes_are_counted(self, world):
        key = self.key(world, "accuracy", 0.8)
        truth = list(self.CLASSES) * 60
        done(observe(world.workspace, key, week(1), csv(truth, truth), by="dana"))
        assert world.initiative(key).observations[0].right == 180


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
