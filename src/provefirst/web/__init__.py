"""Pages: server-rendered, for people. They ask the same verbs as every other surface, and decide nothing."""
