"""The Julia field: z^2 + c, steered by the music through a small network or by hand."""
