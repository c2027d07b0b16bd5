"""Finished reviews on a shared drive: checksummed, versioned packages, beside them the follow-up of their actions.

Layout: `YEAR/Qn/<day>-<brand>-<event>/v1/`, each a BagIt bag (RFC 8493); `…/events/` holds one small JSON file a status change. Nothing is ever edited or
overwritten: v2 stands beside v1. There is no database: what `list` and `quarter` show is read from the packages.
"""
