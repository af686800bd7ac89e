"""The claims of a published page, held against the facts."""
