"""What is kept: schema, migrations, and one file of named queries a noun."""
