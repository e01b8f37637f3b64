"""Maps as pure functions: specification and geometry in, one self-contained document out."""
