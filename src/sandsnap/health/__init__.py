"""Health: how a run ended, what is wrong and why, and who is told: words, files and exit codes; no page is opened here."""
