"""unmoor releases itself with itself."""

import unmoor.sessions

unmoor.sessions.register()
