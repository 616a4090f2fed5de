"""`python -m handanat_studio.jobs [PROJECT]`: the worker. A job's pool does not import a `__main__` again."""

import sys

from handanat_studio.jobs.worker import main

main(sys.argv[1:])
