"""The documentation as pages: what stands in `docs/`, and the references that the code writes itself."""
