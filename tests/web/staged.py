"""A world with something on every page: an initiative at each place, and one that ended with a no."""

from __future__ import annotations

from provefirst.evidence import Kind
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.funding import Expense, Request, release, spend
from provefirst.lifecycle.reviewing import review, vote
from provefirst.lifecycle.submitting import submit
from provefirst.money import Money
from provefirst.stages import Choice, Stage
from tests.world import World, ballot, done, estimate, lesson, peer_review

PAGES: tuple[tuple[str, str], ...] = (
    ("", "/sign-in"), ("olga", "/work"), ("rita", "/work"), ("bea", "/portfolio"), ("bea", "/portfolio?view=table"),
    ("bea", "/portfolio/figures"), ("bea", "/portfolio/forecasts"), ("bea", "/money"), ("bea", "/money/pools/main"),
    ("olga", "/initiatives/PF-1/statement"), ("olga", "/initiatives/PF-1/statement?until=2020-01-01"),
    ("olga", "/lessons"), ("anna", "/audit"), ("olga", "/open"), ("olga", "/initiatives/PF-1"),
    ("rolf", "/initiatives/PF-2"), ("olga", "/initiatives/PF-3"), ("bea", "/initiatives/PF-4"),
    ("olga", "/initiatives/PF-1/history"), ("olga", "/initiatives/PF-1/evidence/3"),
    ("olga", "/initiatives/PF-1/entries/3"), ("bea", "/initiatives/PF-1/memo"),
    ("ella", "/initiatives/PF-4/memo"), ("dana", "/initiatives/PF-5/submit"),
    ("dana", "/initiatives/PF-5/submit/research_dossier"), ("dana", "/initiatives/PF-2/submit/effort_estimate"),
    ("hans", "/initiatives/PF-6/data"), ("dana", "/initiatives/PF-6/look"), ("rolf", "/initiatives/PF-2/review"),
    ("otto", "/initiatives/PF-2/review"), ("rita", "/initiatives/PF-2/review"), ("bea", "/initiatives/PF-1/release"),
    ("bea", "/initiatives/PF-1/deadline"), ("dana", "/initiatives/PF-5/conclude"), ("olga", "/initiatives/PF-99"),
    ("olga", "/profile"), ("olga", "/profile/notices"),
    ("root", "/people"), ("root", "/people/dana"), ("olga", "/people/rita/rigor"),
    ("olga", "/policies"), ("root", "/policies/adopt"), ("root", "/audit"), ("root", "/initiatives/PF-4/migrate"),
    ("", "/join/any"), ("", "/setup/any"), ("olga", "/styleguide"),
)  # fmt: skip
"""Who looks, and at what: every page there is, in the states that look different."""


def _eur(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def staged(world: World) -> None:
    """Tell six short stories."""
    released = world.bring_to(world.open(title="Tell benign from malignant"), Stage.RELEASE)
    conditions = ("The union agrees",)
    for member in ("bea", "ben"):
        said = ballot(Choice.CONDITIONAL_GO, conditions=conditions, forecast=0.8)
        done(vote(world.workspace, released, said, by=member))
    done(release(world.workspace, released, Request(amount=_eur(40_000_00), purpose="A pilot"), by="bea"))
    paid = Expense(amount=_eur(9_000_00), what="Servers", on=world.clock().date())
    done(spend(world.workspace, released, paid, by="olga"))
    peers = world.bring_to(world.open(title="Foresee which pumps fail"), Stage.REVIEW)
    done(world.approve(peers, "rita"))
    done(submit(world.workspace, peers, Kind.EFFORT_ESTIMATE, estimate(optimistic=21), by="dana"))
    ended = world.bring_to(world.open(title="Guess clothes sizes"), Stage.REPLICATION)
    done(conclude(world.workspace, ended, lesson(), by="dana"))
    for peer in ("rita", "rolf"):
        done(review(world.workspace, ended, peer_review(Choice.STOP), by=peer))
    world.open(title="Sort letters by concern")
    world.bring_to(world.open(title="Read meters from photographs"), Stage.RESEARCH)
    world.bring_to(world.open(title="Predict who cancels"), Stage.DATA_ANALYSIS)
