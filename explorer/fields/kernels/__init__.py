"""What the CPU kernels of all fields are made of: vectors of pixels, short polynomials, colours."""
