"""How the panel looks, as a style sheet that travels with its first widget."""

from pathlib import Path

CSS = f"<style>{Path(__file__).with_name('panel.css').read_text(encoding='utf-8')}</style>"
