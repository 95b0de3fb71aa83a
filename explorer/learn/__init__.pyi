from .model import AudioToVisualModel as AudioToVisualModel
from .onnx_export import export as export
from .run import TrainRun as TrainRun
from .settings import TrainSettings as TrainSettings
from .training import train as train
