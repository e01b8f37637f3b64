"""Numbers as Vietnamese and English readers write them: 86,4 % and 1.234; 86.4% and 1,234."""

from maps.specification import Language, Unit

NBSP = "\u00a0"


def number(value: float, lang: Language, decimals: int = 0) -> str:
    """A number with the separators of the language.

    Parameters
    ----------
    value
        Any finite number.
    lang
        Vietnamese: point for thousands, comma for decimals; English: the reverse.
    decimals
        Digits after the decimal sign.

    Returns
    -------
    str
        The printed number.

    Example
    -------
    >>> number(1234.5, Language.VI, 1)
    '1.234,5'
    """
    english = f"{value:,.{decimals}f}"
    return english if lang is Language.EN else english.translate(str.maketrans(",.", ".,"))


def figure(value: float, unit: Unit, lang: Language, *, with_sign: bool = True) -> str:
    """An estimate in its unit; `with_sign=False` leaves out the percent sign (for ranges).

    Parameters
    ----------
    value
        A share in 0..1, a score or a count.
    unit
        Which of these it is.
    lang
        Language of the number.
    with_sign
        Whether a share carries its percent sign.

    Returns
    -------
    str
        For example `86,4 %` (with a no-break space) or `86.4%`.

    Example
    -------
    >>> figure(0.864, Unit.SHARE, Language.EN)
    '86.4%'
    """
    if unit is Unit.COUNT:
        return number(value, lang)
    if unit is Unit.SCORE:
        return number(value, lang, 1)
    sign = ("%" if lang is Language.EN else f"{NBSP}%") if with_sign else ""
    return number(value * 100, lang, 1) + sign


def interval(lower: float, upper: float, unit: Unit, lang: Language) -> str:
    """A range, the unit said once.

    Parameters
    ----------
    lower, upper
        Its ends.
    unit, lang
        As in `figure`.

    Returns
    -------
    str
        For example `83,1–89,7 %`; in words where an end is negative.

    Example
    -------
    >>> interval(0.831, 0.897, Unit.SHARE, Language.EN)
    '83.1–89.7%'
    >>> interval(-0.182, 0.114, Unit.SHARE, Language.EN)
    '-18.2 to 11.4%'
    """
    between = "–"
    if lower < 0 or upper < 0:  # a dash beside a minus cannot be read
        between = " to " if lang is Language.EN else " đến "
    return f"{figure(lower, unit, lang, with_sign=False)}{between}{figure(upper, unit, lang)}"
