"""Where the ledger lies: tables, the unit of work, migrations and blobs."""
