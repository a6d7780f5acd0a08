"""Story 1: a published result is replicated, holds on a sealed set, and the first money is released."""

from __future__ import annotations

from datetime import date, timedelta

from provefirst.demo import data
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
from provefirst.lifecycle.funding import Request, release
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.reviewing import review as submit_review
from provefirst.lifecycle.reviewing import vote
from provefirst.lifecycle.scheduling import Wish, latest_p80, set_deadline
from provefirst.lifecycle.submitting import submit
from provefirst.money import Money

PROPOSAL = Proposal(
    title="Read breast biopsies a second time by machine",
    problem="Every fine-needle aspirate is read twice, and patients wait a week for the second reading.",
    affected="Patients who wait for their result, and the two pathologists who read.",
    hypothesis="Size and texture of cell nuclei tell benign from malignant in at least 90 of 100 cases.",
    goal=Goal(metric="accuracy", value=0.90, why="A second reader agrees with the first in nine of ten cases."),
    budget=Money(amount=120_000_00, currency="EUR"),
    domain="health",
)
SCREEN = screen(
    ("A malignant case is read as benign",),
    ("Age groups that the data hold few cases of",),
    "medium",
    "The machine is a second reader: where it disagrees, a second pathologist reads as today.",
)
ORIGINAL = Source(
    citation=(
        "W. N. Street, W. H. Wolberg, O. L. Mangasarian: Nuclear feature extraction for breast tumor diagnosis. "
        "IS&T/SPIE Symposium on Electronic Imaging, vol. 1905, 861-870, San Jose 1993."
    ),
    link="doi:10.1117/12.148698",
    metric="accuracy",
    reported=0.975,
    rows=569,
    is_code_public=False,
    is_data_public=True,
    carries_over="The same features from the same kind of microscope; our cases come from one more hospital.",
)


PILOT = Request(amount=Money(amount=40_000_00, currency="EUR"), purpose="Pilot in one ward")
DOSSIER = ResearchDossier(
    sources=(ORIGINAL,), conclusion="One plane in three features is reported to reach 97.5 %: worth replicating."
)
REPLICATION = ReplicationReport(
    mode="public_data",
    original=ORIGINAL,
    original_splits=10,
    method="One separating plane in mean texture, worst area and worst smoothness; ten-fold out-of-fold predictions.",
    deviations=("The plane is fitted by logistic regression, not by a linear program.",),
    reference_rate=357 / 569,
)
PLAN = Preregistration(
    hypothesis=PROPOSAL.hypothesis,
    metric="accuracy",
    goal=0.90,
    looks=1,
    candidates=("one plane in three features",),
    model_class="linear",
    stopping_rule="One look on the sealed set, whatever it shows.",
)


def tell(play: Play) -> None:
    """The story."""
    play.chapter(
        "1. Breast cancer: a published result that holds",
        "Real data: 569 fine-needle aspirates, Wisconsin diagnostic set (scikit-learn's bundled copy).",
    )
    opened = play.does(
        "Paula opens the initiative and asks for 120,000 EUR, which are reserved and locked",
        open_initiative(play.workspace, PROPOSAL, by="paula", screen=SCREEN),
    )
    key = opened.initiative.key
    play.keys.append(key)
    table = Table("Wisconsin aspirates", data.breast_cancer(), data.PLANE, "diagnosis", "case", ("dan",))
    screened(play, key, "The safeguards fit the risk.")
    researched(play, key, DOSSIER, by="dan")
    how = "Dan replicates it: one plane, three features, ten folds"
    replicated(play, key, REPLICATION, table.predictions(data.plane()), by="dan", how=how)
    sets = sealed(play, key, table, PLAN, by="dan")
    looked(play, key, table, data.plane(), sets, by="dan")
    _reported(play, key)
    _decided(play, key)
    _scheduled(play, key)


def _reported(play: Play, key: str) -> None:
    for kind, document in _reports().items():
        said = f"Dan submits the {kind.value.replace('_', ' ')}"
        play.does(said, submit(play.workspace, key, kind, document, by="dan"))
    play.measured(key)
    reading = review(
        go("Sealed, preregistered, simple."),
        "Reaches its goal on rows nobody had seen.",
        strengths="A plane that anybody can check.",
        weaknesses="Few rows, one hospital.",
    )
    play.passes("Rana reviews the analysis", submit_review(play.workspace, key, reading, by="rana"))


def _reports() -> dict[Kind, AnalysisReport | Explanation | EffortEstimate]:
    return {
        Kind.ANALYSIS_REPORT: AnalysisReport(
            summary="Complete, no duplicates, the classes split 63 to 37; the plane holds on rows it never saw.",
            model="Logistic regression on mean texture, worst area, worst smoothness.",
            limitations="One hospital; no age or ethnicity in the data, so fairness between groups can't be measured.",
        ),
        Kind.EXPLANATION: Explanation(
            method="coefficients of the plane",
            top_features=tuple(data.PLANE),
            account="Larger, rougher and more textured nuclei speak for malignant, as pathologists are taught.",
        ),
        Kind.EFFORT_ESTIMATE: EffortEstimate(
            optimistic=30,
            likely=55,
            pessimistic=120,
            assumptions="One microscope vendor; approval as decision support.",
        ),
    }


def _decided(play: Play, key: str) -> None:
    workspace = play.workspace
    soon = Wish(day=workspace.clock().date() + timedelta(days=30))
    play.tries("Paula sets a deadline now, before the board", lambda: set_deadline(workspace, key, soon, by="paula"))
    final = review(
        go("Ready for the board."),
        "The evidence is complete.",
        strengths="Preregistered and sealed.",
        weaknesses="One site.",
    )
    play.does("Ruth reviews the whole", submit_review(workspace, key, final, by="ruth"))
    play.passes("Rana reviews the whole: two of two", submit_review(workspace, key, final, by="rana"))
    play.tries("Bert releases 40,000 EUR before the vote", lambda: release(workspace, key, PILOT, by="bert"))
    play.does("Bert votes go", vote(workspace, key, go("A cheap pilot that can be explained."), by="bert"))
    play.passes("Bina votes go: two of two", vote(workspace, key, go("Agreed."), by="bina"))
    play.does("Bina releases the first tranche, 40,000 EUR", release(workspace, key, PILOT, by="bina"))
    play.tries("Bert releases a second tranche at once", lambda: release(workspace, key, PILOT, by="bert"))


def _scheduled(play: Play, key: str) -> None:
    workspace = play.workspace
    p80 = latest_p80(workspace.initiative(key), workspace.clock().date()) or date.max
    early, late = Wish(day=p80 - timedelta(days=14)), Wish(day=p80 + timedelta(days=7))
    play.tries(
        "Paula sets a deadline before the day that 4 of 5 such efforts meet",
        lambda: set_deadline(workspace, key, early, by="paula"),
    )
    answer = set_deadline(workspace, key, late, by="paula")
    play.does(f"Paula sets the deadline to {late.day:%Y-%m-%d}, a week after the P80", answer)
