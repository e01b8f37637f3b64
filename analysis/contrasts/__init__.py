"""Contrasts, functions, differences and changes of estimates of one design.

>>> from analysis.contrasts import change, contrast, difference, function_of, joint
"""

from analysis.contrasts.contrast import contrast, function_of
from analysis.contrasts.differences import Against, change, difference
from analysis.contrasts.joint import Joint, joint

__all__ = ["Against", "Joint", "change", "contrast", "difference", "function_of", "joint"]
