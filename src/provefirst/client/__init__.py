"""The Python client: every verb, in process. Documents are core models or plain mappings, which are checked alike.

client = provefirst.connect(as_="dana")
answer = client.initiative("PF-12").submit("research_dossier", {...})
if not answer:
    print(answer.reasons)
"""

from __future__ import annotations

from provefirst.client.client import Client, NobodyError, NoWorkspaceError, connect
from provefirst.client.handle import Handle

__all__ = ["Client", "Handle", "NoWorkspaceError", "NobodyError", "connect"]
