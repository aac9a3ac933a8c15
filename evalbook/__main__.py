"""`python -m evalbook` is the command `evalbook`."""

from evalbook.commands.main import main

main()
