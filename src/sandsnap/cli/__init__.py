"""The command line: one module per group of commands, heavy libraries imported inside the commands."""
