"""Pages read runs without the libraries that made them."""

import subprocess
import sys

LOOK = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
import surveys.results.reading, surveys.results.runs
heavy = {"pandas", "numpy", "scipy", "geopandas", "folium", "matplotlib", "openpyxl", "docx"}
heavy |= {"analysis", "maps"}
print(",".join(sorted(heavy & set(sys.modules))))
"""


def test_reading_and_starting_a_run_load_no_heavy_library() -> None:
    found = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
