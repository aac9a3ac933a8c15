"""`python -m nychance` is the command line, too."""

from nychance.cli import main

main()
