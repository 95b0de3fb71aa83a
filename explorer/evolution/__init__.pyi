from .breeding import Breeding as Breeding
from .evolution_loop import evolve as evolve
from .individual import Individual as Individual
from .specimens import Specimen as Specimen
