"""Diagnostics: how much a field varies, what moves it, and what to change."""

from explorer.diagnostics.diagnosis import Diagnosis, diagnose
from explorer.diagnostics.influence import Influence, feature_influence
from explorer.diagnostics.layers import LayerSignal
from explorer.diagnostics.measure import Measure
from explorer.diagnostics.phase_map import PhaseMap, phase_map
from explorer.diagnostics.repair import calibrate
from explorer.diagnostics.sobol import SobolShares, sobol_shares
from explorer.diagnostics.suggestion import Suggestion
from explorer.diagnostics.variance import strength
from explorer.diagnostics.video import VideoMeasures, measure_video

__all__ = [
    "Diagnosis",
    "Influence",
    "LayerSignal",
    "Measure",
    "PhaseMap",
    "SobolShares",
    "Suggestion",
    "VideoMeasures",
    "calibrate",
    "diagnose",
    "feature_influence",
    "measure_video",
    "phase_map",
    "sobol_shares",
    "strength",
]
