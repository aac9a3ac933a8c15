"""The commands that this programme adds to the engine's."""
