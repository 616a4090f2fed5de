"""`python -m handanat_studio.gui` starts the window."""

from handanat_studio.gui.app import main

raise SystemExit(main())
