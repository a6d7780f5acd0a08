"""Story 2: an honest no. The goal is not reached, peers confirm it, the money goes back, the lesson stays."""

from __future__ import annotations

from provefirst.demo import data
from provefirst.demo.acts import Table, looked, replicated, researched, screened, sealed
from provefirst.demo.play import Play
from provefirst.demo.words import review, screen, stop
from provefirst.evidence import (
    AnalysisReport,
    EffortEstimate,
    Explanation,
    Goal,
    Kind,
    Lesson,
    Preregistration,
    Proposal,
    ReplicationReport,
    ResearchDossier,
    Source,
)
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.reviewing import review as submit_review
from provefirst.lifecycle.submitting import submit
from provefirst.money import Account, Money
from provefirst.stages import Outcome, Reason

PROPOSAL = Proposal(
    title="Recommend clothes sizes in the online shop",
    problem="Every third parcel comes back because the size did not fit.",
    affected="Customers who are told a size, and people whose bodies the data describe badly.",
    hypothesis="Height, weight and age tell the size a customer keeps in at least 70 of 100 orders.",
    goal=Goal(metric="accuracy", value=0.70, why="Below that a wrong advice sends back more parcels than none."),
    budget=Money(amount=200_000_00, currency="EUR"),
    domain="retail",
)
SCREEN = screen(
    ("Customers feel judged by the size they are told",),
    ("Women after pregnancy", "People with a disability", "Older customers"),
    "high",
    "No advice is shown below the goal; no body data leave the shop; gaps between groups are measured first.",
)
ORIGINAL = Source(
    citation="A vendor's white paper, invented for this simulated story.",
    metric="accuracy",
    reported=0.50,
    rows=2500,
    is_code_public=False,
    is_data_public=False,
    carries_over="The vendor's shop sells the same kind of clothes to the same kind of customers.",
)
DOSSIER = ResearchDossier(
    sources=(ORIGINAL,),
    conclusion="Half of the orders is twice what guessing reaches, and less than our goal: to be tried.",
)
REPLICATION = ReplicationReport(
    mode="reformulated",
    original=ORIGINAL,
    method="Gradient boosting on height, weight and age of our own orders; ten-fold out-of-fold predictions.",
    deviations=("Neither code nor data are public: reformulated on our own orders.",),
    reference_rate=0.25,
)
PLAN = Preregistration(
    hypothesis=PROPOSAL.hypothesis,
    metric="accuracy",
    goal=0.70,
    looks=1,
    candidates=("gradient boosting on body measures",),
    stopping_rule="One look on the sealed set, whatever it shows.",
)
LESSON = Lesson(
    outcome=Outcome.NOT_FEASIBLE,
    reasons=(Reason.GOAL_MISSED, Reason.DISCRIMINATORY),
    lesson=(
        "Body measures tell the size in about half of the orders; how loosely somebody likes to wear things, which the "
        "shop does not know, decides the rest. Advice this weak falls hardest on bodies that the data hold least of."
    ),
    would_change_if="Customers say what they kept and how it fits, for a season, and agree that we use it.",
)


def tell(play: Play) -> None:
    """The story."""
    play.chapter(
        "2. Clothes sizes: an honest no",
        "Simulated data: two seasons of 4,000 orders of an online shop, made for this story. Not one of them is real.",
    )
    opened = play.does(
        "Paula opens the initiative and asks for 200,000 EUR",
        open_initiative(play.workspace, PROPOSAL, by="paula", screen=SCREEN),
    )
    key = opened.initiative.key
    play.keys.append(key)
    columns = (["height_cm", "weight_kg", "age"], "kept_size", "order")
    last_season = Table("Last season's orders (simulated)", data.orders(seed=20250901), *columns)
    table = Table("This season's orders (simulated)", data.orders(seed=20260302), *columns)
    screened(play, key, "High risk: nothing is shown to anybody before the groups are measured.")
    researched(play, key, DOSSIER, by="dan")
    how = "Dan does it again on last season's orders, as nothing is public"
    replicated(play, key, REPLICATION, last_season.predictions(data.size_model()), by="dan", how=how)
    sets = sealed(play, key, table, PLAN, by="dan")
    looked(play, key, table, data.size_model(), sets, by="dan")
    for kind, document in _reports().items():
        said = f"Dan submits the {kind.value.replace('_', ' ')}"
        play.does(said, submit(play.workspace, key, kind, document, by="dan"))
    play.measured(key)
    _concluded(play, key)


def _reports() -> dict[Kind, AnalysisReport | Explanation | EffortEstimate]:
    return {
        Kind.ANALYSIS_REPORT: AnalysisReport(
            summary="Complete orders, no duplicates, four sizes in equal shares; the goal is out of reach.",
            model="Gradient boosting on height, weight and age.",
            limitations="One season; nothing about taste.",
        ),
        Kind.EXPLANATION: Explanation(
            method="permutation importance",
            top_features=("weight_kg", "height_cm"),
            account="Heavier and taller customers keep larger sizes; age adds nothing.",
        ),
        Kind.EFFORT_ESTIMATE: EffortEstimate(
            optimistic=40, likely=80, pessimistic=200, assumptions="The shop's platform takes advice as it is."
        ),
    }


def _concluded(play: Play, key: str) -> None:
    workspace = play.workspace
    reading = review(
        stop("The negative is sound."),
        "Preregistered, sealed, and under the goal by far.",
        strengths="Enough rows to be sure of the no.",
        weaknesses="One season.",
    )
    play.tries(
        "Ruth votes to stop before a lesson is written", lambda: submit_review(workspace, key, reading, by="ruth")
    )
    play.does("Dan concludes: not feasible, with the lesson", conclude(workspace, key, LESSON, by="dan"))
    play.does("Ruth confirms the negative", submit_review(workspace, key, reading, by="ruth"))
    done = play.does("Rana confirms the negative: two of two", submit_review(workspace, key, reading, by="rana"))
    returned = Money(amount=done.initiative.books.returned, currency="EUR")
    left = Money(amount=done.initiative.books.on(Account.REQUESTED), currency="EUR")
    play.say(f"         {key} is concluded: not feasible. {returned} are back in the pool, {left} are left on it.")
    play.say(f"         lesson: {LESSON.lesson}")
