"""The steps by which `storage/schema.py` came to be; `storage/migrate.py` walks them."""
