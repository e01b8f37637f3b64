"""Safe keeping: backups that restore into either database, and the search for damage."""
