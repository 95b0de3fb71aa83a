"""Tests of explorer.video.lyrics."""
