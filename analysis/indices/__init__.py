"""Indices: definitions as data, the columns they are made of, figures with their errors."""
