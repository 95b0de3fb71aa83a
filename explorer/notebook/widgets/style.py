"""How the panel looks, as a style sheet that travels with its first widget."""

from pathlib import Path

from explorer.diagnostics.verdict import verdict_css

CSS = (
    f"<style>{verdict_css('.explorer-panel')}"
    f"{Path(__file__).with_name('panel.css').read_text(encoding='utf-8')}</style>"
)
