-- mart: bus.daily_payments
-- Payments of each type on a date: who paid, from how many countries, and how much.
-- key: date, type
-- refresh by: date
-- index: type

-- columns
date date
type varchar(10)
active_users bigint
active_countries bigint
transactions bigint
deposit decimal(30,2)
deposits bigint
withdrawal decimal(30,2)
withdrawals bigint

-- affected by payments
select distinct c.old_transaction_date as date from changes.payments c

-- affected by payments
select distinct c.new_transaction_date as date from changes.payments c

-- affected by users
select distinct p.transaction_date as date
from changes.users c straight_join bulk.payments p on p.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select
  p.transaction_date as date,
  p.type,
  count(distinct p.user_id) as active_users,
  count(distinct coalesce(u.country, 'Unknown')) as active_countries,
  count(*) as transactions,
  sum(case when p.type = 'Deposit' then p.amount else 0 end) as deposit,
  sum(case when p.type = 'Deposit' then 1 else 0 end) as deposits,
  sum(case when p.type = 'Withdrawal' then p.amount else 0 end) as withdrawal,
  sum(case when p.type = 'Withdrawal' then 1 else 0 end) as withdrawals
from [[affected straight_join]] bulk.payments p [[on p.transaction_date = affected.date]]
left join bulk.users u on u.user_id = p.user_id
group by p.transaction_date, p.type
