psql -c "alter role current_user set createrole_self_grant to 'set, inherit'"
