"""How much the color varies over space, over time and with the music.

Why is a video static? These three numbers answer first: a picture may have plenty of detail (space) and
still not move (time), or move without listening (audio).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

from explorer.diagnostics.sampling import Crossed


def crossed_variances(colors: Crossed) -> Float64[np.ndarray, " 3"]:
    """Expected variance of the color f(p, t, a) over one group while the others are held, in [0, 1]^2 units:

        space = E[t,a] Var[p] f      p: points of the frame
        time  = E[p,a] Var[t] f      t: the time column at frames of the recipe
        audio = E[p,t] Var[a] f      a: all other columns, as they are at frames of the recipe

    t and a are drawn independently of each other. Each is the mean, over what is held and over the
    channels, of the unbiased sample variance sum (f - mean)^2 / (n - 1), so its expectation is exact for
    any number of draws. 0.25 is the most there can be (half black, half white), 0.083 that of an even spread.
    """
    return np.array([colors.var(axis=axis, ddof=1).mean() for axis in (2, 0, 1)])
