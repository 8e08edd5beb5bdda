"""Single-document rules (domain guide §4.2), one file a group."""
