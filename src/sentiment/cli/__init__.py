"""The command `sentiment`, one module a subcommand."""
