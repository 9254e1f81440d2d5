psql --set ON_ERROR_STOP=1 <<'SQL'
create role "{name}" login;
grant "{name}" to current_user;
create database "{name}" owner "{name}";
\password "{name}"
SQL
