"""Who plays in the demo. All of them are made up."""

from __future__ import annotations

from provefirst.documents import policies
from provefirst.lifecycle import organisation
from provefirst.lifecycle.workspace import Workspace
from provefirst.money import Money
from provefirst.people import Person, Role
from provefirst.places import config_dir

POOL = Money(amount=500_000_00, currency="EUR")

CAST: dict[str, tuple[str, tuple[Role, ...]]] = {
    "ada": ("Ada Admin", (Role.ADMIN,)),
    "paula": ("Paula Owner", (Role.PRODUCT_OWNER,)),
    "pedro": ("Pedro Owner", (Role.PRODUCT_OWNER, Role.REVIEWER)),
    "dan": ("Dan Scientist", (Role.DATA_SCIENTIST,)),
    "dora": ("Dora Scientist", (Role.DATA_SCIENTIST, Role.REVIEWER)),
    "omar": ("Omar Data", (Role.DATA_OWNER,)),
    "ellen": ("Ellen Ethics", (Role.ETHICS_REVIEWER,)),
    "ruth": ("Ruth Peer", (Role.REVIEWER,)),
    "rana": ("Rana Peer", (Role.REVIEWER,)),
    "bert": ("Bert Board", (Role.BOARD_MEMBER,)),
    "bina": ("Bina Board", (Role.BOARD_MEMBER,)),
}


def found(workspace: Workspace) -> None:
    """Prepare the data folder, and found the organisation in it: people, the shipped policies and a pool."""
    workspace.prepare()
    for handle, (name, roles) in CAST.items():
        organisation.add_person(workspace, Person(handle=handle, name=name, roles=frozenset(roles)), by="ada")
    organisation.adopt(workspace, policies.load(config_dir() / "gates"), by="ada")
    organisation.fund(workspace, POOL, by="ada")
