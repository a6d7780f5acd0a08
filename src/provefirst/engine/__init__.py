"""The engine: gets every run that the ledger asks for started, once, and finished, whatever dies in between.

The ledger decides and Prefect drives. A row of the outbox says that a run is owed; the dispatcher starts it in Prefect,
the run claims it, and the reconciler sends it again where a run was lost. Nothing here holds state that a restart
would miss, and nothing here imports Prefect before an engine is started.
"""
