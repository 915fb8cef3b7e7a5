"""Pages of HTML that need nothing beside them: the report of a run, and the template of DVC's plots."""
