"""Another server's forms and submissions come over: ODK Central, or what speaks Briefcase's way.

A `Source` says what is there (`central`, `briefcase`); `storing` puts it down through the same
doors as phones and staff use, under its own ids and dates; `pulling` goes through everything,
counts, and may be stopped and begun again at any point.
"""
