"""Public figures from Statistics Denmark's StatBank: asked for, checked, and put in the place of older ones."""
