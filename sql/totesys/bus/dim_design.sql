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
where c.change_kind = 'inserted' or not (
  cast(c.old_design_name as binary) <=> cast(c.new_design_name as binary)
  and cast(c.old_file_location as binary) <=> cast(c.new_file_location as binary)
  and cast(c.old_file_name as binary) <=> cast(c.new_file_name as binary)
)

-- rows
select d.design_id, d.design_name, d.file_location, d.file_name
from [[affected straight_join]] bulk.design d [[on d.design_id = affected.design_id]]
