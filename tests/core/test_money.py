"""Money: integer minor units of a known currency, and books in which nothing is made or lost."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from provefirst.errors import InvalidInputError
from provefirst.money import CEILING, Account, Books, Money, Move, OverdrawnError, exponent, in_major, known_currency

ALLOWED = "an amount and a currency, such as '250000 EUR' or '12.50 EUR'"


def euros(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def books(**moved: int) -> Books:
    """Books with so much moved on: requested, then approved out of that, and so on."""
    made = Books(currency="EUR", pool="main")
    accounts = list(Account)
    for name, amount in moved.items():
        target = Account(name)
        made = made.after(Move(accounts[accounts.index(target) - 1], target, amount))
    return made


def refusal(text: str) -> str:
    with pytest.raises(InvalidInputError) as caught:
        Money.parse(text)
    return str(caught.value)


@pytest.mark.parametrize("amount", [-1, 1.0, 1.5, "1", True, None, CEILING + 1, float("nan"), 10**400])
def test_an_amount_that_is_no_whole_number_in_range_is_refused(amount):
    with pytest.raises(ValidationError):
        Money(amount=amount, currency="EUR")


@pytest.mark.parametrize("currency", ["eur", "EURO", "XXX", "BTC", "", " EUR", "EUR\n", "€"])
def test_a_currency_that_iso_does_not_know_is_refused(currency):
    with pytest.raises(ValidationError):
        Money(amount=1, currency=currency)


def test_an_unknown_currency_is_told_the_nearest_one():
    with pytest.raises(InvalidInputError) as caught:
        known_currency("EURO")
    assert str(caught.value) == ("currency: 'EURO' is not accepted: an ISO 4217 code such as EUR; did you mean 'EUR'?")


@pytest.mark.parametrize(
    "text",
    [
        "", "EUR", "100", "-5 EUR", "+5 EUR", "1e5 EUR", "5 EUR EUR", "5. EUR", ".5 EUR", "½ EUR", "٣ EUR", "NaN EUR",
        "12,50 EUR", "1,2 EUR", "1,00,000 EUR", "1__000 EUR", "1,000,00 EUR", "5EUR", "0x10 EUR",
    ],
)  # fmt: skip
def test_text_that_is_no_amount_is_refused(text):
    assert refusal(text) == f"money: {text!r} is not accepted: {ALLOWED}"


def test_text_with_an_unknown_currency_is_told_about_the_currency():
    assert refusal("5 \u202eEUR").startswith("currency: ")
    assert refusal("a lot").startswith("currency: 'LOT' is not accepted: an ISO 4217 code such as EUR")


def test_more_decimals_than_the_currency_has_are_refused():
    assert refusal("1.005 EUR") == "money: '1.005 EUR' is not accepted: at most 2 decimals in EUR"
    assert refusal("1.5 JPY") == "money: '1.5 JPY' is not accepted: at most 0 decimals in JPY"
    assert refusal("1.0005 KWD") == "money: '1.0005 KWD' is not accepted: at most 3 decimals in KWD"


@pytest.mark.parametrize("text", ["10000000000000.01 EUR", "9" * 21 + " EUR", "1" + "0" * 5000 + " JPY"])
def test_more_than_any_budget_is_refused(text):
    assert refusal(text).endswith(f"at most {CEILING} minor units")


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("250000 EUR", 25_000_000, "EUR"),
        ("250,000 EUR", 25_000_000, "EUR"),
        ("1_250_000.5 usd", 125_000_050, "USD"),
        ("  12.50   EUR ", 1250, "EUR"),
        ("1250 JPY", 1250, "JPY"),
        ("1.250 KWD", 1250, "KWD"),
        ("0 EUR", 0, "EUR"),
        ("0.05 EUR", 5, "EUR"),
        ("10000000000000.00 EUR", CEILING, "EUR"),
    ],
)
def test_text_becomes_minor_units(text, amount, currency):
    assert Money.parse(text) == Money(amount=amount, currency=currency)


@given(st.integers(0, CEILING), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_money_is_read_back_as_it_is_written(amount, currency):
    money = Money(amount=amount, currency=currency)
    assert Money.parse(str(money)) == money


def test_money_is_written_with_the_decimals_of_its_currency():
    written = [str(Money(amount=1234567, currency=currency)) for currency in ("EUR", "JPY", "KWD")]
    assert written == ["12,345.67 EUR", "1,234,567 JPY", "1,234.567 KWD"]


def test_a_currency_knows_its_decimals():
    assert [exponent(currency) for currency in ("EUR", "JPY", "KWD")] == [2, 0, 3]


@pytest.mark.parametrize("amount", [0, -1, -CEILING])
def test_a_move_of_nothing_or_less_is_refused(amount):
    with pytest.raises(InvalidInputError):
        Move(Account.POOL, Account.REQUESTED, amount)


@pytest.mark.parametrize("account", list(Account))
def test_a_move_from_an_account_onto_itself_is_refused(account):
    with pytest.raises(InvalidInputError):
        Move(account, account, 1)


@pytest.mark.parametrize("source", [account for account in Account if account is not Account.POOL])
def test_no_account_gives_more_than_it_holds(source):
    with pytest.raises(OverdrawnError):
        books(requested=100).after(Move(source, Account.POOL, 101))


def test_an_overdrawn_account_says_what_it_holds():
    with pytest.raises(OverdrawnError) as caught:
        books(requested=100).after(Move(Account.REQUESTED, Account.APPROVED, 101))
    assert str(caught.value) == "amount: 101 is not accepted: at most 100, which is what is requested"


def test_an_account_gives_all_that_it_holds():
    assert books(requested=100, approved=100).on(Account.REQUESTED) == 0


def test_what_was_spent_is_not_unspent():
    assert books(requested=100, approved=80, released=50, spent=20).unspent == (
        Move(Account.REQUESTED, Account.POOL, 20),
        Move(Account.APPROVED, Account.POOL, 30),
        Move(Account.RELEASED, Account.POOL, 30),
    )


def test_where_nothing_is_left_nothing_is_unspent():
    assert books(requested=1, approved=1, released=1, spent=1).unspent == ()


def test_what_passed_the_board_is_approved_released_and_spent():
    assert books(requested=100, approved=80, released=50, spent=20).committed == 80


@given(
    st.lists(st.tuples(st.sampled_from(list(Account)), st.sampled_from(list(Account)), st.integers(1, 50)), max_size=30)
)
def test_whatever_is_moved_no_account_is_negative_and_nothing_is_lost(moves):
    made = Books(currency="EUR", pool="main")
    for source, target, amount in moves:
        with suppress(InvalidInputError):
            made = made.after(Move(source, target, amount))
    assert min(made.balances.values(), default=0) >= 0
    assert sum(made.balances.values()) == made.drawn - made.returned


@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [(-150, "EUR", "-1.50"), (-5, "EUR", "-0.05"), (0, "EUR", "0.00"), (-1234567, "JPY", "-1,234,567")],
)
def test_what_is_owed_is_told_with_its_sign(amount, currency, told):
    assert in_major(amount, currency) == told
