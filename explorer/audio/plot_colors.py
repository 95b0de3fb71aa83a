"""Colors of the figures of sound and features."""

TEXT_COLOR, GRID_COLOR, BACKGROUND_COLOR = "#22252b", "#b9bec7", "#ffffff"
WAVEFORM_COLOR = "#5b6472"
COLUMN_COLOR = "#2a4d8f"  # of columns of one's own
FEATURE_COLORS = {
    "bass": "#b3312c",
    "mid": "#d9822b",
    "treble": "#c9a50f",
    "rms": "#3d6fb4",
    "centroid": "#12848a",
    "rolloff": "#2f9e6e",
    "flux": "#7d4bb0",
    "zcr": "#5f7f1f",
    "onset": "#c2356f",
    "flatness": "#8a6d4b",
    "harmonic": "#2f7d86",
    "percussive": "#a8472f",
    "tempo": "#4a4f8c",
}
