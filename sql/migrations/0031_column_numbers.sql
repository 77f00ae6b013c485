-- A column that was dropped and added again has another number, and other values in rows that have not changed otherwise.
alter table gear.extract_tables add column column_numbers mediumtext null comment 'JSON: the number of each column in the source; null of runs before it was noted';
