-- Runs of lakes with corrected rows from quarantine.
create table if not exists gear.corrected_runs (
  run_id bigint unsigned not null comment 'of gear.extract_runs',
  first_load_id bigint unsigned not null comment 'in whose quarantine the rows lie',
  primary key (run_id),
  key first_load (first_load_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
