"""The Python client: every verb, in process or over HTTP. Documents are core models or plain
mappings, which are checked alike.

client = provefirst.connect(as_="dana")  # or: provefirst.connect("https://provefirst.example.org", token="pf_…")
answer = client.initiative("PF-12").submit("research_dossier", {...})
if not answer:
    print(answer.reasons)
"""

from __future__ import annotations

from provefirst.client.client import Client, NobodyError, NoWorkspaceError, connect
from provefirst.client.handle import Handle
from provefirst.client.remote import RemoteClient
from provefirst.client.server import NotSignedInError, UnreachableError

__all__ = [
    "Client", "Handle", "NoWorkspaceError", "NobodyError", "NotSignedInError", "RemoteClient", "UnreachableError",
    "connect",
]  # fmt: skip
