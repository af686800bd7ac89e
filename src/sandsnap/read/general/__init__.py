"""Reading a page by what it says, not by how it is laid out: statements, words, claims (architecture.md, Reading 5)."""
