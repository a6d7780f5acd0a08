"""The verbs: everything that changes an initiative, each one transaction, each answered by Done or Refused."""
