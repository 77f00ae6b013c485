# Makes the accounts that Strata and Metabase use; the image of MySQL runs this once, when its volume is empty.
(
  set -eu
  for name in MYSQL_ADMIN_PASSWORD MYSQL_WORKER_PASSWORD MYSQL_ANALYST_PASSWORD; do
    eval "password=\${$name:-}"
    # They also stand in addresses, where other characters would have to be escaped.
    case "$password" in
      '' | *[!A-Za-z0-9._~-]*)
        # This runs when the volume is empty alone: left half filled, it would never get its accounts.
        cat >&2 << TEXT
$name must be set in .env, of letters, digits and . _ ~ - only.
Mend it and start again with an empty volume; on this first start nothing of yours is in it yet:
    docker compose down
    docker volume rm strata_mysql
    docker compose up --detach
TEXT
        exit 1
        ;;
    esac
  done
  MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --user=root << SQL
-- strata migrate: makes and changes tables and views of the five schemas.
create user 'strata_admin'@'%' identified by '$MYSQL_ADMIN_PASSWORD';
grant all privileges on staging.* to 'strata_admin'@'%';
grant all privileges on bulk.* to 'strata_admin'@'%';
grant all privileges on vault.* to 'strata_admin'@'%';
grant all privileges on bus.* to 'strata_admin'@'%';
grant all privileges on gear.* to 'strata_admin'@'%';

-- Workers and the CLI: rows only, no DDL.
create user 'strata_worker'@'%' identified by '$MYSQL_WORKER_PASSWORD';
grant select, insert, delete on staging.* to 'strata_worker'@'%';
grant select, insert, update on bulk.* to 'strata_worker'@'%';
grant select, insert on vault.* to 'strata_worker'@'%';
grant select, insert, update, delete on bus.* to 'strata_worker'@'%';
grant select, insert, update, delete, create temporary tables on gear.* to 'strata_worker'@'%';

-- Analysts, through Metabase: what is in bus and nothing else.
create user 'analyst'@'%' identified by '$MYSQL_ANALYST_PASSWORD';
grant select on bus.* to 'analyst'@'%';
SQL
)
