"""The synthetic world of the demonstration: a known population, its sample, its field work.

Nothing here is about real persons. The world knows the truth, so that estimates can be held
against it; the chain reaches the server only by the doors that real phones and people use.
"""
