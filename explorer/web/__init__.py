"""The HTTP API and the live page: a shell over the core, on this machine unless told otherwise."""
