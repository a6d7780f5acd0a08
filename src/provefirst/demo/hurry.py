"""Story 4: in a hurry. Everything that is tried to get around the gates, and why it does not work."""

from __future__ import annotations

from datetime import timedelta

from provefirst.demo import data, meddling
from provefirst.demo.acts import Table, looked, replicated, researched, screened, sealed
from provefirst.demo.play import Play
from provefirst.demo.words import go, review, screen
from provefirst.evidence import (
    AnalysisReport,
    EffortEstimate,
    Explanation,
    Goal,
    Kind,
    Preregistration,
    Proposal,
    ReplicationReport,
    ResearchDossier,
    Source,
)
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.deciding import decide_now
from provefirst.lifecycle.funding import Request, release
from provefirst.lifecycle.holding import look
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.reviewing import review as submit_review
from provefirst.lifecycle.reviewing import vote
from provefirst.lifecycle.scheduling import Wish, set_deadline
from provefirst.lifecycle.submitting import submit
from provefirst.money import Money
from provefirst.stages import Stage

PROPOSAL = Proposal(
    title="Predict how diabetes progresses",
    problem="The competitor announced it, and the board wants it by summer.",
    affected="Patients who are put on a programme, or are not.",
    hypothesis="Ten measures at the start explain 60 % of the progression after a year.",
    goal=Goal(metric="r2", value=0.60, why="Below that, a programme by rule of thumb does as well."),
    budget=Money(amount=150_000_00, currency="EUR"),
    domain="health",
)
SCREEN = screen(
    ("Patients are left out of a programme",), ("Women",), "medium", "A physician decides; the machine only ranks."
)
ORIGINAL = Source(
    citation=(
        "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani: Least angle regression. "
        "The Annals of Statistics 32(2), 407-499, 2004."
    ),
    link="doi:10.1214/009053604000000067",
    metric="r2",
    reported=0.5177,
    rows=442,
    is_code_public=True,
    is_data_public=True,
    carries_over="The same ten measures are taken in our clinics.",
)
DOSSIER = ResearchDossier(
    sources=(ORIGINAL,),
    conclusion="Ten measures explain about half of the progression, in sample: least squares on all 442 patients.",
)
REPLICATION = ReplicationReport(
    mode="public_data",
    original=ORIGINAL,
    method="Least squares on the ten measures; ten-fold out-of-fold predictions.",
    deviations=("The original figure is in sample, ours is out of fold.",),
)
PLAN = Preregistration(
    hypothesis=PROPOSAL.hypothesis,
    metric="r2",
    goal=0.60,
    looks=1,
    candidates=("random forest",),
    stopping_rule="One look on the sealed set, whatever it shows.",
)
MONEY = Request(amount=Money(amount=50_000_00, currency="EUR"), purpose="A head start")


def tell(play: Play) -> None:
    """The story."""
    play.chapter(
        "4. Diabetes: in a hurry",
        "Real data: 442 patients, Efron and others 2004 (scikit-learn's bundled copy). Pedro has promised summer.",
    )
    opened = play.does(
        "Pedro opens the initiative and asks for 150,000 EUR",
        open_initiative(play.workspace, PROPOSAL, by="pedro", screen=SCREEN),
    )
    key = opened.initiative.key
    play.keys.append(key)
    _early(play, key)
    screened(play, key, "A physician decides.")
    researched(play, key, DOSSIER, by="dora")
    frame = data.diabetes()
    features = [str(name) for name in frame if name not in ("patient", "progression")]
    table = Table("Diabetes patients", frame, features, "progression", "patient", ("dora",))
    _meddled(play, key)
    how = "Dora replicates the published figure, out of fold"
    replicated(play, key, REPLICATION, table.predictions(data.line()), by="dora", how=how)
    _in_sample(play, key, table)
    _looked_again(play, key, table)
    _voided(play, key)


def _early(play: Play, key: str) -> None:
    workspace = play.workspace
    summer = Wish(day=workspace.clock().date() + timedelta(days=90))
    play.tries("Pedro has the deadline set to summer", lambda: set_deadline(workspace, key, summer, by="pedro"))
    play.tries("Bert, a friend, releases 50,000 EUR at once", lambda: release(workspace, key, MONEY, by="bert"))
    play.tries(
        "Pedro writes the tranche straight into the database",
        lambda: meddling.insert_tranche(workspace, key, 50_000_00),
    )
    play.tries("Pedro votes for his own proposal", lambda: vote(workspace, key, go("It is urgent."), by="pedro"))
    play.tries("Pedro has the gate decided without votes", lambda: decide_now(workspace, key, by="pedro"))


def _meddled(play: Play, key: str) -> None:
    play.tries(
        "Pedro sets the run to completed, gate open, in Prefect",
        lambda: _overruled(play, key),
    )
    play.tries(
        "Pedro starts the release stage's flow by hand in Prefect",
        lambda: meddling.run_by_hand(play.engine, key, Stage.RELEASE),
    )


def _overruled(play: Play, key: str) -> Refused | None:
    before = play.workspace.initiative(key)
    meddling.set_state(play.engine, f"{key}/replication/attempt-1", "GateOpen")
    after = play.workspace.initiative(key)
    if (after.version, after.stage) != (before.version, before.stage):
        return None
    return Refused((f"the ledger decides: {key} is still at {after.stage.label}, and no entry was written",))


def _in_sample(play: Play, key: str, table: Table) -> None:
    workspace = play.workspace
    score = data.in_sample(data.forest(), table.frame, table.features, table.target)
    boast = AnalysisReport(
        summary=f"The random forest explains {score:.0%} of the progression (R² {score:.2f}, where it learnt).",
        model="Random forest of 60 trees.",
        limitations="None.",
    )
    play.does(
        f"Dora submits an in-sample R² of {score:.2f} as her analysis",
        submit(workspace, key, Kind.ANALYSIS_REPORT, boast, by="dora"),
    )
    play.tries("Pedro has the gate decided on it", lambda: decide_now(workspace, key, by="pedro"))
    own = review(go("Excellent."), "Excellent.", strengths="All of it.", weaknesses="None.")
    play.tries("Dora, a reviewer elsewhere, approves her own", lambda: submit_review(workspace, key, own, by="dora"))
    play.tries("Pedro, a reviewer elsewhere, approves it", lambda: submit_review(workspace, key, own, by="pedro"))


def _looked_again(play: Play, key: str, table: Table) -> None:
    sets = sealed(play, key, table, PLAN, by="dora")
    looked(play, key, table, data.forest(), sets, by="dora")
    tuned = data.on_sealed(data.line(), *sets, table.features, table.target, table.identifier)
    play.tries("Dora looks again, with another model", lambda: look(play.workspace, key, tuned, by="dora"))


def _voided(play: Play, key: str) -> None:
    workspace = play.workspace
    why = Explanation(
        method="impurity importance", top_features=("bmi", "s5"), account="The forest says so; nobody knows why."
    )
    hope = EffortEstimate(optimistic=10, likely=15, pessimistic=25, assumptions="Nothing goes wrong.")
    play.does("Dora submits an explanation", submit(workspace, key, Kind.EXPLANATION, why, by="dora"))
    play.does("Dora submits an effort estimate", submit(workspace, key, Kind.EFFORT_ESTIMATE, hope, by="dora"))
    play.measured(key)
    reading = review(go("Looks fine."), "Read on the train.", strengths="Short.", weaknesses="None seen.")
    play.does("Rana approves in good faith", submit_review(workspace, key, reading, by="rana"))
    play.tries("Pedro has the gate decided", lambda: decide_now(workspace, key, by="pedro"))
    changed = AnalysisReport(
        summary="The forest is now tuned, and the figure is even better.",
        model="Random forest of 600 trees.",
        limitations="None.",
    )
    play.does(
        "Dora changes the analysis after the approval", submit(workspace, key, Kind.ANALYSIS_REPORT, changed, by="dora")
    )
    play.measured(key)
    play.tries("Pedro has the gate decided once more", lambda: decide_now(workspace, key, by="pedro"))
    play.tries("Bert releases 50,000 EUR all the same", lambda: release(workspace, key, MONEY, by="bert"))
