from .audio import FeatureTrack as FeatureTrack
from .audio import analyze as analyze
from .diagnostics import calibrate as calibrate
from .diagnostics import diagnose as diagnose
from .diagnostics import feature_influence as feature_influence
from .diagnostics import measure_video as measure_video
from .diagnostics import phase_map as phase_map
from .diagnostics import sobol_shares as sobol_shares
from .errors import ExplorerError as ExplorerError
from .errors import ExplorerWarning as ExplorerWarning
from .experiments import Recipe as Recipe
from .experiments import Run as Run
from .experiments import load as load
from .experiments import load_recipe as load_recipe
from .experiments import render as render
from .experiments import sweep as sweep
from .experiments.library.table import runs as runs
from .fields import CPPN as CPPN
from .fields import GraphCPPN as GraphCPPN
from .fields import Julia as Julia
from .fields import Patterns as Patterns
from .fields.image_palette import palette_from as palette_from
from .notebook.live.live_page import live as live
from .notebook.panel.panel import explore as explore
from .notebook.training.training_view import training as training
from .rendering import render_frame as render_frame

__version__: str
