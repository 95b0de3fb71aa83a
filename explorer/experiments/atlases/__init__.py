"""The folder of an atlas: what determines it, its batches, and the cells that its points fill."""
