"""The graph field: random graphs of activations over place, time and sound that runs outward."""

from explorer.fields.graph.field import GraphCPPN

__all__ = ["GraphCPPN"]
