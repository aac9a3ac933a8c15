"""Fieldwork: visits, exchanges, networks, competence profiles and dissemination."""
