"""Input checks, design matrices, regressions and the estimate that the models share."""
