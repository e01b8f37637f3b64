"""Models of answers: regressions, ordinal scales, agreement between raters, scale reliability."""
