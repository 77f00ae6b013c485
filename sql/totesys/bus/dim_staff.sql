-- mart: bus.dim_staff
-- The latest state of each member of staff with the department, whose columns are empty until it arrives.
-- key: staff_id

-- columns
staff_id int unsigned
first_name varchar(1000) null
last_name varchar(1000) null
department_name varchar(1000) null
location varchar(1000) null
email_address varchar(1000) null

-- affected by staff
select c.staff_id from changes.staff c
where c.change_kind = 'inserted' or not (
  cast(c.old_first_name as binary) <=> cast(c.new_first_name as binary)
  and cast(c.old_last_name as binary) <=> cast(c.new_last_name as binary)
  and c.old_department_id <=> c.new_department_id
  and cast(c.old_email_address as binary) <=> cast(c.new_email_address as binary)
)

-- affected by department
select s.staff_id
from changes.department c straight_join bulk.staff s on s.department_id = c.department_id
where c.change_kind = 'inserted' or not (
  cast(c.old_department_name as binary) <=> cast(c.new_department_name as binary)
  and cast(c.old_location as binary) <=> cast(c.new_location as binary)
)

-- rows
select s.staff_id, s.first_name, s.last_name, d.department_name, d.location, s.email_address
from [[affected straight_join]] bulk.staff s [[on s.staff_id = affected.staff_id]]
left join bulk.department d on d.department_id = s.department_id
