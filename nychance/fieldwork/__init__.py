"""What was seen and heard in the municipalities: visits, exchanges, networks, competence profiles, dissemination."""
