"""The folder of a breeding: what determines it, its generations and its individuals."""
