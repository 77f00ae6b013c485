-- mart: bus.dim_design
-- The latest state of each design.
-- key: design_id

-- columns
design_id int unsigned
design_name varchar(1000) null
file_location varchar(1000) null
file_name varchar(1000) null

-- affected by design
select c.design_id from changes.design c
where c.change_kind = 'inserted' or not (c.old_design_name <=> c.new_design_name
  and c.old_file_location <=> c.new_file_location and c.old_file_name <=> c.new_file_name)

-- rows
select d.design_id, d.design_name, d.file_location, d.file_name
from [[affected straight_join]] bulk.design d [[on d.design_id = affected.design_id]]
