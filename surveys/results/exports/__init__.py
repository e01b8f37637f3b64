"""Records of a form as files: asked for on a page, over `/api` or by command, made by the worker.

`options`, `reach` and `requests` are light and load in a web process; `job` and the writers are
the worker's alone.
"""
