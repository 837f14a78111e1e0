"""Backup and restore: database, evidence and what they belong to in one archive, proved before it counts.

`sealing` encrypts, `packing` writes and reads the archive, `records` knows both databases, `taking` and `restoring` are
the two acts. An archive of SQLite goes back into SQLite, one of PostgreSQL into PostgreSQL.
"""
