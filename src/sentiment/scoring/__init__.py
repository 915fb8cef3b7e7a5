"""`sentiment score`: whole files."""
