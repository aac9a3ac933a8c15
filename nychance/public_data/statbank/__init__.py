"""Public figures from Statistics Denmark's StatBank: requested, checked and replaced."""
