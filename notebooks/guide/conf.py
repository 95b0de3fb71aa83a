"""Sphinx settings of the site: python -m sphinx -W -b html -c notebooks/guide notebooks build/site"""

import explorer

project = "explorer"
author = "the authors of explorer"
version = release = explorer.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc"]
exclude_patterns = ["**/.ipynb_checkpoints", "images/*.py", "guide/conf.py"]
nb_execution_mode = "off"  # notebooks are committed executed
myst_heading_anchors = 3
default_role = "code"  # docstrings write `code` as Markdown does
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"

html_theme = "furo"
html_title = "explorer"
html_show_sourcelink = False
