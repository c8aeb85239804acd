"""The docs as a site: `make docs`. Sphinx reads the Markdown as it stands; nothing is fetched."""

project = "handout"
copyright = "handout contributors"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "handout"
# Files to copy, not pages.
exclude_patterns = ["recipes"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
nitpicky = True
html_show_sourcelink = False
html_copy_source = False
html_static_path: list[str] = []
templates_path: list[str] = []
