"""Make pages and PDFs of what the notebooks found."""
