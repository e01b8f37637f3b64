"""Encrypted forms: their keys, and opening records for one export, in memory only.

`form_keys` ties forms to keys, `managed` switches encryption on for a project, `opening` opens
records with passphrases that live as long as one request.
"""
