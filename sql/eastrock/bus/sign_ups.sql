-- mart: gear.sign_ups
-- The date and country of each user's sign-up. Daily marts count these rows instead of reading all sign-ups of the day.
-- key: user_id
-- count by: date, country_id

-- columns
user_id int unsigned
date date
country_id int unsigned

-- affected by users
select c.user_id from changes.users c

-- rows
select u.user_id, u.signup_date as date, l.country_id
from [[affected straight_join]] bulk.users u [[on u.user_id = affected.user_id]]
join gear.country_ids l on l.country = u.country
