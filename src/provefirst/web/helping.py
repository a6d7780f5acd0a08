"""Helping: the words beside fields that say what is wanted, where the name alone doesn't."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "title": "Title",
        "affected": "Who is affected",
        "goal": "Goal: the value at which it is worth it",
        "why": "Why this value",
        "metric": "Measured by",
        "budget": "Budget that you ask for",
        "wished_deadline": "Deadline that you wish for",
        "prior_art": "Who did something like it",
        "domain": "Field",
        "harms": "What could go wrong for people",
        "groups": "Who could be treated worse",
        "personal_data": "Personal data",
        "discrimination_risk": "Risk of discrimination",
        "has_conflict_of_interest": "I have no conflict of interest",
        "back_to": "Back to",
        "until": "Look again on",
        "is_code_public": "Is its code public?",
        "is_data_public": "Are its data public?",
        "carries_over": "Why it carries over to us",
        "would_change_if": "It would be another answer if",
        "revisit_on": "Look at it again on",
        "override": "Why it may be earlier",
        "on": "Day of the invoice",
        "what": "What it was spent on",
        "alpha": "Risk of a wrong verdict",
        "looks": "Looks on the sealed set",
    }
)
HELP: Mapping[str, str] = MappingProxyType(
    {
        "title": "A few words that name the question, such as: Tell benign from malignant biopsies.",
        "problem": "What happens today, how often, and what it costs. No model yet.",
        "affected": "The people about whom something would be decided, and those who would act on it.",
        "hypothesis": "A sentence that data can refute: it must be possible for the answer to be no.",
        "value": "Ask what would have to be true for somebody to act differently. For shares, from 0 to 1.",
        "why": "What reaching it is worth and to whom. A goal that nobody would act on is none.",
        "prior_art": "Papers, products, other teams. One a line; none is an answer too.",
        "budget": "Such as 25000 EUR. It is locked until the board frees it, and goes back to the pool after a no.",
        "wished_deadline": "Only a wish: nothing is promised by it, and none can be set before the work is understood.",
        "domain": "One word, such as health or retail, so that others find it.",
        "harms": "One a line. Wrong clothes sizes are a harm: somebody is told that they don't fit.",
        "groups": "One a line: people whom a model might serve worse than others.",
        "safeguards": "What keeps that from happening, and who would notice.",
        "personal_data": "Special category: health, origin, religion, opinion, sex life.",
        "candidates": "The models that will be tried, one a line. Others don't count afterwards.",
        "stopping_rule": "When trying ends, whatever was reached by then.",
        "margin": "By how much it must beat the best simple baseline on the same rows.",
        "alpha": "One-sided, over all looks together; 0.05 is usual.",
        "looks": "How often the sealed set may be scored. Each makes the next one weaker.",
        "optimistic": "Working days if all goes well.",
        "likely": "Working days as it usually goes.",
        "pessimistic": "Working days if much goes wrong.",
        "lesson": "What somebody who starts tomorrow should know. It stays findable for good.",
        "deviations": "Every difference from the original, one a line.",
        "limitations": "Where it must not be used, and what would break it.",
        "summary": "In a few sentences, for somebody who reads only this.",
    }
)
