"""The panel: sliders, picture and diagnosis of one sound."""
