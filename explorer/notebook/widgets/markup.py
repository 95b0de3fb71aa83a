"""Short pieces of HTML that several views show; their classes are in panel.css."""

from __future__ import annotations

import html
from pathlib import Path

from explorer.diagnostics.verdict import verdict_css

_STYLE_SHEET = Path(__file__).with_name("panel.css").read_text(encoding="utf-8")
CSS = f"<style>{verdict_css('.explorer-panel')}{_STYLE_SHEET}</style>"


def muted(text: str) -> str:
    """Plain text in a quiet color."""
    return f'<span class="explorer-muted">{html.escape(text)}</span>'


def warning(text: str) -> str:
    """What is wrong with a choice, before anything is run."""
    return f'<span class="explorer-wrong">{html.escape(text)}</span>'


def error_html(text: str) -> str:
    """An error as a line that nobody overlooks."""
    return f'<div class="explorer-error" role="alert">{html.escape(text)}</div>'


def heading(title: str) -> str:
    """The title of a card."""
    return f"<h4>{title}</h4>"


def badge(verdict: str) -> str:
    """A verdict as a colored word."""
    return f'<b class="explorer-badge explorer-{html.escape(verdict)}">{html.escape(verdict)}</b>'
