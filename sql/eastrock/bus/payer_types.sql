-- mart: gear.payer_types
-- The types of payment that each user ever made, with their country. Totals count these rows instead of reading all payments.
-- key: user_id, type
-- refresh by: user_id
-- count by: type, country_id

-- columns
user_id int unsigned
type varchar(10)
country_id int unsigned

-- affected by payments
select c.old_user_id as user_id from changes.payments c

-- affected by payments
select c.new_user_id as user_id from changes.payments c

-- affected by users
-- A user without rows gets them through the changes of their payments.
select distinct c.user_id
from changes.users c straight_join gear.payer_types t on t.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select p.user_id, p.type, k.country_id
from [[affected straight_join]] bulk.payments p [[on p.user_id = affected.user_id]]
left join bulk.users u on u.user_id = p.user_id
join gear.country_ids k on k.country = coalesce(u.country, 'Unknown')
group by p.user_id, p.type, k.country_id
