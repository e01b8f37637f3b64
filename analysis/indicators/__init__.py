"""Indices of the instruments: definitions as data, recodes as pure functions of frames."""
