"""The building blocks of the CPU kernels of all fields: vectors of pixels, short polynomials, colors."""
