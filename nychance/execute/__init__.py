"""Run notebooks: check their parameters, execute them in parallel, record what happened."""
