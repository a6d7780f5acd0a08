"""The tree of RFC 6962, against its published roots and against every small change of a proof."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provefirst.merkle import is_included, proof_of, root_of

LEAVES = [bytes.fromhex(leaf) for leaf in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = """
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
    fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
    aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
    d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
    4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
    76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
    ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
    5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
""".split()

leaves = st.lists(st.binary(max_size=8), min_size=1, max_size=40, unique=True)


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_those_that_certificate_transparency_publishes(size: int) -> None:
    assert root_of(LEAVES[:size]) == ROOTS[size]


@given(leaves, st.data())
def test_a_proof_shows_its_own_leaf_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = proof_of(leaves, index), root_of(leaves)

    shown = [leaf for leaf in leaves if is_included(leaf, index, len(leaves), proof, root)]

    assert shown == [leaves[index]]


@given(leaves, st.data())
def test_a_proof_fails_when_anything_in_it_is_changed(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = proof_of(leaves, index), root_of(leaves)
    changed = [
        (index, (*proof, "00" * 32)),
        *((index, (*proof[:at], "00" * 32, *proof[at + 1 :])) for at in range(len(proof))),
        *((index, (*proof[:at], *proof[at + 1 :])) for at in range(len(proof))),
        *((other, proof) for other in range(-1, len(leaves) + 1) if other != index),
    ]

    assert [each for each in changed if is_included(leaves[index], each[0], len(leaves), each[1], root)] == []


def test_an_inner_node_cannot_be_passed_off_as_a_leaf() -> None:
    inner = b"".join(bytes.fromhex(root_of([leaf])) for leaf in LEAVES[:2])

    assert root_of([inner]) != root_of(LEAVES[:2])


def test_a_tree_without_leaves_has_no_proof() -> None:
    with pytest.raises(IndexError):
        proof_of([], 0)
    assert not is_included(b"", 0, 0, (), root_of([]))
