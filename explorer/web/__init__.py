"""The HTTP API and the live page: a shell over the core, by default on this machine only."""
