"""Languages, message catalogues, numbers, dates and source lines."""
