"""`python -m handanat_studio`: the command line."""

import sys

from handanat_studio.cli.main import main

sys.exit(main())
