"""provefirst: prove first, fund after.

Importing the package stays light on purpose: the command line must answer before pandas or Prefect are
loaded.
"""

__version__ = "0.1.0"
