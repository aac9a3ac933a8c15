"""The command line, one file a command; nothing imports them."""
