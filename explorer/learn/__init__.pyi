from .evaluation import judge as judge
from .model import AudioToVisualModel as AudioToVisualModel
from .onnx_export import export as export
from .settings import TrainSettings as TrainSettings
from .training import train as train
from .training_run import TrainRun as TrainRun
