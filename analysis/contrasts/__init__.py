"""Contrasts, functions, differences and changes of estimates of one design.

>>> from analysis.contrasts import contrast, function, joint
"""

from analysis.contrasts.contrast import contrast, function
from analysis.contrasts.joint import Joint, joint

__all__ = ["Joint", "contrast", "function", "joint"]
